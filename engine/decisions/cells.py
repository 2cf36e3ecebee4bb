"""The left side of a table seen as sets: which values a cell speaks of, and one example between them.

A cell of simple unary tests (`-`, literals, comparisons, intervals, `not(...)`, lists of these)
answers the same for all values between two neighbouring values that it names. So the named values
and one example between each two of them stand for everything that can be put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine import feel

OTHER_TEXT = "noget andet"
_COMPARISON = re.compile(r"^(<=|>=|!=|<|>|=)\s*(.+)$", re.S)
_INTERVAL = re.compile(r"^[\[(\]](.+?)\.\.(.+)[\])\[]$", re.S)
_NOT = re.compile(r"^not\s*\((.*)\)$", re.S)
_LITERAL = re.compile(
    r"""^(?: -?\s*\.?\d[\d.]* | "(?:[^"\\]|\\.)*" | true | false | null | @"[^"]*"
        | (?:date|time|date\ and\ time|duration) \s* \( \s* "[^"]*" \s* \) )$""",
    re.X,
)


class Unclear(Exception):
    """The cell is more than simple tests, so no set of values can be read from it."""


def named_values(source: str, given: Mapping[str, Any]) -> list[Any]:
    """The FEEL values that a cell names; a variable counts when `given` has it.

    Raises Unclear for anything but simple unary tests.
    """
    source = source.strip()
    if source in ("", "-"):
        return []
    if found := _NOT.match(source):
        return named_values(found[1], given)
    values: list[Any] = []
    for part in split(source):
        part = part.strip()
        if found := _COMPARISON.match(part):
            values.append(_endpoint(found[2], given))
        elif found := _INTERVAL.match(part):
            values += [_endpoint(found[1], given), _endpoint(found[2], given)]
        else:
            values.append(_endpoint(part, given))
    return values


def split(source: str) -> list[str]:
    """The parts between the commas of the outermost level."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(source):
        if sign == '"' and source[place - 1 : place] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (sign in "([{") - (sign in ")]}")
            if sign == "," and depth == 0:
                parts.append(source[start:place])
                start = place + 1
    return [*parts, source[start:]]


def _endpoint(source: str, given: Mapping[str, Any]) -> Any:
    source = source.strip()
    literal = bool(_LITERAL.match(source))
    if not literal and ("?" in source or not given):
        raise Unclear
    try:
        value = feel.evaluate(source, given)
    except feel.FeelError:
        raise Unclear from None
    # A function such as contains(...) gives a truth value: that is a test, not a value named.
    if not literal and (value is None or isinstance(value, bool | list | Mapping)):
        raise Unclear
    return value


def points(values: Iterable[Any], whole: bool = False) -> list[Any]:
    """The values and one example between each two of them and outside them, per kind.

    With `whole` numbers are counted, not measured: nothing lies between 17 and 18.
    """
    kinds: dict[type, list[Any]] = {}
    for value in values:
        if value not in (known := kinds.setdefault(type(value), [])):
            known.append(value)
    result: list[Any] = []
    for kind, found in kinds.items():
        if kind is bool:
            result += [True, False]
        elif kind is str:
            result += [*found, OTHER_TEXT]
        elif kind is type(None):
            result.append(None)
        else:
            result += _ordered(sorted(found), whole)
    return result


def _ordered(values: Sequence[Any], whole: bool) -> list[Any]:
    below, above = _outside(values[0], -1), _outside(values[-1], 1)
    result = [] if below is None else [below]
    for left, right in zip(values, [*values[1:], None], strict=True):
        result.append(left)
        between = above if right is None else _between(left, right, whole)
        if between is not None:
            result.append(between)
    return result


def _outside(value: Any, step: int) -> Any:
    """A value beyond the first or last one named; None when the kind ends there."""
    match value:
        case Decimal():
            return value + step
        case datetime():
            return value + timedelta(days=step)
        case date() | timedelta():
            return value + timedelta(days=step)
        case time():
            edge = time.min if step < 0 else time(23, 59, 59)
            edge = edge.replace(tzinfo=value.tzinfo)
            return None if edge == value else edge
        case feel.YearsMonthsDuration():
            return feel.YearsMonthsDuration(value.months + step)
    raise Unclear


def _between(left: Any, right: Any, whole: bool) -> Any:
    """A plain value strictly between two; None when there is none."""
    match left:
        case Decimal():
            integer = Decimal(int(left // 1) + 1)
            if integer < right:
                return integer
            return None if whole else (left + right) / 2
        case datetime():
            return left + (right - left) / 2
        case date():
            return left + timedelta(days=1) if (right - left).days > 1 else None
        case timedelta():
            return (left + right) / 2
        case time():
            seconds = (_seconds(left) + _seconds(right)) // 2
            middle = (datetime.min + timedelta(seconds=seconds)).time()
            middle = middle.replace(tzinfo=left.tzinfo)
            return middle if left < middle < right else None
        case feel.YearsMonthsDuration():
            months = left.months + 1
            return feel.YearsMonthsDuration(months) if months < right.months else None
    raise Unclear


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def sample(base: str) -> Any:
    """Some value of a type, where no cell cares which."""
    return {
        "number": Decimal(1),
        "string": OTHER_TEXT,
        "boolean": True,
        "date": date(2026, 1, 1),
    }.get(base)
