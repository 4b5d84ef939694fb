"""Agreements as a service manager writes them, for tests: one function, text in, agreement out."""

from pathlib import Path

from slm_analysis.sla.agreement_yaml import read_agreement
from slm_analysis.sla.agreements import Agreement, Agreements

TARGETS = "- {metric: resolution_time, goal: 95% within 4h}"
TEXT = """
agreement: {name}
version: {version}
effective_from: {start}
timezone: {timezone}
calendars:
  always:
    hours: {{Mon-Sun: "00:00-24:00"}}
  office:
    hours: {{Mon-Fri: "09:00-12:00, 13:00-18:00"}}
services:
  {service}:
    calendar: {calendar}
    working_day: 8h
{terms}
    targets:
{targets}
"""


def agreement_text(
    targets: str = TARGETS,
    *,
    terms: str = "",
    name: str = "Test",
    version: str = "1",
    start: str = "2000-01-01",
    timezone: str = "UTC",
    service: str = "all",
    calendar: str = "always",
) -> str:
    """Return an agreement on one service; `targets` and `terms` are its lines, not indented."""
    return TEXT.format(
        name=name,
        version=version,
        start=start,
        timezone=timezone,
        service=service,
        calendar=calendar,
        terms=indented(terms, 4),
        targets=indented(targets, 6),
    )


def indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.strip("\n").splitlines())


def agreement(folder: Path, targets: str = TARGETS, **terms: str) -> Agreement:
    """Write and read one agreement."""
    text = agreement_text(targets, **terms)
    file = folder / f"agreement-{len(list(folder.glob('*.yaml')))}.yaml"
    file.write_text(text, encoding="utf-8")
    return read_agreement(file)


def agreements(folder: Path, targets: str = TARGETS, **terms: str) -> Agreements:
    """Write and read one agreement, as the only one."""
    return Agreements((agreement(folder, targets, **terms),))
