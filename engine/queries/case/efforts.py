"""The efforts of all units on one time line, with what collides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine.domain import efforts
from engine.domain.cases import Case
from engine.queries import labels


@dataclass(frozen=True)
class Bar:
    """One effort on the time line."""

    title: str
    unit: str
    starts: date | None
    ends: date | None
    state: str
    live: bool
    responsible: str | None
    collides_with: list[str]


def of_case(session: Session, case: Case, units: dict) -> list[Bar]:
    colliding: dict[str, list[str]] = {}
    for one, other in efforts.collisions(session, case):
        colliding.setdefault(one.key, []).append(other.title)
        colliding.setdefault(other.key, []).append(one.title)
    return [
        Bar(
            title=row.title,
            unit=units.get(row.unit, row.unit),
            starts=row.started_on or row.planned_start,
            ends=row.ended_on or row.planned_end,
            state=labels.of(labels.EFFORT_STATES, row.status),
            live=row.live,
            responsible=row.responsible,
            collides_with=colliding.get(row.key, []),
        )
        for row in efforts.of_case(session, case)
    ]
