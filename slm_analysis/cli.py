"""The command line: slm check | prepare | run | publish."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from slm_analysis.errors import InputError
from slm_analysis.project import PREPARED, project_root

if TYPE_CHECKING:
    from slm_analysis.batch.execute import Record
    from slm_analysis.batch.plan import Job
    from slm_analysis.dataset.data_quality import DataQuality

# Commands import what they need when they run, so that `slm --help` is quick.

OK, BAD_REPORTS, BAD_INPUT = 0, 1, 2
"""Exit codes: every report good; some report failed; nothing done, for the input is at fault."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter of a unit's name shows "?".
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except InputError as e:
        for fault in e.faults:
            print(f"error: {fault}", file=sys.stderr)
        return BAD_INPUT
    except OSError as e:
        print(f"error: {e.filename or 'output'}: {e.strerror or e}.", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(
            "stopped; finished reports are kept, the next run goes on from there", file=sys.stderr
        )
        return BAD_REPORTS
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="slm",
        description="Score tickets against service level agreements; report per business unit.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=f"{text.capitalize()}.")
        sub.set_defaults(command=run)
        return sub

    command("check", _check, "read sources, agreements and parameters; list every fault")
    command("prepare", _prepare, "check, score and store the data, if they are missing or stale")
    run = command("run", _run, "check, prepare, run every report of a month and publish it")
    publish = command("publish", _publish, "write the pages of reports that were run before")
    for sub in (run, publish):
        sub.add_argument(
            "--period",
            default="",
            metavar="2026-10",
            help="the month (default: the last complete one before the export)",
        )
    run.add_argument(
        "--unit",
        action="append",
        default=[],
        help="only this business unit, without the portfolio; may be repeated",
    )
    run.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="reports at a time (default: one per core)",
    )
    return parser


def _check(_: argparse.Namespace) -> int:
    from slm_analysis.batch.plan import plan  # noqa: PLC0415

    planned = plan(project_root())
    _print_quality(planned.prepared.quality)
    print(f"Good. {planned.period}: {len(planned.jobs)} reports for {len(planned.units)} units.")
    return OK


def _prepare(_: argparse.Namespace) -> int:
    from slm_analysis.dataset.prepare import prepare  # noqa: PLC0415

    root = project_root()
    prepared = prepare(root, root / PREPARED)
    _print_quality(prepared.quality)
    print(f"{len(prepared.units)} business units are ready in {PREPARED.as_posix()}.")
    return OK


def _run(options: argparse.Namespace) -> int:
    from rich.progress import Progress  # noqa: PLC0415

    from slm_analysis.batch.plan import plan  # noqa: PLC0415
    from slm_analysis.batch.run import run  # noqa: PLC0415

    if options.workers < 1:
        raise InputError("--workers must be at least 1.")
    planned = plan(project_root(), options.period, options.unit)
    total = len(planned.jobs) + (planned.portfolio is not None)
    with Progress(transient=True) as progress:
        task = progress.add_task(f"Reports of {planned.period}", total=total)
        records = run(planned, options.workers, lambda _: progress.advance(task))
    return _report(records, planned.entry)


def _publish(options: argparse.Namespace) -> int:
    from slm_analysis.batch.plan import plan  # noqa: PLC0415
    from slm_analysis.batch.run import republish  # noqa: PLC0415

    planned = plan(project_root(), options.period)
    return _report(republish(planned), planned.entry)


def _report(records: Mapping[Job, Record], entry: Path) -> int:
    """Print the run table and say how it ended."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from slm_analysis.batch.execute import DONE  # noqa: PLC0415

    table = Table("business unit", "report", "status", "seconds", "error", box=None)
    for record in records.values():
        table.add_row(
            record.business_unit or "(all)",
            record.notebook,
            record.status,
            f"{record.seconds:.1f}",
            record.error,
        )
    Console(markup=False, highlight=False).print(table)
    failed = sum(record.status != DONE for record in records.values())
    print(f"{len(records) - failed} of {len(records)} reports are good: {entry}")
    return BAD_REPORTS if failed else OK


def _print_quality(quality: DataQuality) -> None:
    """Print what became of every row."""
    from slm_analysis.presentation.words import data_quality as words  # noqa: PLC0415

    for row in quality.tables.itertuples():
        print(f"{row.table}: {row.read:,} read = {row.accepted:,} used + {row.rejected:,} rejected")
    for title, text in (
        ("Rejected", words.rejections(quality)),
        ("Assumed", words.quality_notes(quality)),
    ):
        if text:
            print(f"{title}: {text}.")
