"""Numbers: rounding, roots and reading them from text."""

from __future__ import annotations

import decimal
import re
from datetime import timedelta
from decimal import Decimal

from engine.feel.registry import builtin
from engine.feel.values import NUMBERS, YearsMonthsDuration

# Wide enough to round any number of ours to any scale of the standard.
WIDE = decimal.Context(prec=13_000, Emin=-20_000, Emax=20_000, traps=[decimal.InvalidOperation])
MIN_SCALE, MAX_SCALE = -6111, 6176


def _round(number: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    places = 0 if scale is None else int(scale)
    if not MIN_SCALE <= places <= MAX_SCALE:
        raise ValueError(scale)
    if number.as_tuple().exponent >= -places:
        return number
    return NUMBERS.plus(number.quantize(Decimal(1).scaleb(-places, WIDE), rounding, WIDE))


@builtin("decimal(n: number, scale: number)")
def decimal_(n, scale):
    return _round(n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number)")
def floor(n, scale=None):
    return _round(n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number)")
def ceiling(n, scale=None):
    return _round(n, scale, decimal.ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def round_up(n, scale):
    return _round(n, scale, decimal.ROUND_UP)


@builtin("round down(n: number, scale: number)")
def round_down(n, scale):
    return _round(n, scale, decimal.ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def round_half_up(n, scale):
    return _round(n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def round_half_down(n, scale):
    return _round(n, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs(n: number|days|months)")
def abs_(n):
    if isinstance(n, YearsMonthsDuration):
        return YearsMonthsDuration(abs(n.months))
    return abs(n) if isinstance(n, timedelta) else NUMBERS.abs(n)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(run, dividend, divisor):
    """The rest with the sign of the divisor."""
    run.spend(10)
    rest = WIDE.remainder(dividend, divisor)
    return (
        NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else NUMBERS.plus(rest)
    )


@builtin("sqrt(number: number)")
def sqrt(run, number):
    run.spend(10)
    return NUMBERS.sqrt(number)


@builtin("log(number: number)")
def log(run, number):
    run.spend(40)
    return NUMBERS.ln(number) if number > 0 else None


@builtin("exp(number: number)")
def exp(run, number):
    run.spend(20)
    return NUMBERS.exp(number)


@builtin("odd(number: number)")
def odd(run, number):
    run.spend(10)
    return abs(WIDE.remainder(number, Decimal(2))) == 1


@builtin("even(number: number)")
def even(run, number):
    run.spend(10)
    return WIDE.remainder(number, Decimal(2)) == 0


_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")


@builtin("number(from: string|number)")
def number_of(from_):
    return _number(from_) if isinstance(from_, str) else from_


@builtin("number(from: string, grouping separator: string?, decimal separator?: string?)")
def number(from_, grouping, point=None):
    """A number as people write it: grouping is blank, comma or point; the decimals point or comma."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    if grouping:
        from_ = from_.replace(grouping, "")
    if point == ",":
        from_ = "" if "." in from_ else from_.replace(",", ".")
    return _number(from_)


def _number(text: str) -> Decimal | None:
    return NUMBERS.create_decimal(text) if _NUMBER.fullmatch(text) else None
