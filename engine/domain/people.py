"""The people of a case: the citizen, the family, and those who may speak for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine import clock
from engine.domain import cpr
from engine.errors import Refused
from engine.store import Base, new_id


class NoSuchPerson(Refused):
    """Personen findes ikke. Søg igen på navn og fødselsdato, eller opret personen."""


class Person(Base):
    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    key: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    birth_date: Mapped[date | None] = mapped_column(Date)
    cpr_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    cpr_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    address: Mapped[str | None] = mapped_column(String(200))
    address_protected: Mapped[bool] = mapped_column(default=False)
    digital_post_exempt: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(10), default="da")
    interpreter: Mapped[bool] = mapped_column(default=False)
    safety_note: Mapped[str | None] = mapped_column(String(400))
    died_on: Mapped[date | None] = mapped_column(Date)

    @property
    def age(self) -> int | None:
        return None if self.birth_date is None else age_on(self.birth_date, clock.today())


class Party(Base):
    """A person has a role in a case for a period: citizen, custody holder, guardian, network…"""

    __tablename__ = "parties"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str | None] = mapped_column(String(200))
    may_complain: Mapped[bool] = mapped_column(default=False)
    proof: Mapped[str | None] = mapped_column(String(200))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship()

    @property
    def in_force(self) -> bool:
        day = clock.today()
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def age_on(born: date, day: date) -> int:
    """Whole years lived on the day; who is born on 29 February turns a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def register(
    session: Session, name: str, cpr_number: str | None = None, *, key: str | None = None, **facts
) -> Person:
    """Find the person by CPR number or add them; without a number a new person each time.

    Raises `cpr.InvalidCpr` for a number that cannot be anybody's.
    """
    if cpr_number:
        number = cpr.clean(cpr_number)
        found = session.scalar(select(Person).where(Person.cpr_index == cpr.index(number)))
        if found is not None:
            return found
        facts |= {"cpr_sealed": cpr.seal(number), "cpr_index": cpr.index(number)}
        facts.setdefault("birth_date", cpr.birth_date(number))
    person = Person(name=name, key=key, **facts)
    session.add(person)
    session.flush()
    return person


def find_by_cpr(session: Session, cpr_number: str) -> Person | None:
    return session.scalar(
        select(Person).where(Person.cpr_index == cpr.index(cpr.clean(cpr_number)))
    )


def person(session: Session, person_id: str) -> Person:
    """Raises NoSuchPerson."""
    found = session.get(Person, person_id)
    if found is None:
        raise NoSuchPerson
    return found


def add_party(session: Session, case_id: str, person_id: str, role: str, **facts) -> Party:
    """Give the person a role in the case from today, unless they have it already."""
    for party in parties(session, case_id, role):
        if party.person_id == person_id:
            return party
    party = Party(
        case_id=case_id,
        person_id=person_id,
        role=role,
        **{"valid_from": clock.today(), "may_complain": role == "borger", **facts},
    )
    session.add(party)
    session.flush()
    return party


def parties(session: Session, case_id: str, role: str | None = None) -> list[Party]:
    """The case's parties in force today, in the order they came."""
    query = select(Party).where(Party.case_id == case_id).order_by(Party.valid_from, Party.id)
    if role is not None:
        query = query.where(Party.role == role)
    return [party for party in session.scalars(query) if party.in_force]


def citizens(session: Session, case_id: str) -> list[Person]:
    """Those whom the case is about: one citizen, or the members of a family."""
    return [party.person for party in parties(session, case_id, "borger")]
