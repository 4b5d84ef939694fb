"""How wide a text is, shortened and broken by that: capitals and Chinese need more room."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font

FONT = "DejaVu Sans"
"""The widest of the fonts that figures are shown in."""
EAST_ASIAN = re.compile(
    "[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff5e\U00020000-\U0003ffff]+"
)
"""Chinese, Japanese or Korean letters, with the full-width marks among them."""
UNBROKEN = re.compile(
    r"[（《“]*(?:[^\s（《“”\u2e80-\U0003ffff]+|\S)[，。、；：！？）》”]*\s*", re.DOTALL
)
"""What stays on one line: a Latin word or number, a Chinese letter; either with its marks."""
EM, LETTER = 1000, 0.53
"""Units of measurement; the width of a usual Latin letter, in parts of the font's size."""


def letters(text: str) -> float:
    """Return how many usual Latin letters are as wide as a text."""
    return sum(map(_width, text))


def shortened(text: str, most: float) -> str:
    """Return a label no wider than so many Latin letters, its end cut where it must."""
    line = " ".join(text.split())
    if letters(line) <= most:
        return line
    kept = line
    while kept and letters(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(text: str, most: float) -> list[str]:
    """Return a text in lines no wider than so many Latin letters."""
    lines = [""]
    for part in UNBROKEN.findall(text.strip()):
        for piece in [part] if letters(part.rstrip()) <= most else part:
            if letters(f"{lines[-1]}{piece}".rstrip()) > most:
                lines.append("")
            lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


@cache
def _width(letter: str) -> float:
    """Return the width of one letter; what the font lacks is taken from another, as wide."""
    font = _font()
    if _is_wide(letter) or not font.get_char_index(ord(letter)):
        return 2.0 if _is_wide(letter) else 1.0
    return float(font.load_char(ord(letter)).linearHoriAdvance / 2**16 / EM / LETTER)


@cache
def _font() -> FT2Font:
    font = get_font(findfont(FontProperties(family=FONT)))
    font.set_size(EM, 72)
    return font
