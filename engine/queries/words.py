"""Days, moments and sums as Danes write them, for what the engine itself writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal

from engine import clock

LOCALE = "da_DK"


def day(value: date | datetime | str | None) -> str:
    """4. december 2026. Text is a day or a moment as ISO 8601 writes them."""
    found = _read(value)
    return "" if found is None else format_date(_day(found), "d. MMMM y", LOCALE)


def moment(value: datetime | str | None) -> str:
    """fredag den 4. december 2026 kl. 10.05"""
    found = _read(value)
    if found is None:
        return ""
    words = format_date(_day(found), "EEEE 'den' d. MMMM y", LOCALE)
    return f"{words} kl. {clock.local(found):%H.%M}" if isinstance(found, datetime) else words


def kroner(amount) -> str:
    """12.500 kr."""
    return f"{format_decimal(amount, '#,##0.##', LOCALE)} kr."


def listed(words: Sequence[str]) -> str:
    """mål, indsatser og aftaler"""
    return " og ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _read(value: date | datetime | str | None) -> date | datetime | None:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    if len(value) == 10:
        return date.fromisoformat(value)
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=clock.COPENHAGEN)


def _day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value
