"""Arithmetic, comparison and truth of values. What does not fit together gives null."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import moments
from engine.feel.limits import Run
from engine.feel.values import NUMBERS, Range, YearsMonthsDuration, kind, wrap

_MISTAKES = (ArithmeticError, ValueError, OverflowError)


def add(a: Any, b: Any, run: Run) -> Any:
    if type(a) is Decimal and type(b) is Decimal:
        return _safely(NUMBERS.add, a, b)
    if type(a) is str and type(b) is str:
        return run.string(a + b)
    if isinstance(a, date) or type(a) is time:
        return _safely(_later, a, b)
    if isinstance(b, date) or type(b) is time:
        return _safely(_later, b, a)
    if type(a) is timedelta and type(b) is timedelta:
        return _safely(operator.add, a, b)
    if type(a) is YearsMonthsDuration and type(b) is YearsMonthsDuration:
        return _safely(YearsMonthsDuration, a.months + b.months)
    return None


def subtract(a: Any, b: Any, run: Run) -> Any:
    if type(a) is Decimal and type(b) is Decimal:
        return _safely(NUMBERS.subtract, a, b)
    if isinstance(a, date) and isinstance(b, date):
        return _safely(moments.difference, _date_time(a), _date_time(b))
    if type(a) is time and type(b) is time:
        return _between_times(a, b)
    if type(a) is timedelta and type(b) is timedelta:
        return _safely(operator.sub, a, b)
    if type(a) is YearsMonthsDuration and type(b) is YearsMonthsDuration:
        return _safely(YearsMonthsDuration, a.months - b.months)
    if isinstance(a, date) or type(a) is time:
        return _safely(_later, a, negate(b))
    return None


def multiply(a: Any, b: Any, run: Run) -> Any:
    if type(a) is Decimal and type(b) is Decimal:
        return _safely(NUMBERS.multiply, a, b)
    if type(a) is Decimal:
        a, b = b, a
    if type(b) is Decimal:
        return _safely(_scale, a, b, NUMBERS.multiply)
    return None


def divide(a: Any, b: Any, run: Run) -> Any:
    if type(b) is Decimal:
        if type(a) is Decimal:
            return _safely(NUMBERS.divide, a, b)
        return _safely(_scale, a, b, NUMBERS.divide)
    if type(a) is timedelta and type(b) is timedelta:
        return _safely(NUMBERS.divide, moments.seconds(a), moments.seconds(b))
    if type(a) is YearsMonthsDuration and type(b) is YearsMonthsDuration:
        return _safely(NUMBERS.divide, Decimal(a.months), Decimal(b.months))
    return None


def power(a: Any, b: Any, run: Run) -> Any:
    if type(a) is Decimal and type(b) is Decimal:
        run.spend(60)
        result = _safely(NUMBERS.power, a, b)
        # 0 ** -1 is infinite without raising anything.
        return result if result is not None and result.is_finite() else None
    return None


def negate(a: Any) -> Any:
    if type(a) is Decimal:
        return NUMBERS.minus(a)
    if type(a) is timedelta:
        return _safely(operator.neg, a)
    if type(a) is YearsMonthsDuration:
        return YearsMonthsDuration(-a.months)
    return None


ARITHMETIC: dict[str, Callable[[Any, Any, Run], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def _safely(work: Callable, *args: Any) -> Any:
    try:
        return work(*args)
    except _MISTAKES:
        return None


def _later(moment: Any, length: Any) -> Any:
    if type(length) is timedelta:
        return moments.add_days(moment, length)
    if type(length) is YearsMonthsDuration and isinstance(moment, date):
        return moments.add_months(moment, length.months)
    return None


def _scale(length: Any, factor: Decimal, work: Callable) -> Any:
    if type(length) is timedelta:
        return moments.days(work(moments.seconds(length), factor))
    if type(length) is YearsMonthsDuration:
        months = work(Decimal(length.months), factor)
        if months.adjusted() > 15:
            raise OverflowError
        return YearsMonthsDuration(int(months))
    return None


def _date_time(value: date) -> datetime:
    return value if type(value) is datetime else moments.at_midnight(value)


def _between_times(a: time, b: time) -> timedelta | None:
    if (a.tzinfo is None) != (b.tzinfo is None):
        return None
    return moments.time_of_day(a) - moments.time_of_day(b)


def order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1; null when the two cannot be put in order."""
    sort = type(a)
    if sort is not type(b):
        return None
    if sort is Decimal or sort is str or sort is timedelta or sort is YearsMonthsDuration:
        return (a > b) - (a < b)
    if sort is datetime:
        if a.tzinfo is not None or b.tzinfo is not None:
            a, b = moments.instant(a), moments.instant(b)
        return (a > b) - (a < b)
    if sort is time:
        if (a.tzinfo is None) != (b.tzinfo is None):
            return None
        a, b = moments.time_of_day(a), moments.time_of_day(b)
        return (a > b) - (a < b)
    if sort is date:
        return (a > b) - (a < b)
    return None


