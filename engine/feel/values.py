"""The kinds of value, and the way in for Python's own.

FEEL has numbers (Decimal), strings, booleans, null (None), lists, contexts (any Mapping),
dates and times (of `datetime`), two durations, ranges and functions. Nothing else gets in.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.errors import FeelError

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

# IEEE 754 decimal128, as the standard asks (DMN 1.5, 10.3.2.3.1).
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A calendar duration in whole months, e.g. P1Y2M = 14."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) >= 10**12:
            raise OverflowError("duration")

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        sign = "-" if self.months < 0 else ""
        if not years and not months:
            return "P0M"
        return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an open end without a bound is None (`> 5` is `(5..null)`)."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True


class Function:
    """A function value: an expression's own, or one lent by the caller.

    `call` takes the arguments by position and returns a plain value. `types`, when given,
    holds a check per parameter that returns the value to use or raises ValueError; the
    result of a function whose argument does not fit is null.
    """

    __slots__ = ("call", "parameters", "types")

    def __init__(
        self,
        parameters: tuple[str, ...],
        call: Callable[..., Any],
        types: tuple[Callable[[Any], Any] | None, ...] = (),
    ):
        self.parameters = tuple(parameters)
        self.call = call
        self.types = types

    def invoke(self, run, args: list[Any]) -> Any:
        """Call with positional arguments; the wrong number of them gives null."""
        if len(args) != len(self.parameters):
            return None
        for place, check in enumerate(self.types):
            if check is not None:
                try:
                    args[place] = check(args[place])
                except ValueError:
                    return None
        return self.apply(run, args)

    def apply(self, run, args: list[Any]) -> Any:
        run.spend(10)
        return wrap(self.call(*args), run)

    def invoke_named(self, run, args: dict[str, Any]) -> Any:
        """Call with named arguments; a missing or foreign name gives null."""
        if args.keys() != set(self.parameters):
            return None
        return self.invoke(run, [args[name] for name in self.parameters])


KINDS: dict[type, str] = {
    Decimal: "number",
    str: "string",
    bool: "boolean",
    NoneType: "null",
    list: "list",
    dict: "context",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    YearsMonthsDuration: "years and months duration",
    Range: "range",
    Function: "function",
}

# Values of these exact types need no conversion on the way in.
READY = frozenset(
    {str, bool, NoneType, dict, date, time, timedelta, YearsMonthsDuration, Range, Function}
)


def kind(value: Any) -> str:
    """The name of the value's type, as FEEL names it."""
    found = KINDS.get(type(value))
    if found is None:
        if isinstance(value, Mapping):
            return "context"
        if isinstance(value, Function):
            return "function"
        raise FeelError(f"En værdi af typen {type(value).__name__} kan ikke bruges i et udtryk")
    return found


def wrap(value: Any, run=None) -> Any:
    """A plain Python value as a FEEL value; contexts are left to be converted when read."""
    if type(value) in READY:
        return value
    return _convert(value, run)


def _convert(value: Any, run, depth: int = 0) -> Any:
    known = type(value)
    if known in READY:
        return value
    if known is Decimal:
        return _number(value)
    if known is datetime:
        return _moment(value)
    if known is list or isinstance(value, (list, tuple)):
        return _list(value, run, depth)
    return _unusual(value, run, depth)


def _number(value: Decimal) -> Decimal | None:
    if not value.is_finite():
        return None
    try:
        return NUMBERS.plus(value)
    except decimal.DecimalException:
        return None


def _moment(value: datetime) -> datetime:
    # The engine stores UTC, and a legal day is a day in Denmark: date(x) must not be off by one.
    return value.astimezone(COPENHAGEN) if value.tzinfo is UTC else value


def _list(value, run, depth: int) -> list:
    if depth > 50:
        raise FeelError("Listen er for dyb")
    if run is not None:
        run.spend(1 + (len(value) >> 3))
    if type(value) is list:
        for item in value:
            if type(item) not in READY and not (type(item) is Decimal and item.is_finite()):
                break
        else:
            return value
    return [_convert(item, run, depth + 1) for item in value]


def _unusual(value: Any, run, depth: int) -> Any:
    """Subclasses and the types that only Python has."""
    if isinstance(value, int):
        return _number(Decimal(int(value)))
    if isinstance(value, float):
        return _number(Decimal(repr(float(value))))
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (Mapping, Function)):
        return value
    if isinstance(value, (set, frozenset)):
        return _list(sorted(value, key=str), run, depth)
    if isinstance(value, datetime):
        return _moment(datetime.combine(value.date(), value.timetz()).replace(fold=value.fold))
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    raise FeelError(f"En værdi af typen {type(value).__name__} kan ikke bruges i et udtryk")
