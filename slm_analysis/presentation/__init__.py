"""Turns results into words, tables and figures."""
