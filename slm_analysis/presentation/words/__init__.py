"""Sentences made from results: exact, with denominator and interval, claiming no more."""
