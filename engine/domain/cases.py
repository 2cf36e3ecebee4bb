"""The case: its number, its state, its coordinator, and the units that take part."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import organisation, people
from engine.domain.facts import View, fact
from engine.errors import Broken, Refused
from engine.store import Base, Json, new_id

# domain.md C4. PLAN_AKTIV and its neighbours have parallel sub-states (an escalation, a complaint…)
# that are rows of their own, not states.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    # A case that ran elsewhere is brought in with its plan (`brought_in`).
    "MODTAGET": ("SCREENING", "PLAN_AKTIV"),
    "SCREENING": (
        "VENTER_PAA_VURDERING",
        "AFVIST_IKKE_MAALGRUPPE",
        "HENVIST_TIL_ENHED",
        "TILBUD_GIVET",
    ),
    "VENTER_PAA_VURDERING": ("TILBUD_GIVET", "HENVIST_TIL_ENHED", "AFVIST_IKKE_MAALGRUPPE"),
    "TILBUD_GIVET": (
        "BETAENKNING",
        "AFVENTER_STEDFORTRAEDER",
        "AFVENTER_LEDER",
        "IKKE_TRUFFET",
        "AFSLAAET_AF_BORGER",
        "SAMTYKKE_GIVET",
    ),
    "SAMTYKKE_GIVET": ("KOORDINATOR_UDPEGET",),
    "KOORDINATOR_UDPEGET": ("PLAN_UDARBEJDES",),
    "PLAN_UDARBEJDES": ("PLAN_AFVENTER_BORGER",),
    "PLAN_AFVENTER_BORGER": ("PLAN_AKTIV", "PLAN_UDARBEJDES"),
    "PLAN_AKTIV": ("PLAN_REVIDERES", "AFSLUTNING_FORBEREDES"),
    "PLAN_REVIDERES": ("PLAN_AKTIV", "PLAN_AFVENTER_BORGER", "AFSLUTNING_FORBEREDES"),
    "AFSLUTNING_FORBEREDES": ("AFSLUTTET", "PLAN_AKTIV"),
    "SAMTYKKE_TRUKKET": ("AFVIKLING", "PLAN_REVIDERES"),
    "DOED": ("AFVIKLING",),
    "FLYTTET_KOMMUNE": ("AFVIKLING",),
    "AFVIKLING": ("AFSLUTTET",),
    "AFVIST_IKKE_MAALGRUPPE": ("AFSLUTTET",),
    "HENVIST_TIL_ENHED": ("AFSLUTTET",),
    "IKKE_TRUFFET": ("AFSLUTTET",),
    "AFSLAAET_AF_BORGER": ("AFSLUTTET",),
    "AFSLUTTET": ("EFTEROPFOELGNING", "ARKIVERET", "SCREENING"),
    "EFTEROPFOELGNING": ("ARKIVERET", "AFSLUTTET", "SCREENING"),
    "ARKIVERET": ("SLETTET",),
    "SLETTET": (),
    "SAT_I_BERO": (),
}
for _waiting in ("BETAENKNING", "AFVENTER_STEDFORTRAEDER", "AFVENTER_LEDER"):
    TRANSITIONS[_waiting] = ("TILBUD_GIVET", *TRANSITIONS["TILBUD_GIVET"])
# From any open state.
ALWAYS = ("SAMTYKKE_TRUKKET", "DOED", "FLYTTET_KOMMUNE", "SAT_I_BERO", "AFSLUTTET")
CLOSED = frozenset({"AFSLUTTET", "EFTEROPFOELGNING", "ARKIVERET", "SLETTET"})
# Case types of a citizen: they have an owner, a future and the invariants of C4.
CITIZEN_TYPES = frozenset({"koordinering", "fremskudt"})


class NoSuchCase(Refused):
    """Sagen findes ikke, eller du har ikke adgang til den."""


class CaseLocked(Refused):
    """Sagen er oprettet ved en fejl og er låst. Kun revisionen kan se indholdet. Opret i stedet en ny sag."""


class ImpossibleMove(Broken):
    """A diagram asks for a state that does not follow from the case's present one."""


