"""Breaches, their denominator, and how many there are over those expected."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers

WHOLE_FROM = 10
"""From here on an excess needs no decimals."""


def tickets(number: float) -> str:
    """Return a number of tickets that need not be whole: ``141``, ``6.2``."""
    return numbers.count(number) if abs(number) >= WHOLE_FROM else numbers.score(number)


def late_of(row: pd.Series) -> str:
    """Return breaches with their denominator: ``158 of 519``."""
    return numbers.part_of(row["breaches"], row["n"])


def excess(row: pd.Series) -> str:
    """Return breaches over those expected with their interval: ``141 (110 to 176)``."""
    if pd.isna(row["excess_low"]):
        return numbers.signed(row["excess"])
    interval = numbers.span(digits(row, "excess_low"), digits(row, "excess_high"))
    return numbers.with_interval(digits(row, "excess"), interval)


def digits(row: pd.Series, name: str) -> str:
    """Return one of the numbers of an excess, all with the digits that keep it from 0."""
    whole = abs(row["excess"]) >= WHOLE_FROM and abs(row["excess_low"]) >= 1
    if whole:
        return f"{row[name]:,.0f}".replace("-", numbers.MINUS)
    return numbers.score(row[name])
