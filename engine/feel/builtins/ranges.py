"""How points and ranges lie to each other (DMN 1.5, table 78), and ranges from text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.feel import parser
from engine.feel.errors import FeelError
from engine.feel.functions import Call
from engine.feel.nodes import Literal, Name, Negation
from engine.feel.operators import order, within
from engine.feel.registry import builtin
from engine.feel.scope import Root
from engine.feel.structures import Interval
from engine.feel.values import Range

POINT = "number|string|date|time|datetime|days|months"


def compare(a: Any, b: Any) -> int:
    """The order of two ends; ValueError, and so null, when they have none."""
    found = order(a, b)
    if found is None:
        raise ValueError
    return found


def relation(name: str, first: str, second: str) -> Callable[[Callable], Callable]:
    """Register for a point and a range by the names of the standard's parameters."""
    types = {"point": POINT, "range": "range"}

    def part(parameter: str) -> str:
        return f"{parameter}: {types[parameter.rstrip('12')]}"

    return builtin(f"{name}({part(first)}, {part(second)})")


@relation("before", "point1", "point2")
def point_before_point(a, b):
    return compare(a, b) < 0


@relation("before", "point", "range")
def point_before_range(point, range_):
    found = compare(point, range_.start)
    return found < 0 or (found == 0 and not range_.start_included)


@relation("before", "range", "point")
def range_before_point(range_, point):
    found = compare(range_.end, point)
    return found < 0 or (found == 0 and not range_.end_included)


@relation("before", "range1", "range2")
def range_before_range(a, b):
    found = compare(a.end, b.start)
    return found < 0 or (found == 0 and not (a.end_included and b.start_included))


@relation("after", "point1", "point2")
def point_after_point(a, b):
    return compare(a, b) > 0


@relation("after", "point", "range")
def point_after_range(point, range_):
    return range_before_point(range_, point)


@relation("after", "range", "point")
def range_after_point(range_, point):
    return point_before_range(point, range_)


@relation("after", "range1", "range2")
def range_after_range(a, b):
    return range_before_range(b, a)


@relation("meets", "range1", "range2")
def meets(a, b):
    return a.end_included and b.start_included and compare(a.end, b.start) == 0


@relation("met by", "range1", "range2")
def met_by(a, b):
    return meets(b, a)


@relation("overlaps", "range1", "range2")
def overlaps(a, b):
    return not range_before_range(a, b) and not range_before_range(b, a)


@relation("overlaps before", "range1", "range2")
def overlaps_before(a, b):
    """a begins first, ends inside b."""
    return _starts_first(a, b) and overlaps(a, b) and not _ends_last(a, b)


@relation("overlaps after", "range1", "range2")
def overlaps_after(a, b):
    """a begins inside b, ends last."""
    return not _starts_first(a, b) and overlaps(a, b) and _ends_last(a, b) and _later_start(a, b)


def _starts_first(a: Range, b: Range) -> bool:
    found = compare(a.start, b.start)
    return found < 0 or (found == 0 and a.start_included and not b.start_included)


def _later_start(a: Range, b: Range) -> bool:
    return _starts_first(b, a)


def _ends_last(a: Range, b: Range) -> bool:
    found = compare(a.end, b.end)
    return found > 0 or (found == 0 and a.end_included and not b.end_included)


def _same_start(a: Range, b: Range) -> bool:
    return a.start_included == b.start_included and compare(a.start, b.start) == 0


def _same_end(a: Range, b: Range) -> bool:
    return a.end_included == b.end_included and compare(a.end, b.end) == 0


@relation("finishes", "point", "range")
def point_finishes(point, range_):
    return range_.end_included and compare(point, range_.end) == 0


@relation("finishes", "range1", "range2")
def finishes(a, b):
    return _same_end(a, b) and not _starts_first(a, b)


@relation("finished by", "range", "point")
def finished_by_point(range_, point):
    return point_finishes(point, range_)


@relation("finished by", "range1", "range2")
def finished_by(a, b):
    return finishes(b, a)


@relation("includes", "range", "point")
def includes_point(range_, point):
    found = within(point, range_)
    if found is None:
        raise ValueError
    return found


@relation("includes", "range1", "range2")
def includes(a, b):
    return not _starts_first(b, a) and not _ends_last(b, a)


@relation("during", "point", "range")
def point_during(point, range_):
    return includes_point(range_, point)


@relation("during", "range1", "range2")
def during(a, b):
    return includes(b, a)


@relation("starts", "point", "range")
def point_starts(point, range_):
    return range_.start_included and compare(point, range_.start) == 0


@relation("starts", "range1", "range2")
def starts(a, b):
    return _same_start(a, b) and not _ends_last(a, b)


@relation("started by", "range", "point")
def started_by_point(range_, point):
    return point_starts(point, range_)


@relation("started by", "range1", "range2")
def started_by(a, b):
    return starts(b, a)


@relation("coincides", "point1", "point2")
def points_coincide(a, b):
    return compare(a, b) == 0


@relation("coincides", "range1", "range2")
def coincides(a, b):
    return _same_start(a, b) and _same_end(a, b)


# The constructors that an end of a range in text may call, and nothing else.
OPEN_START = re.compile(r"^\(\s*\.\.")
OPEN_END = re.compile(r"\.\.\s*\)$")
CONSTRUCTORS = {"date", "time", "date and time", "duration"}


@builtin("range(from: string)")
def range_of(run, from_):
    """The range that the text writes, with literal ends."""
    run.spend(200 + 10 * len(from_))  # parsing is far slower than evaluating
    text = OPEN_START.sub("(null..", OPEN_END.sub("..null)", from_.strip()))
    try:
        tree = parser.read(text, frozenset(), "expression")
    except FeelError:
        return None
    if not isinstance(tree, Interval) or not (_is_literal(tree.start) and _is_literal(tree.end)):
        return None
    range_ = tree.code()(Root({}, run))
    if range_ is None or text.count("null") > 1:
        return None
    if range_.start is None or range_.end is None:
        return range_
    return range_ if compare(range_.start, range_.end) <= 0 else None


def _is_literal(node) -> bool:
    if isinstance(node, Negation):
        return isinstance(node.value, Literal)
    if isinstance(node, Call):
        name = node.callee.name if isinstance(node.callee, Name) else None
        return name in CONSTRUCTORS and all(isinstance(arg, Literal) for arg in node.args)
    return isinstance(node, Literal)
