"""Gathers every text of the pages in one catalogue, so that a language can be added beside Danish."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

WEB = Path(__file__).parent
TEMPLATE = WEB / "translations" / "messages.pot"
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_WORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def gathered() -> bytes:
    """The catalogue as `messages.pot` holds it: no dates and no places, so that it says what changed."""
    catalogue = Catalog(project="Overligger", charset="utf-8")
    found = extract_from_dir(
        WEB,
        _METHODS,
        keywords=_WORDS,
        directory_filter=lambda folder: Path(folder).name not in {"node_modules", "static"},
        options_map={"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}},
    )
    for _file, _line, message, _comments, _context in found:
        catalogue.add(message)
    written = io.BytesIO()
    write_po(written, catalogue, omit_header=True, sort_output=True, no_location=True, width=100)
    return written.getvalue()


def write() -> int:
    """Write the catalogue anew; how many texts it holds."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    data = gathered()
    TEMPLATE.write_bytes(data)
    return data.count(b"\nmsgid ")
