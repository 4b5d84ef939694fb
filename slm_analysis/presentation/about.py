"""What a reader needs to check a report: sources, rows, agreement, method, versions."""

from __future__ import annotations

from functools import singledispatch
from importlib import metadata

from slm_analysis.dataset.data_quality import DataQuality
from slm_analysis.dataset.unit import Unit
from slm_analysis.presentation.views import About
from slm_analysis.presentation.words.data_quality import quality_notes, rejections
from slm_analysis.questions.portfolio import Portfolio, Q
from slm_analysis.result import Result

HASH_SHOWN = 12


@singledispatch
def method(result: Result) -> list[tuple[str, str]]:  # noqa: ARG001
    """Return what must be told about how a result was made."""
    return []


def about(unit: Unit, *results: Result, **parameters: object) -> About:
    """Return sources with hashes, rows, agreement, export time, method, versions and parameters.

    Parameters
    ----------
    unit : Unit
    *results : Result
        What the report shows; each may add how it was made.
    **parameters : object
        The parameters of the notebook.
    """
    versions = [
        f"{a.name}, version {a.version}, from {a.effective_from.tz_convert(a.timezone):%Y-%m-%d}"
        for a in unit.agreement.versions
    ]
    given = "; ".join(f"{name} = {value!r}" for name, value in parameters.items())
    return About(
        [
            *source_entries(unit.data_quality),
            ("Export", f"as of {unit.local_as_of:%Y-%m-%d %H:%M}, {unit.timezone}"),
            ("Agreement", "; ".join(versions) or "none covers this unit"),
            *[entry for result in results for entry in method(result)],
            ("Parameters", given or "as preset"),
            ("Made by", f"slm-analysis {metadata.version('slm-analysis')}"),
        ]
    )


def about_portfolio(result: Portfolio, **parameters: object) -> About:
    """Return what a reader needs to check the portfolio."""
    units = result.reports["business_unit"].nunique()
    given = "; ".join(f"{name} = {value!r}" for name, value in parameters.items())
    return About(
        [
            ("Reports read", f"{len(result.reports)} of {units} business units"),
            (
                "Method",
                f"Each promise is compared with its goal; {result.family_size} comparisons, "
                f"corrected together (Benjamini-Hochberg, {Q:.0%} false discoveries accepted)",
            ),
            ("Parameters", given or "as preset"),
            ("Made by", f"slm-analysis {metadata.version('slm-analysis')}"),
        ]
    )


def source_entries(quality: DataQuality) -> list[tuple[str, str]]:
    """Return files with their hashes, rows read, used and rejected, and what was assumed."""
    tables = quality.tables
    files = tables.drop_duplicates("origin")
    return [
        (
            "Sources",
            "; ".join(
                f"{row.origin} {str(row.sha256)[:HASH_SHOWN]}".strip() for row in files.itertuples()
            ),
        ),
        (
            "Rows read",
            "; ".join(
                f"{row.table}: {row.read:,} = {row.accepted:,} used + {row.rejected:,} rejected"
                for row in tables.itertuples()
            ),
        ),
        ("Rejected", rejections(quality) or "none"),
        ("Assumed", quality_notes(quality) or "nothing"),
    ]
