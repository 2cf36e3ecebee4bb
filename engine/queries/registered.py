"""Finding a person by name and day of birth, among those that exist for the user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.domain import access, people
from engine.domain.cases import Case
from engine.domain.people import Party, Person

NUMBERS = {
    "cpr": "CPR-nummer",
    "forhoejet_dag": "Erstatningsnummer",
    "x_ecpr": "Erstatningsnummer (nationalt eCPR)",
    "d_ecpr": "Erstatningsnummer (regionens eCPR)",
    "intet": "Intet nummer",
}


@dataclass(frozen=True)
class Somebody:
    """A person, with the marks that must be seen, and the cases that exist for the reader."""

    id: str
    name: str
    birth_date: date | None
    number: str
    address_protected: bool
    cases: tuple[str, ...]


def find(session: Session, username: str, name: str, born: date) -> list[Somebody]:
    """Everybody of that name and day of birth whom the user may know of; two stay two."""
    same = [person.id for person in people.namesakes(session, name, born, seen_by=username)]
    return _seen(session, username, Person.id.in_(same))


def mine(session: Session, username: str) -> list[Somebody]:
    """Those whom the user registered without a CPR number. Raises MayNotRegister."""
    if not people.employed_here(session, username):
        raise people.MayNotRegister
    return _seen(session, username, Person.registered_by == username)


def one(session: Session, username: str, person_id: str) -> Somebody:
    """The person, where they exist for the user. Raises NoSuchPerson."""
    found = _seen(session, username, Person.id == person_id)
    if not found:
        raise people.NoSuchPerson
    return found[0]


def _seen(session: Session, username: str, *wanted) -> list[Somebody]:
    visible = access.visible_cases(session, username)
    known = people.in_sight(session, username)
    query = select(Person).where(
        *wanted, or_(Person.registered_by == username, Person.id.in_(known))
    )
    found = list(
        session.scalars(query.order_by(Person.name, Person.birth_date, Person.id).limit(50))
    )
    rows = session.execute(
        select(Party.person_id, Case.nummer)
        .join(Case, Case.id == Party.case_id)
        .where(Party.person_id.in_([p.id for p in found]), Party.case_id.in_(visible))
        .order_by(Case.nummer)
    )
    cases: dict[str, list[str]] = {}
    for person_id, nummer in rows:
        cases.setdefault(person_id, []).append(nummer)
    return [
        Somebody(
            person.id,
            person.name,
            person.birth_date,
            number_of(person),
            person.address_protected,
            tuple(dict.fromkeys(cases.get(person.id, []))),
        )
        for person in found
    ]


def number_of(person: Person) -> str:
    """What kind of number the person has, in words; never the number itself."""
    kind = "cpr" if person.cpr_index else person.replacement_kind or "intet"
    return NUMBERS[kind]
