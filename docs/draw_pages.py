"""Take the pictures of pages that README and tutorial show, from reports that have been run.

Run: python docs/draw_pages.py . desk
(this project after `make report`, and the one that the tutorial makes)
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, SCALE = 1000, 1.5
COLOURS = 48
"""Enough for the palette with its smoothed edges."""


@dataclass(frozen=True)
class Picture:
    """The top of a page: its name, where the page is among a month's reports, how much of it."""

    name: str
    page: str
    height: int


OF_SAMPLE = [Picture("page", "unit-*/02_trends.html", 1000)]  # the unit whose name is Chinese
OF_TUTORIAL = [
    Picture("tutorial_index", "index.html", 690),
    Picture("tutorial_trend", "sales-*/02_trends.html", 940),
]


def main(sample: Path, tutorial: Path) -> None:
    """Write every picture."""
    command = next(path for name in BROWSERS if (path := shutil.which(name)))
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=command, chromium_sandbox=not as_root)
        tab = browser.new_page(
            viewport={"width": WIDTH, "height": 1}, device_scale_factor=SCALE, offline=True
        )
        for project, pictures in ((sample, OF_SAMPLE), (tutorial, OF_TUTORIAL)):
            for picture in pictures:
                (page,) = (project / "reports" / "2026-10").resolve().glob(picture.page)
                tab.set_viewport_size({"width": WIDTH, "height": picture.height})
                tab.goto(page.as_uri())
                shot = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
                shot.quantize(COLOURS).save(PICTURES / f"{picture.name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
