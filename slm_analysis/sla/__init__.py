"""Scores tickets against service level agreements."""
