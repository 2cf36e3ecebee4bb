"""A figure: what it is called, what it counts, and how its rows become one number.

A figure is a list of rows, one per case or task that it counts; the number is worked out from the
rows and nothing else. That is why each number opens its list, and the list is as long as the number
says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from statistics import mean, median
from typing import NamedTuple


class Row(NamedTuple):
    """One case (or one task of it) that counts: on which day, with what value, in which group."""

    case_id: str
    day: date
    value: float = 1
    group: str = ""
    #: The unit it counts for, where that is not the unit that answers for the case.
    unit: str | None = None


class Period(NamedTuple):
    """The days that are counted, both included."""

    first: date
    last: date


#: Given the session and the period; where `by_unit`, the one unit that counts, too, or None.
Source = Callable[..., Iterable[Row]]
#: How the values of some rows become one.
MEDIAN, MEAN, SHARE, COUNT = "median", "gennemsnit", "andel", "antal"
#: The parts of the page, in order.
WORK, TIMELY, COURSES, GRANTS, CITIZENS = SECTIONS = (
    "Lige nu",
    "Til tiden",
    "Forløbene",
    "Bevillinger",
    "Borgerne",
)
_REDUCE: dict[str, Callable[[list[float]], float]] = {
    MEDIAN: median,
    MEAN: mean,
    SHARE: lambda values: 100 * mean(values),
    COUNT: len,
}


@dataclass(frozen=True)
class Figure:
    """One figure of domain.md C9, by its number there."""

    key: str
    title: str
    kind: str
    definition: str
    rows: Source
    #: Where on the page it stands.
    section: str
    #: What the value is counted in: dage, personer, sager.
    unit: str = ""
    #: Counted as things stand today, whatever the period.
    now: bool = False
    #: The group is what matters, and there is no sense in one number for all.
    grouped: bool = False
    #: Fewer may be told to those who may open the list: it is about work, not about citizens.
    about_work: bool = False
    #: Its rows are looked up for one unit alone, where one unit is all that is counted.
    by_unit: bool = False
    #: It tells of named colleagues: only where one leads them, or is one of them.
    of_staff: bool = False

    def reduce(self, rows: list[Row]) -> float | None:
        """The rows as one number: a median, a mean, percent or how many; None of nothing."""
        if not rows:
            return 0 if self.kind == COUNT else None
        return _REDUCE[self.kind]([row.value for row in rows])


FIGURES: dict[str, Figure] = {}


def figure(
    key: str, title: str, kind: str, definition: str, section: str, **facts
) -> Callable[[Source], Source]:
    """Register the function that gives the figure's rows."""

    def register(rows: Source) -> Source:
        FIGURES[key] = Figure(key, title, kind, definition, rows, section, **facts)
        return rows

    return register
