"""The citizen's consents at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, consent, people
from engine.domain.cases import Case


@dataclass(frozen=True)
class Agreed:
    """A consent at a glance."""

    kind: str
    about: str
    in_force: bool
    since: date | None
    who: str


def of_case(
    session: Session, username: str, case: Case, seen: frozenset[str], units: dict
) -> list[Agreed]:
    """All of them to those who see the whole case; to a unit the plan's and its own."""
    rows = consent.history(session, case)
    if access.NOTES not in seen:
        own = access.reach(session, username).units
        rows = [row for row in rows if row.kind == consent.PLAN or row.counterpart in own]
    citizens = {person.id: person.name for person in people.citizens(session, case.id)}
    return [
        Agreed(
            kind=consent.WORDS[row.kind],
            about=units.get(row.counterpart, row.counterpart) if row.counterpart else "",
            in_force=row.in_force,
            since=clock.local(row.given_at).date() if row.given_at else None,
            who=citizens.get(row.person_id, "") if len(citizens) > 1 else "",
        )
        for row in rows
        if row.state != consent.DRAFT
    ]
