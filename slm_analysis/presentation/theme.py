"""One look for every figure: palette, sizes, fonts. The page's style sheet uses the same names."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager

PALETTE = {
    "paper": "#fcfbf8",
    "ink": "#1a1d21",
    "muted": "#565d66",
    "line": "#6b727c",
    "lim": "#7f858e",
    "grid": "#e7e4dc",
    "band": "#efece4",
    "band2": "#dcd8cc",
    "acc": "#b23a07",
}
"""Role to colour on light paper; `acc` means one thing: unfavourable and more than chance."""

PIXELS_PER_INCH = 72
"""Figures are laid out in pixels of the page: one point is one pixel."""
WIDE, NARROW = 800, 344
FONT_SIZE = 13
SMALL = 12
PNG_SCALE = 2

CJK_FILES = ("NotoSansCJK-Regular", "NotoSansSC", "NotoSansCJKsc-Regular", "wqy-microhei",
             "msyh", "PingFang", "simhei", "SourceHanSans", "Hiragino Sans GB")  # fmt: skip
CJK_PACKAGE = "fonts-noto-cjk"


@cache
def font_families() -> tuple[str, ...]:
    """Return the fonts to draw with: DejaVu Sans, then a CJK font if the system has one.

    A font is found by its file, for matplotlib's cached list misses fonts installed later.
    """
    families = ["DejaVu Sans"]
    for file in sorted(map(Path, font_manager.findSystemFonts())):
        if file.stem.startswith(CJK_FILES):
            font_manager.fontManager.addfont(file)
            families.append(font_manager.FontProperties(fname=file).get_name())
            break
    return tuple(families)


@contextmanager
def style() -> Iterator[None]:
    """Draw in the kit's look; text from data is never read as mathematics."""
    settings: dict[Any, Any] = {
        "figure.dpi": PIXELS_PER_INCH,
        "figure.facecolor": PALETTE["paper"],
        "font.family": list(font_families()),
        "font.size": FONT_SIZE,
        "text.parse_math": False,
        "text.color": PALETTE["ink"],
        "axes.facecolor": "none",
        "axes.edgecolor": PALETTE["lim"],
        "axes.labelcolor": PALETTE["muted"],
        "axes.labelsize": SMALL,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.linewidth": 0.8,
        "axes.axisbelow": True,
        "grid.color": PALETTE["grid"],
        "xtick.color": PALETTE["lim"],
        "xtick.labelcolor": PALETTE["muted"],
        "ytick.color": PALETTE["lim"],
        "ytick.labelcolor": PALETTE["muted"],
        "ytick.major.size": 0,
        "svg.fonttype": "none",
        "svg.hashsalt": "slm-analysis",
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # Without a CJK font a glyph is a box in the PNG; the page's SVG keeps the text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
