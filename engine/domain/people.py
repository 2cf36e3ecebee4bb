"""The people of a case: the citizen, the family, and those who may speak for them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import (
    Date,
    ForeignKey,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine import clock, events
from engine.domain import cpr, organisation
from engine.errors import Refused
from engine.store import Base, Store, new_id


class NoSuchPerson(Refused):
    """Personen findes ikke. Søg igen på navn og fødselsdato, eller opret personen."""


class AnotherPersonsNumber(Refused):
    """Erstatningsnummeret er allerede registreret på en person med et andet navn eller en anden fødselsdato. Kontrollér nummeret, eller spørg den, der har udstedt det."""


class TwoNumbers(Refused):
    """Skriv enten et CPR-nummer eller et erstatningsnummer, ikke begge."""


class NameAndBirthDateMissing(Refused):
    """Skriv navn og fødselsdato. Uden et CPR-nummer er det dem, personen findes på igen."""


class NobodyBornThen(Refused):
    """Fødselsdatoen kan ikke passe: dagen er ikke kommet endnu, eller den ligger mere end 120 år tilbage. Ret den, og prøv igen."""


class PersonMayExist(Refused):
    """Der er allerede en person med samme navn og fødselsdato. Se dem, du kan se, og vælg den rigtige, eller bekræft, at det er en anden person."""


class MayNotRegister(Refused):
    """Kun ansatte i kommunen kan registrere personer. Henvis borgeren i stedet."""


#: Nobody lives longer: a year before that is mistyped.
OLDEST = 120


class Person(Base):
    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    key: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    birth_date: Mapped[date | None] = mapped_column(Date)
    cpr_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    cpr_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    #: A number given for want of a CPR number; never one, and never shown as one.
    replacement_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    replacement_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    replacement_kind: Mapped[str | None] = mapped_column(String(20))
    #: Who registered the person before there was a case.
    registered_by: Mapped[str | None] = mapped_column(String(60))
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
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    #: Its place among the case's parties, in the order they were named.
    number: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str | None] = mapped_column(String(200))
    may_complain: Mapped[bool] = mapped_column(default=False)
    proof: Mapped[str | None] = mapped_column(String(200))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    #: Why the role ended before the case did: the person died or moved away.
    ended_because: Mapped[str | None] = mapped_column(String(20))

    person: Mapped[Person] = relationship()

    @property
    def in_force(self) -> bool:
        day = clock.today()
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def age_on(born: date, day: date) -> int:
    """Whole years lived on the day; who is born on 29 February turns a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def register(
    session: Session,
    name: str,
    cpr_number: str | None = None,
    *,
    key: str | None = None,
    replacement: str | None = None,
    **facts,
) -> Person:
    """Find the person by CPR or replacement number or add them; without either a new one each time.

    Raises `cpr.InvalidCpr`, `cpr.InvalidReplacement`, NobodyBornThen, TwoNumbers and
    AnotherPersonsNumber.
    """
    born = facts.get("birth_date")
    if born and not (born <= clock.today() and age_on(born, clock.today()) <= OLDEST):
        raise NobodyBornThen
    if cpr_number and replacement:
        raise TwoNumbers
    if replacement:
        number, kind = cpr.clean_replacement(replacement)
        facts["birth_date"] = facts.get("birth_date") or cpr.birth_date(number)
        found = session.scalar(select(Person).where(Person.replacement_index == cpr.index(number)))
        if found is not None:
            same = found.name.casefold() == name.casefold()
            if not same or found.birth_date != facts["birth_date"]:
                raise AnotherPersonsNumber
            return found
        facts |= {
            "replacement_sealed": cpr.seal(number),
            "replacement_index": cpr.index(number),
            "replacement_kind": kind,
        }
    if cpr_number:
        number = cpr.clean(cpr_number)
        found = session.scalar(select(Person).where(Person.cpr_index == cpr.index(number)))
        if found is not None:
            return found
        facts |= {"cpr_sealed": cpr.seal(number), "cpr_index": cpr.index(number)}
        facts["birth_date"] = facts.get("birth_date") or cpr.birth_date(number)
    person = Person(name=name, key=key, **facts)
    session.add(person)
    session.flush()
    return person


