"""A spreadsheet (XLSX or CSV) as lines of text by column. Formulas are never worked out."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import Refused
from engine.imports.columns import HEADINGS, KEYS, REQUIRED

MOST_BYTES, MOST_ROWS = 5_000_000, 5_000
#: What the archive may unfold to: a small file can hold very much.
MOST_UNFOLDED = 60_000_000
#: The case number of the template's example.
EXAMPLE = "EKSEMPEL"


class IkkeEtRegneark(Refused):
    """Filen kan ikke læses. Den skal være et regneark (.xlsx) eller en CSV-fil på højst 5 MB og 5.000 rækker. Hent skabelonen, og udfyld den."""


class ManglerKolonner(Refused):
    """Filen mangler kolonnerne: {hvilke}. Hent skabelonen, og behold dens overskrifter."""


@dataclass(frozen=True)
class Line:
    """One row: its number as the spreadsheet shows it, and what stands in each column by key."""

    number: int
    cells: dict[str, str]


def lines(content: bytes) -> list[Line]:
    """Every filled row but the example's. Raises IkkeEtRegneark, ManglerKolonner."""
    if not content or len(content) > MOST_BYTES:
        raise IkkeEtRegneark
    rows = _xlsx(content) if content[:2] == b"PK" else _csv(content)
    if not rows:
        raise IkkeEtRegneark
    keys = [KEYS.get(_text(cell).rstrip(" *").casefold()) for cell in rows[0]]
    missing = [HEADINGS[key] for key in REQUIRED if key not in keys]
    if missing:
        raise ManglerKolonner(hvilke=", ".join(missing))
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {key: _text(cell) for key, cell in zip(keys, row, strict=False) if key}
        if any(cells.values()) and cells.get("old_number") != EXAMPLE:
            found.append(Line(number, cells))
    return found


def _xlsx(content: bytes) -> list[list]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNFOLDED:
                raise IkkeEtRegneark
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            rows = [list(row) for row in sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True)]
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError):
        raise IkkeEtRegneark from None
    return _bounded(rows)


def _csv(content: bytes) -> list[list]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a Danish Excel saves as plain CSV.
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise IkkeEtRegneark
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    try:
        return _bounded(list(csv.reader(io.StringIO(text), delimiter=separator)))
    except csv.Error:
        raise IkkeEtRegneark from None


def _bounded(rows: list[list]) -> list[list]:
    while rows and not any(_text(cell) for cell in rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS + 1:
        raise IkkeEtRegneark
    return rows


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
