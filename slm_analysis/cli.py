"""The command line: slm check | prepare | run | publish | lab | new."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from slm_analysis.errors import InputError
from slm_analysis.project import NOTEBOOKS, PREPARED, project_root

if TYPE_CHECKING:
    from slm_analysis.batch.cluster import Cluster
    from slm_analysis.batch.local import LocalWorkers
    from slm_analysis.batch.plan import Job
    from slm_analysis.batch.records import Record
    from slm_analysis.dataset.data_quality import DataQuality

# Commands import what they need when they run, so that `slm --help` is quick.

TOLD = ("business_unit", "notebook", "status", "seconds", "error")
"""What `--json` tells of a report."""
OK, BAD_REPORTS, BAD_INPUT = 0, 1, 2
"""Exit codes: every report good; some report failed; nothing done, for the input is at fault."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    # For a check of web addresses, which no notebook needs, jsonschema would build 35 parsers.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
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
    prepare = command(
        "prepare", _prepare, "check, score and store the data, if they are missing or stale"
    )
    run = command("run", _run, "check, prepare, run every report of a month and publish it")
    publish = command("publish", _publish, "write the pages of reports that were run before")
    command("lab", _lab, "open JupyterLab on the notebooks of the project")
    new = command("new", _new, "write a notebook for a question of your own, from a template")
    new.add_argument("name", help="the question in a few words: my-question")
    for sub in (run, publish):
        sub.add_argument(
            "--period",
            default="",
            metavar="2026-10",
            help="the month (default: the last complete one before the export)",
        )
        sub.add_argument(
            "--with-code", action="store_true", help="show the code on the pages, for analysts"
        )
    publish.add_argument(
        "--pdf",
        action="store_true",
        help="print every page as PDF too; needs the extra 'pdf' and Chromium, Chrome or Edge",
    )
    run.add_argument(
        "--unit",
        action="append",
        default=[],
        help="only this business unit, without the portfolio; may be repeated",
    )
    told = run.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="print only what failed")
    told.add_argument(
        "--json", action="store_true", help="print one line of JSON per report as it ends"
    )
    where = run.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="reports at a time (default: one per core)",
    )
    elsewhere = prepare.add_mutually_exclusive_group()
    for place, work in ((where, "run the reports"), (elsewhere, "score the tickets")):
        place.add_argument(
            "--scheduler",
            metavar="tcp://HOST:PORT",
            help=f"{work} on the workers of this Dask scheduler; needs the extra 'dask'",
        )
        place.add_argument(
            "--cluster",
            metavar="local:4",
            help=f"{work} on a Dask cluster of so many workers, started here for this run",
        )
    return parser


def _check(_: argparse.Namespace) -> int:
    from slm_analysis.batch.plan import plan  # noqa: PLC0415

    planned = plan(project_root())
    _print_quality(planned.prepared.quality)
    print(f"Good. {planned.period}: {len(planned.jobs)} reports for {len(planned.units)} units.")
    return OK


def _prepare(options: argparse.Namespace) -> int:
    from slm_analysis.dataset.prepare import prepare  # noqa: PLC0415

    root = project_root()
    if options.scheduler or options.cluster:
        with _cluster(options, root) as cluster:
            prepared = prepare(root, root / PREPARED, cluster.each)
    else:
        prepared = prepare(root, root / PREPARED)
    _print_quality(prepared.quality)
    print(f"{len(prepared.units)} business units are ready in {PREPARED.as_posix()}.")
    return OK


def _run(options: argparse.Namespace) -> int:
    from rich.progress import Progress  # noqa: PLC0415

    from slm_analysis.batch.plan import plan  # noqa: PLC0415
    from slm_analysis.batch.run import UnpublishedError, run  # noqa: PLC0415

    root = project_root()
    with _ended_like_ctrl_c(), _workers(options, root) as workers:
        planned = plan(root, options.period, options.unit, workers.each)
        planned = replace(planned, with_code=options.with_code)
        total = len(planned.jobs) + (planned.portfolio is not None)
        unpublished = None
        with Progress(transient=True, disable=options.quiet or options.json) as progress:
            task = progress.add_task(f"Reports of {planned.period}", total=total)
            tell = _print_json if options.json else lambda _: progress.advance(task)
            try:
                records = run(planned, workers, tell)
            except UnpublishedError as e:
                records, unpublished = dict(e.records), e
    if not options.json:
        _report(records, planned.entry, only_bad=options.quiet)
    if unpublished is not None:
        print(f"error: {unpublished}", file=sys.stderr)
        return BAD_REPORTS
    return _exit_code(records)


def _workers(options: argparse.Namespace, root: Path) -> LocalWorkers | Cluster:
    """Return where the reports are run."""
    if options.scheduler or options.cluster:
        return _cluster(options, root)
    from slm_analysis.batch.local import LocalWorkers  # noqa: PLC0415

    if options.workers < 1:
        raise InputError("--workers must be at least 1.")
    return LocalWorkers(options.workers)


def _cluster(options: argparse.Namespace, root: Path) -> Cluster:
    from slm_analysis.batch.cluster import Cluster  # noqa: PLC0415

    return Cluster(options.scheduler or options.cluster, root)


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Let a scheduler's SIGTERM leave the same state as Ctrl-C."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_json(record: Record) -> None:
    told = {name: value for name, value in asdict(record).items() if name in TOLD}
    print(json.dumps(told, ensure_ascii=False), flush=True)


def _publish(options: argparse.Namespace) -> int:
    from slm_analysis.batch.pdf import print_pages  # noqa: PLC0415
    from slm_analysis.batch.plan import plan  # noqa: PLC0415
    from slm_analysis.batch.publish import published  # noqa: PLC0415
    from slm_analysis.batch.run import republish  # noqa: PLC0415

    planned = replace(plan(project_root(), options.period), with_code=options.with_code)
    records = republish(planned)
    if options.pdf:
        print_pages(published(planned, records))
    _report(records, planned.entry)
    return _exit_code(records)


def _lab(_: argparse.Namespace) -> int:
    """Open JupyterLab and stay until it ends."""
    root = project_root()
    place = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url=/lab/tree/{NOTEBOOKS}"]
    return subprocess.call([sys.executable, "-m", "jupyterlab", *place])  # noqa: S603


def _new(options: argparse.Namespace) -> int:
    from slm_analysis.batch.new_notebook import new_notebook  # noqa: PLC0415

    root = project_root()
    file = new_notebook(root, options.name).relative_to(root)
    print(f"{file} is there. 'slm lab' opens it; 'slm run' makes it a report of every unit.")
    return OK


def _exit_code(records: Mapping[Job, Record]) -> int:
    return BAD_REPORTS if _failed(records) else OK


def _failed(records: Mapping[Job, Record]) -> list[Record]:
    from slm_analysis.batch.records import DONE  # noqa: PLC0415

    return [record for record in records.values() if record.status != DONE]


def _report(records: Mapping[Job, Record], entry: Path, *, only_bad: bool = False) -> None:
    """Print the run table and say how it ended; or only what failed."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    failed = _failed(records)
    if only_bad and not failed:
        return
    table = Table("business unit", "report", "status", "seconds", "error", box=None)
    for record in failed if only_bad else records.values():
        table.add_row(
            record.business_unit or "(all)",
            record.notebook,
            record.status,
            f"{record.seconds:.1f}",
            record.error,
        )
    Console(markup=False, highlight=False).print(table)
    print(f"{len(records) - len(failed)} of {len(records)} reports are good: {entry}")


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