def equal(a: Any, b: Any, run: Run) -> bool | None:
    """Whether the two are equal; null when they are of different kinds."""
    sort = type(a)
    if sort is type(b):
        if sort is str or sort is Decimal or sort is bool:
            return a == b
        if sort is datetime or sort is time:
            return order(a, b) == 0
        if sort is list:
            return _equal_lists(a, b, run)
        if sort is Range:
            return _equal_ranges(a, b, run)
        if not isinstance(a, Mapping):
            return a == b
    if a is None or b is None:
        return a is b
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return _equal_contexts(a, b, run)
    kind(a), kind(b)
    return None


def _equal_lists(a: list, b: list, run: Run) -> bool | None:
    if a is b:
        return True
    if len(a) != len(b):
        return False
    run.spend(1 + len(a))
    return conjunction(equal(wrap(x, run), wrap(y, run), run) for x, y in zip(a, b, strict=True))


def _equal_contexts(a: Mapping, b: Mapping, run: Run) -> bool | None:
    if a.keys() != b.keys():
        return False
    run.spend(1 + len(a))
    return conjunction(equal(wrap(a[key], run), wrap(b[key], run), run) for key in a)


def _equal_ranges(a: Range, b: Range, run: Run) -> bool | None:
    if (a.start_included, a.end_included) != (b.start_included, b.end_included):
        return False
    return conjunction([equal(a.start, b.start, run), equal(a.end, b.end, run)])


def same(a: Any, b: Any, run: Run) -> bool:
    """Equal beyond doubt: the equality that lists use to find their members."""
    return equal(a, b, run) is True


def conjunction(truths) -> bool | None:
    """False when one is false, else null when one is unknown, else true."""
    result: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            result = None
    return result


def _ordered(test: Callable[[int], bool]) -> Callable[[Any, Any, Run], bool | None]:
    def compare(a: Any, b: Any, run: Run) -> bool | None:
        found = order(a, b)
        return None if found is None else test(found)

    return compare


def unequal(a: Any, b: Any, run: Run) -> bool | None:
    found = equal(a, b, run)
    return None if found is None else not found


COMPARISON: dict[str, Callable[[Any, Any, Run], bool | None]] = {
    "=": equal,
    "!=": unequal,
    "<": _ordered(lambda found: found < 0),
    "<=": _ordered(lambda found: found <= 0),
    ">": _ordered(lambda found: found > 0),
    ">=": _ordered(lambda found: found >= 0),
}


def within(value: Any, range_: Range) -> bool | None:
    """Whether the value lies in the range."""
    low = high = True
    if range_.start is not None:
        found = order(range_.start, value)
        low = None if found is None else found < 0 or (found == 0 and range_.start_included)
    if range_.end is not None:
        found = order(value, range_.end)
        high = None if found is None else found < 0 or (found == 0 and range_.end_included)
    return conjunction([low, high])
