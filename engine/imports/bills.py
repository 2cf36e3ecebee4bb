"""Bills out of the finance system, as a CSV file: case, grant, voucher, day, amount.

    sag;bevilling;bilag;betalt;beloeb
    2026-0007;1;B-1001;30-12-2026;15.000,00

`bevilling` is which of the case's booked grants it is (1 where it is left out). Danish and ISO dates
and amounts are both understood; a negative amount corrects an earlier bill.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal

from engine.domain.spending import Payment
from engine.errors import Refused

COLUMNS = ("sag", "bevilling", "bilag", "betalt", "beloeb")
MOST_BYTES = 2_000_000
_DANISH_DATE = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_DANISH_AMOUNT = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d{1,2})?|-?\d+(,\d{1,2})?")
_PLAIN_AMOUNT = re.compile(r"-?\d+\.\d{1,2}")


class IkkeEnBilagsfil(Refused):
    """Filen kan ikke læses. Den skal være en CSV-fil med kolonnerne sag, bevilling, bilag, betalt og beløb, adskilt af semikolon."""


class BilagKanIkkeForstaas(Refused):
    """Række {raekke} kan ikke forstås: {hvad}. Ret filen, og send den igen. Intet er gemt."""


def payments(content: bytes) -> list[Payment]:
    """The file's bills in their order. Raises IkkeEnBilagsfil, BilagKanIkkeForstaas."""
    if not content or len(content) > MOST_BYTES:
        raise IkkeEnBilagsfil
    rows = list(csv.reader(io.StringIO(_text(content)), delimiter=";"))
    heads = [cell.strip().casefold().replace("ø", "oe") for cell in rows[0]] if rows else []
    if not set(COLUMNS) - {"bevilling"} <= set(heads):
        raise IkkeEnBilagsfil
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {head: cell.strip() for head, cell in zip(heads, row, strict=False)}
        if any(cells.values()):
            found.append(_payment(number, cells))
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _payment(number: int, cells: dict[str, str]) -> Payment:
    try:
        return Payment(
            nummer=_filled(cells, "sag"),
            voucher=_filled(cells, "bilag"),
            paid_on=_date(_filled(cells, "betalt")),
            amount=_amount(_filled(cells, "beloeb")),
            number=int(cells.get("bevilling") or 1),
        )
    except ValueError as error:
        raise BilagKanIkkeForstaas(raekke=number, hvad=str(error)) from error


def _filled(cells: dict[str, str], column: str) -> str:
    if not cells.get(column):
        raise ValueError(f"der mangler {column.replace('oe', 'ø')}")
    return cells[column]


def _date(text: str) -> date:
    danish = _DANISH_DATE.fullmatch(text)
    try:
        if danish:
            day, month, year = map(int, danish.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"»{text[:20]}« er ikke en dato") from None


def _amount(text: str) -> Decimal:
    if _DANISH_AMOUNT.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _PLAIN_AMOUNT.fullmatch(text):
        return Decimal(text)
    raise ValueError(f"»{text[:20]}« er ikke et beløb")
