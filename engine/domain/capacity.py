"""Who may say yes for a citizen: age, custody, capacity and representatives, as D2 asks for them.

The answer itself is the decision table `samtykkekompetence` (domain.md C6 D2); this file keeps what
it is asked about, and turns its words into people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from engine import clock
from engine.domain import majority, organisation, people
from engine.domain.cases import Case
from engine.domain.people import Party, Person
from engine.errors import Refused
from engine.store import Base, new_id

CITIZEN, CUSTODY, GUARDIAN, ATTORNEY = (
    "borger",
    "foraeldremyndighedsindehaver",
    "vaerge",
    "fremtidsfuldmaegtig",
)
WITHOUT_CUSTODY = "foraelder_uden_myndighed"
SHARED, ALONE, UNKNOWN = "faelles", "alene", "ukendt"
#: F07's kinds of representative: the guardian's scope, whether the power of attorney is in force.
REPRESENTATIVES: dict[str, tuple[str | None, str, bool]] = {
    "ingen": (None, "ingen", False),
    "vaerge_personlige": (GUARDIAN, "personlige", False),
    "vaerge_oekonomi": (GUARDIAN, "oekonomi", False),
    "vaerge_begge": (GUARDIAN, "begge", False),
    "fuldmagt_ikraftsat": (ATTORNEY, "ingen", True),
    "fuldmagt_ikke_ikraftsat": (ATTORNEY, "ingen", False),
}


class ForaeldremyndighedMangler(Refused):
    """Borgeren er under 18 år, så det skal fremgå, hvem der har forældremyndigheden. Vælg »ukendt«, hvis I ikke ved det endnu."""


class AlderMangler(Refused):
    """Borgerens fødselsdato mangler, så loven kan ikke sige, hvem der skal give samtykke. Skriv den på borgeren, og prøv igen."""


class Capacity(Base):
    """What is known about one citizen's power to consent in one case."""

    __tablename__ = "capacities"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    capable: Mapped[bool] = mapped_column(default=True)
    guardian_scope: Mapped[str] = mapped_column(String(20), default="ingen")
    attorney_in_force: Mapped[bool] = mapped_column(default=False)
    custody: Mapped[str] = mapped_column(String(20), default=UNKNOWN)
    custody_proof: Mapped[str | None] = mapped_column(Text)
    assessed_at: Mapped[datetime | None]
    assessed_by: Mapped[str | None] = mapped_column(String(160))
    basis: Mapped[str | None] = mapped_column(Text)
    proof: Mapped[str | None] = mapped_column(Text)


def of(session: Session, case: Case, person_id: str) -> Capacity:
    """The row of this citizen; a grown-up is presumed capable until somebody has doubted it."""
    found = session.query(Capacity).filter_by(case_id=case.id, person_id=person_id).one_or_none()
    if found is None:
        found = Capacity(
            case_id=case.id,
            person_id=person_id,
            capable=True,
            guardian_scope="ingen",
            attorney_in_force=False,
            custody=UNKNOWN,
        )
        session.add(found)
        session.flush()
    return found


def is_minor(person: Person) -> bool:
    """Whether the person has not come of age (the rule ALDER-18). Raises AlderMangler."""
    if person.age is None:
        raise AlderMangler
    return majority.is_minor(object_session(person), person)


def inputs(session: Session, case: Case, person: Person) -> dict[str, Any]:
    """What D2 is asked about this citizen today. Raises AlderMangler."""
    if person.age is None:
        raise AlderMangler
    row = of(session, case, person.id)
    return {
        "alder": person.age,
        "samtykkeevne": row.capable,
        "vaerge_omfang": row.guardian_scope,
        "fuldmagt_ikraftsat": row.attorney_in_force,
        "plan_tilstand": case.plan_tilstand,
        "foraeldremyndighed": row.custody,
        "ung_ja_vinder": bool(organisation.setting(session, "ung_ja_vinder", False)),
    }


def who(session: Session, case: Case, person: Person, word: str) -> Person:
    """The human behind D2's word. A parent nobody has named yet gets a nameless row."""
    if word == CITIZEN:
        return person
    role, number = {
        "foraelder_1": (CUSTODY, 0),
        "foraelder_2": (CUSTODY, 1),
        "vaerge": (GUARDIAN, 0),
        "fuldmaegtig": (ATTORNEY, 0),
    }[word]
    known = representatives(session, case, person.id, role)
    while len(known) <= number:
        nameless = people.register(session, "Ukendt forælder", key=word)
        known.append(represent(session, case, person.id, nameless, role))
    return known[number].person


def represent(
    session: Session, case: Case, person_id: str, other: Person, role: str, proof: str | None = None
) -> Party:
    """Let `other` speak for the citizen in this role, from today. `scope` names the citizen."""
    for party in representatives(session, case, person_id, role):
        if party.person_id == other.id:
            return party
    return people.new_party(
        session,
        case.id,
        person_id=other.id,
        role=role,
        scope=person_id,
        proof=proof and proof[:200],
        may_complain=True,
        valid_from=clock.today(),
    )


def sole_custody(session: Session, case: Case, person_id: str, holder_id: str, proof: str) -> None:
    """This parent has custody alone, as documented; the other stays a parent without it."""
    row = of(session, case, person_id)
    row.custody, row.custody_proof = ALONE, proof
    for party in representatives(session, case, person_id, CUSTODY):
        if party.person_id == holder_id:
            party.proof = proof[:200]
        else:
            party.role, party.may_complain = WITHOUT_CUSTODY, False
    session.flush()


def representatives(session: Session, case: Case, person_id: str, role: str) -> list[Party]:
    """Those who hold the role for this citizen today."""
    return [p for p in people.parties(session, case.id, role) if p.scope == person_id]


def assess(
    session: Session,
    case: Case,
    person_id: str,
    understands: dict[str, str],
    representative: str,
    basis: str,
    by: str,
    name: str | None = None,
    proof: str | None = None,
) -> Capacity:
    """F07: capable only with four clear yeses; a representative counts by kind and scope."""
    row = of(session, case, person_id)
    role, scope, in_force = REPRESENTATIVES[representative]
    row.capable = all(answer == "ja" for answer in understands.values())
    row.guardian_scope, row.attorney_in_force = scope, in_force
    row.basis, row.assessed_by, row.proof = basis, by, proof
    row.assessed_at = clock.now()
    if role is not None:
        known = representatives(session, case, person_id, role)
        same = next((p.person for p in known if p.person.name == name), None)
        other = same or people.register(session, name or "", key=role)
        represent(session, case, person_id, other, role, proof)
    session.flush()
    return row
