"""Whom the case is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access, cpr, people
from engine.domain.cases import Case
from engine.queries import registered


@dataclass(frozen=True)
class Citizen:
    name: str
    age: int | None
    protected: bool
    died_on: date | None
    safety_note: str | None
    #: What stands in for a CPR number, in words, and its first six signs; None for who has one.
    number: str | None = None


def known(session: Session, username: str, case: Case) -> list[people.Person]:
    """Those whom the case is about, as far as this reader may know who they are."""
    may_know = access.knows(session, username, [case.id])
    query = select(people.Party.person_id).where(people.Party.case_id == case.id, may_know)
    known = set(session.scalars(query))
    return [person for person in people.citizens(session, case.id) if person.id in known]


def citizen(person: people.Person, whole: bool) -> Citizen:
    return Citizen(
        name=person.name,
        age=person.age if whole else None,
        protected=person.address_protected,
        died_on=person.died_on,
        safety_note=person.safety_note if whole else None,
        number=_number(person) if whole and not person.cpr_index else None,
    )


def _number(person: people.Person) -> str:
    kind = registered.number_of(person)
    if person.replacement_sealed is None:
        return kind
    return f"{kind} {cpr.masked(cpr.reveal(person.replacement_sealed))}"
