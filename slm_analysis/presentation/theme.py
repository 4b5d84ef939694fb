"""One look for every figure: palette, sizes, fonts. The page's style sheet uses the same names."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager

from slm_analysis.presentation.language import _

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

CJK_FILES = (
    "NotoSansCJKsc-Regular", "NotoSansSC-Regular", "NotoSansCJK-Regular", "SourceHanSansSC-Regular",
    "SourceHanSansCN-Regular", "wqy-microhei", "msyh", "PingFang", "Hiragino Sans GB", "simhei",
)  # fmt: skip
"""Files of fonts with Chinese letters, without their endings, the best first."""
SIMPLIFIED = " SC"
"""Ends the name of the one that is for simplified Chinese, of several fonts in one file."""
CJK_PACKAGE = "fonts-noto-cjk"


@cache
def font_families() -> tuple[str, ...]:
    """Return the fonts to draw with: DejaVu Sans, then a CJK font if the system has one.

    A font is found by its file, for matplotlib's cached list misses fonts installed later.
    """
    files = {file.stem: file for file in map(Path, font_manager.findSystemFonts())}
    stem = next((stem for stem in CJK_FILES if stem in files), "")
    names: list[str] = []
    # The bold letters of a font are in a file of their own: msyhbd, …-Bold.
    for of_weight in dict.fromkeys((stem, stem.replace("Regular", "Bold"), f"{stem}bd")):
        if of_weight in files:
            known = len(font_manager.fontManager.ttflist)
            font_manager.fontManager.addfont(files[of_weight])
            names += [font.name for font in font_manager.fontManager.ttflist[known:]]
    names.sort(key=lambda name: not name.endswith(SIMPLIFIED))
    return ("DejaVu Sans", *names[:1])


@cache
def advise_font() -> None:
    """Warn once that images show boxes in place of Chinese letters, and say what to install."""
    warnings.warn(
        _(
            "This system has no font with Chinese letters: images in notebooks show boxes in "
            "their place (pages do not). Install the package {package}, or any such font."
        ).format(package=CJK_PACKAGE),
        stacklevel=2,
    )


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
    with mpl.rc_context(settings), warnings.catch_warnings(), _fonts_unspoken():
        # One warning a letter; `advise_font` says it once. The page's SVG keeps the text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


@contextmanager
def _fonts_unspoken() -> Iterator[None]:
    """Keep what matplotlib says of fonts off the page: that a CJK font has no bold, once each."""
    log = logging.getLogger(font_manager.__name__)
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
