"""One palette in figures and pages, with the contrasts that reading needs."""

from __future__ import annotations

import re

import pytest

from slm_analysis.batch import pages
from slm_analysis.presentation.theme import PALETTE

CSS = pages._environment().loader.get_source(pages._environment(), "style.css")[0]  # type: ignore[union-attr]


def role_colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", css))


LIGHT = role_colours(CSS[: CSS.index("@media")])
DARK = role_colours(CSS[CSS.index("@media") : CSS.index("*{")])


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_figures_and_pages_have_one_palette():
    assert LIGHT == PALETTE
    assert set(DARK) == set(PALETTE)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("role", "least"), [("ink", 4.5), ("muted", 4.5), ("acc", 4.5), ("line", 3), ("lim", 3)]
)
def test_text_and_marks_stand_out(palette, role, least):
    for paper in ("paper", "band"):
        assert contrast(palette[role], palette[paper]) >= least
