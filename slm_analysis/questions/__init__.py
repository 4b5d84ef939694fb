"""The questions that a report answers about one unit: data, analysis and verdict together."""
