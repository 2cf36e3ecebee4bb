"""All figures of a scope and a period, with their trend; small numbers are hidden.

A share or a median of few people can be traced back to them, so it is not told below the
municipality's limit (`noegletal.mindst`); where one group of several is hidden, the next smallest is
too, or the sum would give it away. One's own cases, and numbers about work in one's own unit, hide
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import organisation
from engine.domain.calendar import add_months
from engine.queries.figures.figure import COUNT, FIGURES, Figure, Period, Row
from engine.queries.figures.scope import MINE, Scope, scope, scopes

#: How many months back a page may look.
MONTHS = (3, 12, 36)
#: Fewer than so many are not told, where the municipality has said nothing else (domain.md C9).
FEW = 5


@dataclass(frozen=True)
class Point:
    """One month; no value where there was nothing, or too little to tell."""

    month: date
    value: float | None
    count: int


@dataclass(frozen=True)
class Part:
    """One number: of the whole figure, or of one group in it. `count`: how many it is made of."""

    name: str
    value: float | None
    count: int
    hidden: bool
    trend: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it: the number, or the groups' numbers."""

    figure: Figure
    whole: Part
    groups: tuple[Part, ...]

    @property
    def empty(self) -> bool:
        """There is nothing to count."""
        return not self.whole.count

    @property
    def few(self) -> bool:
        """There is too little to tell, in the whole and in every group."""
        return not self.empty and all(part.hidden for part in (self.groups or (self.whole,)))

    @property
    def told(self) -> bool:
        return not self.empty and not self.few


@dataclass(frozen=True)
class Overview:
    scope: Scope
    scopes: list[tuple[str, str]]
    months: int
    period: Period
    few: int
    figures: dict[str, Shown]


def overview(session: Session, username: str, key: str | None = None, months: int = 12) -> Overview:
    """Every figure that the person may read. Raises NoSuchFigures."""
    chosen = scope(session, username, key)
    span, least = period(months), few(session)
    figures = {
        figure.key: shown(figure, rows_of(session, figure, chosen, span), chosen, span, least)
        for figure in FIGURES.values()
        if chosen.staff or not figure.of_staff
    }
    return Overview(chosen, scopes(session, username), months, span, least, figures)


def period(months: int) -> Period:
    """So many whole months and the one that runs, up to today."""
    today = clock.today()
    return Period(add_months(today.replace(day=1), 1 - months), today)


def few(session: Session) -> int:
    return organisation.setting(session, "noegletal.mindst", FEW)


def rows_of(session: Session, figure: Figure, chosen: Scope, span: Period) -> list[Row]:
    """What the figure counts in the scope."""
    of_unit = (chosen.unit,) if figure.by_unit else ()
    return [row for row in figure.rows(session, span, *of_unit) if chosen.holds(row)]


def shown(figure: Figure, rows: list[Row], chosen: Scope, span: Period, least: int) -> Shown:
    """The rows as numbers, hidden where they are too few to tell."""
    if chosen.key == MINE or (figure.about_work and chosen.opens):
        least = 0
    if not figure.grouped:
        return Shown(figure, _part(figure, "", rows, span, least), ())
    by_group: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_group[row.group].append(row)
    hidden = too_few({name: len(members) for name, members in by_group.items()}, least)
    groups = tuple(
        _part(figure, name, members, span, least, name in hidden)
        for name, members in sorted(by_group.items())
    )
    return Shown(figure, _part(figure, "", rows, span, least), groups)


def too_few(counts: dict[str, int], least: int) -> set[str]:
    """The groups that are too small to tell, and one more where there is only one."""
    small = {name for name, count in counts.items() if count < least}
    others = sorted((count, name) for name, count in counts.items() if name not in small)
    return small | {others[0][1]} if len(small) == 1 and others else small


def _part(
    figure: Figure, name: str, rows: list[Row], span: Period, least: int, hidden: bool = False
) -> Part:
    hidden = hidden or 0 < len(rows) < least
    trend = () if figure.now or hidden else tuple(_trend(figure, rows, span, least))
    return Part(name, None if hidden else figure.reduce(rows), len(rows), hidden, trend)


def _trend(figure: Figure, rows: list[Row], span: Period, least: int) -> Iterator[Point]:
    by_month: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        by_month[row.day.replace(day=1)].append(row)
    month = span.first.replace(day=1)
    while month <= span.last:
        members = by_month[month]
        told = len(members) >= least or (not members and figure.kind == COUNT)
        yield Point(month, figure.reduce(members) if told else None, len(members))
        month = add_months(month, 1)
