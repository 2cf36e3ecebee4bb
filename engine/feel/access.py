"""`value.name`: the fields of contexts and the properties of dates, times, durations, ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import moments
from engine.feel.limits import Run
from engine.feel.scope import MISSING, read
from engine.feel.values import Range, YearsMonthsDuration, wrap

Reader = Callable[[Any], Any]


def _whole(number: int) -> Decimal:
    return Decimal(number)


def _offset(value: time | datetime) -> timedelta | None:
    return moments.zone_offset(value)


def _zone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _toward_zero(value: timedelta, unit: timedelta, within: int | None = None) -> Decimal:
    count = abs(value) // unit
    count = count if within is None else count % within
    return _whole(-count if value < timedelta(0) else count)


def _seconds(value: timedelta) -> Decimal:
    rest = abs(value) % timedelta(minutes=1)
    return (moments.seconds(rest) * (-1 if value < timedelta(0) else 1)).normalize() + 0


def _years(value: YearsMonthsDuration) -> Decimal:
    return _whole(abs(value.months) // 12 * (-1 if value.months < 0 else 1))


def _months(value: YearsMonthsDuration) -> Decimal:
    return _whole(abs(value.months) % 12 * (-1 if value.months < 0 else 1))


_DATE: dict[str, Reader] = {
    "year": lambda value: _whole(value.year),
    "month": lambda value: _whole(value.month),
    "day": lambda value: _whole(value.day),
    "weekday": lambda value: _whole(value.isoweekday()),
}
_CLOCK: dict[str, Reader] = {
    "hour": lambda value: _whole(value.hour),
    "minute": lambda value: _whole(value.minute),
    "second": lambda value: _whole(value.second),
    "time offset": _offset,
    "timezone": _zone,
}
PROPERTIES: dict[type, dict[str, Reader]] = {
    date: _DATE,
    # A date is the midnight that begins it, by UTC (DMN 1.5, 10.3.2.6).
    datetime: _DATE | _CLOCK,
    time: _CLOCK,
    YearsMonthsDuration: {"years": _years, "months": _months},
    timedelta: {
        "days": lambda value: _toward_zero(value, timedelta(days=1)),
        "hours": lambda value: _toward_zero(value, timedelta(hours=1), 24),
        "minutes": lambda value: _toward_zero(value, timedelta(minutes=1), 60),
        "seconds": _seconds,
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}


def path(value: Any, name: str, run: Run) -> Any:
    """The field of that name; of a list, the list of its items' fields. null when absent."""
    if type(value) is list:
        run.spend(len(value))
        return [path(wrap(item, run), name, run) for item in value]
    if isinstance(value, Mapping):
        found = read(value, name)
        return None if found is MISSING else wrap(found, run)
    reader = PROPERTIES.get(type(value), {}).get(name)
    return reader(value) if reader else None
