"""What a reader needs to check a report: sources, rows, agreement, method, versions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

from slm_analysis.dataset.data_quality import DataQuality
from slm_analysis.dataset.unit import Unit
from slm_analysis.presentation.language import _, pgettext
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.numbers import count, counted, itemised, percent
from slm_analysis.presentation.views import About
from slm_analysis.presentation.words.data_quality import quality_notes, rejections
from slm_analysis.questions.portfolio import Portfolio, Q
from slm_analysis.result import Result

HASH_SHOWN = 12


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
        _("{agreement}, version {version}, from {date}").format(
            agreement=a.name,
            version=a.version,
            date=f"{a.effective_from.tz_convert(a.timezone):%Y-%m-%d}",
        )
        for a in unit.agreement.versions
    ]
    exported = _("as of {time}, {timezone}").format(
        time=f"{unit.local_as_of:%Y-%m-%d %H:%M}", timezone=unit.timezone
    )
    return About(
        [
            *source_entries(unit.data_quality),
            (_("Export"), exported),
            (_("Agreement"), itemised(versions) or _("none covers this unit")),
            *[entry for result in results for entry in method(result)],
            *_made(parameters),
        ]
    )


def _made(parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    given = itemised(f"{name} = {value!r}" for name, value in parameters.items())
    return [
        (_("Parameters"), given or _("as preset")),
        (_("Made by"), f"slm-analysis {metadata.version('slm-analysis')}"),
    ]


def about_portfolio(result: Portfolio, **parameters: object) -> About:
    """Return what a reader needs to check the portfolio.

    Parameters
    ----------
    result : Portfolio
    **parameters : object
        The parameters of the notebook.
    """
    reports = result.reports
    failed = int((reports["status"] != "done").sum())
    read = _("{reports} of {units}; failed: {failed}") if failed else _("{reports} of {units}")
    compared = _(
        "each share is compared with its goal by exact binomial chances, for as many independent "
        "cases as tell the same; each mean score by its interval; {tests}, corrected together "
        "(Benjamini-Hochberg, {q} false discoveries accepted)"
    )
    return About(
        [
            (
                _("Reports read"),
                read.format(
                    reports=counted(len(reports), "{n} report", "{n} reports"),
                    units=counted(
                        reports["business_unit"].nunique(),
                        "{n} business unit",
                        "{n} business units",
                    ),
                    failed=failed,
                ),
            ),
            (
                _("Method"),
                compared.format(
                    tests=counted(result.family_size, "{n} comparison", "{n} comparisons"),
                    q=percent(Q, 0),
                ),
            ),
            *_made(parameters),
        ]
    )


def source_entries(quality: DataQuality) -> list[tuple[str, str]]:
    """Return files with their hashes, rows read, used and rejected, and what was assumed."""
    tables = quality.tables
    files = tables.drop_duplicates("origin")
    sources = itemised(
        f"{row.origin} {str(row.sha256)[:HASH_SHOWN]}".strip() for row in files.itertuples()
    )
    rows = itemised(
        _("{table}: {read} = {used} used + {rejected} rejected").format(
            table=row["table"],
            read=count(row["read"]),
            used=count(row["accepted"]),
            rejected=count(row["rejected"]),
        )
        for row in tables.to_dict("records")
    )
    return [
        (_("Sources"), sources),
        (_("Rows read"), rows),
        (_("Rejected"), rejections(quality) or pgettext("rows", "none")),
        (_("Assumed"), quality_notes(quality, of_all=False) or _("nothing")),
    ]