_NOBODYS = text("koordinator IS NULL")


def _of_somebody(name: str, who: str) -> Index:
    some = text(f"{who} IS NOT NULL")
    return Index(name, who, sqlite_where=some, postgresql_where=some)


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_owner_state", "owner_unit", "tilstand"),
        # Without those that have none: SQLite takes nobody for one more name, with as few cases.
        _of_somebody("ix_cases_koordinator", "koordinator"),
        _of_somebody("ix_cases_stedfortraeder", "stedfortraeder"),
        # Few, and everybody in the unit asks for them.
        Index(
            "ix_cases_nobodys",
            "owner_unit",
            sqlite_where=_NOBODYS,
            postgresql_where=_NOBODYS,
        ),
        # Few are locked, and every list asks which.
        Index(
            "ix_cases_locked",
            "id",
            sqlite_where=text("locked = 1"),
            postgresql_where=text("locked"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    nummer: Mapped[str] = mapped_column(String(20), unique=True)
    type: Mapped[str] = mapped_column(String(20), default="andet")
    tilstand: Mapped[str | None] = mapped_column(String(40))
    tilstand_foer_bero: Mapped[str | None] = mapped_column(String(40))
    maalgruppe: Mapped[str | None] = mapped_column(String(60))
    organisationsmodel: Mapped[str | None] = mapped_column(String(60))
    plan_tilstand: Mapped[str | None] = mapped_column(String(20))
    owner_unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    referred_by: Mapped[str | None] = mapped_column(String(20))
    koordinator: Mapped[str | None] = mapped_column(ForeignKey("users.username"))
    stedfortraeder: Mapped[str | None] = mapped_column(ForeignKey("users.username"))
    #: Who has stepped aside from it (`domain/recusals`).
    recused: Mapped[list] = mapped_column(Json, default=list)
    kle: Mapped[str | None] = mapped_column(String(20))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    afslutning_aarsag: Mapped[str | None] = mapped_column(String(60))
    locked: Mapped[bool] = mapped_column(default=False)
    event_seq: Mapped[int] = mapped_column(default=0)
    event_head: Mapped[str | None] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=0)

    @property
    def open(self) -> bool:
        return self.closed_at is None and self.tilstand not in CLOSED


class CaseNumber(Base):
    """The last case number given in a year."""

    __tablename__ = "case_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


#: Why those who are to decide in the committee see a case.
ON_THE_AGENDA = "punkt på udvalgets dagsorden"


class Involvement(Base):
    """A unit, or one person of the staff, takes part in a case for a period."""

    __tablename__ = "involvements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"), index=True)
    username: Mapped[str | None] = mapped_column(ForeignKey("users.username"), index=True)
    why: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


def create(session: Session, type: str = "andet", **facts: Any) -> Case:
    """A new case with the year's next number, in its first state where it has states."""
    case = Case(
        nummer=_next_number(session, clock.today().year),
        type=type,
        tilstand="MODTAGET" if type in CITIZEN_TYPES else None,
        organisationsmodel=organisation.setting(session, "organisationsmodel"),
        plan_tilstand=organisation.setting(session, "plan_tilstand")
        if type in CITIZEN_TYPES
        else None,
        opened_at=clock.now(),
        event_seq=0,
        revision=0,
        **facts,
    )
    session.add(case)
    session.flush()
    return case


def _next_number(session: Session, year: int) -> str:
    taken = session.execute(
        update(CaseNumber).where(CaseNumber.year == year).values(last=CaseNumber.last + 1)
    )
    if taken.rowcount == 0:
        session.add(CaseNumber(year=year, last=1))
        session.flush()
    last = session.scalar(select(CaseNumber.last).where(CaseNumber.year == year))
    return f"{year}-{last:04}"


