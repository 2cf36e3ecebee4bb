"""Sets a document: a typst template and plain JSON in, an accessible PDF (PDF/UA-1) out.

The data travels as one JSON text in `sys.inputs`; a template reads it, and nothing anybody wrote is
ever markup. The letters are IBM Plex, as on the pages: without them nothing is set, as typst would
take another typeface without saying so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import typst

from engine import clock
from engine.errors import Broken
from engine.settings import ROOT

HERE = Path(__file__).parent
FONTS = ROOT / "web" / "static" / "dist" / "fonts"
NEEDED = tuple(f"IBMPlexSans-{style}.ttf" for style in ("Regular", "Bold", "Italic", "SemiBold"))
STANDARD = "ua-1"


class FontsMissing(Broken):
    """The typefaces of the documents are not built."""

    def __init__(self, folder: Path, missing: list[str]):
        super().__init__(
            f"{folder} has no {', '.join(missing)}: run `npm run build` in web/frontend"
        )


def pdf(template: str, data: Mapping[str, Any], at: datetime | None = None) -> bytes:
    """The document as PDF/UA-1, tagged, in Danish. `at` is its date, else now. Raises FontsMissing."""
    return _compile(template, data, at, format="pdf", pdf_standards=[STANDARD])


def pictures(template: str, data: Mapping[str, Any], at: datetime | None = None) -> list[bytes]:
    """The same pages as PNG, for somebody to look at."""
    found = _compile(template, data, at, format="png", ppi=80)
    return found if isinstance(found, list) else [found]


def _compile(template: str, data: Mapping[str, Any], at: datetime | None, **how: Any) -> Any:
    missing = [name for name in NEEDED if not (FONTS / name).is_file()]
    if missing:
        raise FontsMissing(FONTS, missing)
    local = clock.local(at or clock.now())
    day = {"year": local.year, "month": local.month, "day": local.day}
    inputs = {"data": orjson.dumps({**data, "day": day}).decode()}
    return typst.compile(
        str(HERE / template),
        root=str(HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        **how,
    )
