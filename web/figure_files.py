"""The figures as files: one line per number, with what it means and how many it is made of."""

from __future__ import annotations

import csv as lines
from collections.abc import Iterator
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Font

from engine.queries.figures import Overview, Part, Shown

HEADINGS = (
    "Nummer", "Nøgletal", "Gruppe", "Værdi", "Måles i", "Antal bag tallet", "Måned", "Definition",
)  # fmt: skip
HIDDEN = "skjult (få)"


def csv(it: Overview) -> bytes:
    """With semicolons and a byte-order mark, as a Danish spreadsheet expects it."""
    out = StringIO()
    writer = lines.writer(out, delimiter=";")
    writer.writerow(HEADINGS)
    writer.writerows([_comma(cell) for cell in row] for row in _rows(it))
    return out.getvalue().encode("utf-8-sig")


def xlsx(it: Overview) -> BytesIO:
    book = Workbook()
    sheet = book.active
    sheet.title = "Nøgletal"
    sheet.append([f"{it.scope.name}, {it.period.first} til {it.period.last}"])
    sheet.append(HEADINGS)
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    for row in _rows(it):
        sheet.append(row)
    for column, width in zip("ABCDEFGH", (12, 38, 34, 12, 14, 16, 12, 90), strict=True):
        sheet.column_dimensions[column].width = width
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return out


def _rows(it: Overview) -> Iterator[list]:
    for one in it.figures.values():
        for part in one.groups or (one.whole,):
            yield _row(one, part, part.value, part.count, part.hidden, "")
            for point in part.trend:
                told = point.value is not None or not point.count
                yield _row(one, part, point.value, point.count, not told, f"{point.month:%Y-%m}")


def _row(one: Shown, part: Part, value, count: int, hidden: bool, month: str) -> list:
    figure = one.figure
    said = HIDDEN if hidden else "" if value is None else round(value, 1)
    measured = f"{figure.kind}, {figure.unit}" if figure.unit else figure.kind
    number = "" if hidden else count
    return [figure.key, figure.title, part.name, said, measured, number, month, figure.definition]


def _comma(cell):
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell
