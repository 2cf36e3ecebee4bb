"""Truth, identity and presence."""

from __future__ import annotations

from datetime import datetime, time

from engine.feel import moments
from engine.feel.errors import FeelError
from engine.feel.operators import equal
from engine.feel.registry import builtin
from engine.feel.values import kind


@builtin("not(negand: any)")
def not_(negand):
    return not negand if isinstance(negand, bool) else None


@builtin("is(value1: any, value2: any)")
def is_(run, value1, value2):
    """The same value of the same kind; of times also the same offset."""
    if kind(value1) != kind(value2):
        return False
    if isinstance(value1, (time, datetime)):
        return moments.write(value1) == moments.write(value2)
    return equal(value1, value2, run) is True


@builtin("is defined(value: any)")
def is_defined(value):
    """Camunda's: whether there is a value at all."""
    return value is not None


@builtin("assert(value: any, condition: any, cause?: string)")
def assert_(value, condition, cause="Betingelsen er ikke opfyldt"):
    """Camunda's: the value, provided that the condition is true."""
    if condition is not True:
        raise FeelError(cause)
    return value


@builtin("get or else(value: any, default: any)")
def get_or_else(value, default):
    """Camunda's: the value, or the default instead of null."""
    return default if value is None else value