def enrol(
    store: Store,
    name: str,
    birth_date: date | None,
    *,
    by: str,
    replacement: str | None = None,
    address: str | None = None,
    address_protected: bool = False,
    another: bool = False,
) -> str:
    """Register somebody without a CPR number, before there is a case. The person's id.

    `another`: it has been said that this is somebody else than those of the same name and day.
    """

    def write(session: Session) -> str:
        if not employed_here(session, by):
            raise MayNotRegister
        if not name.strip() or (birth_date is None and not replacement):
            raise NameAndBirthDateMissing
        number, _ = cpr.clean_replacement(replacement) if replacement else (None, None)
        born = birth_date or cpr.birth_date(number)
        if not another and not number and namesakes(session, name, born, seen_by=by):
            raise PersonMayExist
        row = register(
            session,
            " ".join(name.split()),
            replacement=number,
            birth_date=born,
            address=(address or "").strip() or None,
            address_protected=address_protected,
            registered_by=by,
        )
        told = {"person": row.id, "number": row.replacement_kind, "protected": address_protected}
        events.record_system(session, events.Entry("person_registered", by, facts=told))
        return row.id

    return store.write(write)


def employed_here(session: Session, username: str) -> bool:
    """Whether the user works for the municipality itself, not for a partner."""
    roles = organisation.roles_of(session, username)
    return any(not organisation.unit(session, role.unit).partner for role in roles)


def namesakes(session: Session, name: str, birth_date: date | None, seen_by: str) -> list[Person]:
    """Those of the same name and day of birth whom the user registered or sees in a case.

    They are never taken for one: two people may share both.
    """
    query = select(Person).where(
        func.lower(Person.name) == func.lower(" ".join(name.split())),
        Person.birth_date == birth_date,
        or_(Person.registered_by == seen_by, Person.id.in_(in_sight(session, seen_by))),
    )
    return list(session.scalars(query.order_by(Person.id)))


def in_sight(session: Session, username: str) -> Select:
    """Select the ids of the people in the cases that the user sees, whom the user may know."""
    from engine.domain import access

    visible = access.visible_cases(session, username)
    # Only an outside partner is kept from somebody in a case that they see.
    outside = access.reach(session, username).partner_units
    known = access.knows(session, username, session.scalars(visible) if outside else ())
    return select(Party.person_id).where(Party.case_id.in_(visible), known)


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
    facts = {"valid_from": clock.today(), "may_complain": role == "borger", **facts}
    return new_party(session, case_id=case_id, person_id=person_id, role=role, **facts)


def new_party(session: Session, case_id: str, **facts) -> Party:
    """Add a party after those the case has; `facts` are its columns.

    Whoever adds parties holds the case's row, so no two get the same number.
    """
    last = session.scalar(select(func.max(Party.number)).where(Party.case_id == case_id))
    party = Party(case_id=case_id, number=(last or 0) + 1, **facts)
    session.add(party)
    session.flush()
    return party


def end(party: Party, because: str) -> None:
    """The role ends with yesterday: today the person has it no longer."""
    party.valid_to, party.may_complain = clock.today() - timedelta(days=1), False
    party.ended_because = because


def parties(session: Session, case_id: str, role: str | None = None) -> list[Party]:
    """The case's parties in force today, in the order they were named."""
    query = select(Party).where(Party.case_id == case_id).order_by(Party.number)
    if role is not None:
        query = query.where(Party.role == role)
    return [party for party in session.scalars(query) if party.in_force]


def gone(session: Session, case_id: str, role: str) -> list[Party]:
    """Those who had the role and died or moved away, in the order they were named."""
    query = select(Party).where(
        Party.case_id == case_id, Party.role == role, Party.ended_because.is_not(None)
    )
    return list(session.scalars(query.order_by(Party.number)))


def citizens(session: Session, case_id: str) -> list[Person]:
    """Those whom the case is about: one citizen, or the members of a family, in that order."""
    return [party.person for party in parties(session, case_id, "borger")]
