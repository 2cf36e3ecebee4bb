"""Between FEEL's values and JSON's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import moments
from engine.feel.errors import FeelError
from engine.feel.limits import MAX_VALUE
from engine.feel.values import YearsMonthsDuration, kind, wrap


def to_json(value: Any) -> Any:
    """The value as plain JSON: numbers as int or float, dates, times and durations as ISO text.

    FeelError for functions, for ranges and for numbers that no float can carry.
    """
    measure(value)
    return _to_json(wrap(value))


def _to_json(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Decimal):
        return _json_number(value)
    if isinstance(value, list):
        return [_to_json(wrap(item)) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _to_json(wrap(value[key])) for key in value}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (date, time)):
        return moments.write(value) if isinstance(value, time) else value.isoformat()
    if isinstance(value, (timedelta, YearsMonthsDuration)):
        return moments.write(value)
    raise FeelError(f"En værdi af typen {kind(value)} kan ikke gemmes")


def _json_number(value: Decimal) -> int | float:
    # 1E6000 is a whole number too, but nobody wants its six thousand digits.
    if value == value.to_integral_value() and value.adjusted() < 34:
        return int(value)
    number = float(value)
    if number in (float("inf"), float("-inf")):
        raise FeelError("Tallet er for stort til at gemme")
    return number


def from_json(value: Any) -> Any:
    """JSON's numbers as Decimals, all the way down; text stays text."""
    measure(value)
    value = wrap(value)
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): from_json(value[key]) for key in value}
    return value


def measure(value: Any) -> None:
    """Refuse a value that, written out as a tree, is too large.

    A list can hold the same list twice, and that one another twice: forty lines that no
    memory could print.
    """
    if not isinstance(value, (list, dict)):
        return
    left = MAX_VALUE
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        left -= len(inner)
        if left < 0:
            raise FeelError("Resultatet bliver for stort")
        items = inner.values() if isinstance(inner, dict) else inner
        for item in items:
            if isinstance(item, (list, dict)):
                waiting.append(item)
            elif isinstance(item, str):
                left -= len(item) >> 6
