"""The list behind a number: one line per row, so that it is as long as the number says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.queries import search
from engine.queries.figures.figure import FIGURES, Figure, Period
from engine.queries.figures.overview import Part, few, period, rows_of, shown, too_few
from engine.queries.figures.scope import NoSuchFigures, Scope, owners, scope


@dataclass(frozen=True)
class Line:
    """One row; without number and name where the reader may not see the case."""

    nummer: str
    citizens: str
    day: date
    value: float
    group: str


@dataclass(frozen=True)
class Opened:
    """A figure and what it was counted from: lines, or how many each unit has."""

    figure: Figure
    scope: Scope
    months: int
    period: Period
    group: str
    part: Part
    lines: tuple[Line, ...]
    units: tuple[Part, ...]


def opened(
    session: Session, username: str, figure_key: str, scope_key: str, months: int, group: str = ""
) -> Opened:
    """The list of the figure, or of one group in it. Raises NoSuchFigures."""
    figure = FIGURES.get(figure_key)
    if figure is None:
        raise NoSuchFigures
    chosen, span, least = scope(session, username, scope_key), period(months), few(session)
    if figure.of_staff and not chosen.staff:
        raise NoSuchFigures
    rows = rows_of(session, figure, chosen, span)
    everything = shown(figure, rows, chosen, span, least)
    part = everything.whole
    # The lines name their groups: together they would tell of a group that is hidden.
    told = not any(one.hidden for one in (part, *everything.groups))
    if group:
        part = next((one for one in everything.groups if one.name == group), None)
        if part is None:
            raise NoSuchFigures
        told = not part.hidden
        rows = [row for row in rows if row.group == group]
    lines: tuple[Line, ...] = ()
    units: tuple[Part, ...] = ()
    if told and chosen.opens:
        seen = access.seen_among(session, username, {row.case_id for row in rows})
        numbers = dict(session.execute(select(Case.id, Case.nummer).where(Case.id.in_(seen))).all())
        names = search.citizens(session, list(seen), username)
        lines = tuple(
            Line(
                numbers.get(row.case_id, ""),
                names.get(row.case_id, ""),
                row.day,
                row.value,
                row.group,
            )
            for row in sorted(rows, key=lambda row: (row.day, row.case_id), reverse=True)
        )
    elif told:
        units = _by_unit(session, figure, rows, least)
    return Opened(figure, chosen, months, span, group, part, lines, units)


def _by_unit(session: Session, figure: Figure, rows: list, least: int) -> tuple[Part, ...]:
    owned_by = owners(session, {row.case_id for row in rows})
    counts = Counter(owned_by[row.case_id] for row in rows)
    hidden = too_few(counts, least)
    parts = []
    for name, count in sorted(counts.items()):
        own = [row for row in rows if owned_by[row.case_id] == name]
        value = None if name in hidden else figure.reduce(own)
        parts.append(Part(name, value, count, name in hidden))
    return tuple(parts)