def by_number(session: Session, nummer: str) -> Case:
    """Raises NoSuchCase."""
    case = session.scalar(select(Case).where(Case.nummer == nummer))
    if case is None:
        raise NoSuchCase
    return case


def move(case: Case, tilstand: str) -> None:
    """Move the case to a state that follows from the present one (C4).

    Raises ImpossibleMove; staying where it is, is no move.
    """
    if case.tilstand == tilstand:
        return
    if case.tilstand == "SAT_I_BERO" and tilstand == case.tilstand_foer_bero:
        allowed = True
    else:
        allowed = tilstand in TRANSITIONS.get(case.tilstand or "", ()) or (
            case.open and tilstand in ALWAYS
        )
    if not allowed:
        raise ImpossibleMove(f"{case.nummer}: {case.tilstand} -> {tilstand}")
    case.tilstand_foer_bero = case.tilstand if tilstand == "SAT_I_BERO" else None
    reopened = case.closed_at is not None and tilstand not in CLOSED
    case.tilstand = tilstand
    if tilstand == "AFSLUTTET" and case.closed_at is None:
        case.closed_at = clock.now()
    elif reopened:
        case.closed_at = case.afslutning_aarsag = None


def involve(session: Session, case: Case, unit: str, why: str) -> None:
    """Let the unit take part in the case from today, unless it already does."""
    if unit not in units(session, case):
        session.add(Involvement(case_id=case.id, unit=unit, why=why, valid_from=clock.today()))
        session.flush()


def involve_user(
    session: Session, case: Case, username: str, why: str, until: date | None = None
) -> None:
    """Let one person of the staff see the case, until the day given."""
    session.add(
        Involvement(
            case_id=case.id, username=username, why=why, valid_from=clock.today(), valid_to=until
        )
    )


def let_go(session: Session, case: Case, unit: str) -> None:
    """The unit takes part no longer; what it did stays in the trail."""
    for row in _involvements(session, case):
        if row.unit == unit:
            row.valid_to = clock.today()


def units(session: Session, case: Case) -> list[str]:
    """Codes of the units that take part today, the owner first."""
    taking_part = [row.unit for row in _involvements(session, case) if row.unit]
    owner = [case.owner_unit] if case.owner_unit else []
    return list(dict.fromkeys(owner + taking_part))


def _involvements(session: Session, case: Case) -> list[Involvement]:
    today = clock.today()
    query = (
        select(Involvement)
        .where(Involvement.case_id == case.id)
        .order_by(Involvement.valid_from, Involvement.unit, Involvement.id)
    )
    return [row for row in session.scalars(query) if row.valid_to is None or row.valid_to > today]


def view(session: Session, case: Case) -> View:
    """`sag` as the diagrams see it."""
    return View(session, case)


for _name, _column in {
    "nummer": "nummer",
    "type": "type",
    "tilstand": "tilstand",
    "enhed": "owner_unit",
    "henviser": "referred_by",
    "koordinator": "koordinator",
    "stedfortraeder": "stedfortraeder",
    "model": "organisationsmodel",
    "plan_tilstand": "plan_tilstand",
    "maalgruppe": "maalgruppe",
}.items():
    fact(_name)(lambda session, case, column=_column: getattr(case, column))


@fact("enheder")
def _units(session: Session, case: Case) -> list[str]:
    return units(session, case)


@fact("borgere")
def _citizens(session: Session, case: Case) -> list[str]:
    return [person.id for person in people.citizens(session, case.id)]


@fact("alder")
def _age(session: Session, case: Case) -> int | None:
    first = next(iter(people.citizens(session, case.id)), None)
    return first and first.age


@fact("foedselsdag")
def _birth_date(session: Session, case: Case) -> date | None:
    first = next(iter(people.citizens(session, case.id)), None)
    return first and first.birth_date
