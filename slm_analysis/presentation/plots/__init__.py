"""Figures of results: drawn from what was decided, deciding nothing."""
