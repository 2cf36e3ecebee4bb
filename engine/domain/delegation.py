"""Delegated competence: a coordinator may decide under another unit's law, within limits.

Source: seed 001 (R1.55), seed 004 (R4.03): the council decides that it may happen, and the unit
that owns the law makes the concrete decision (F10). A delegation opens and closes by its dates;
no job is needed for it to be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Numeric, Select, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import access, cases, organisation
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.instances import UNFINISHED, Variable, WorkItem
from engine.store import Base, Json, new_id


class IngenDelegation(Refused):
    """Du kan ikke træffe denne afgørelse: {hvorfor}. Den ligger hos {enhed}, som kan træffe den eller give dig en delegation."""


class DelegationFindesIkke(Refused):
    """Delegationen findes ikke for dig. Genindlæs siden, eller spørg den enhed, der har loven."""


class KunLovensLeder(Refused):
    """Delegationen er givet af {enhed}. Bed en leder dér om at trække den tilbage."""


class DelegationErSlut(Refused):
    """Delegationen er allerede slut. Der er ikke noget at trække tilbage."""


class AlleredeBedtOm(Refused):
    """Der er allerede bedt om delegation efter {lov} i sagen. {enhed} har opgaven. Spørg en leder dér, hvis det haster."""


class ForkertPeriode(Refused):
    """Delegationens slutdato ligger før startdatoen. Ret datoerne."""


#: The task in which a leader of the law's unit gives it or refuses (F10), and what names the law.
GIVING, LAW = "giv_delegation", "lovomraade"
#: The variable that a diagram's timer counts to the end of a delegation from.
UNTIL = "kompetence_til"
#: The event of a delegation that was taken back; why is its content.
WITHDRAWAL = "delegation_withdrawn"
#: How a delegation stands today.
COMING, RUNNING, OVER, WITHDRAWN = "kommende", "gaelder", "udloebet", "tilbagekaldt"


class Delegation(Base):
    """What the coordinator of a case may decide under one law, for a period, and by which unit."""

    __tablename__ = "delegations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), index=True)
    law_area: Mapped[str] = mapped_column(String(40))
    decision_types: Mapped[list] = mapped_column(Json)
    max_amount: Mapped[int | None] = mapped_column(Numeric(14, 2, asdecimal=False))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(160))
    reference: Mapped[str] = mapped_column(String(160))
    registered_by: Mapped[str] = mapped_column(String(60))
    registered_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(60))

    @property
    def state(self) -> str:
        if self.revoked_at is not None:
            return WITHDRAWN
        today = clock.today()
        if today < self.valid_from:
            return COMING
        return OVER if today > self.valid_to else RUNNING

    def covers(self, decision_type: str, amount: float | None, day: date) -> bool:
        return (
            self.revoked_at is None
            and self.valid_from <= day <= self.valid_to
            and decision_type in self.decision_types
            and (amount is None or self.max_amount is None or amount <= self.max_amount)
        )


def grant(session: Session, case: Case, username: str, by: str, **facts) -> Delegation:
    """Write down a delegation to the user. `facts` are the columns. Raises ForkertPeriode."""
    if facts["valid_to"] < facts["valid_from"]:
        raise ForkertPeriode
    row = Delegation(
        case_id=case.id, username=username, registered_by=by, registered_at=clock.now(), **facts
    )
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, row: Delegation, by: str) -> None:
    """End a delegation from this moment; decisions already made stand.

    Raises KunLovensLeder for others than the leaders of the unit that gave it, DelegationErSlut.
    """
    if row.unit not in access.reach(session, by).led_units:
        raise KunLovensLeder(enhed=organisation.unit(session, row.unit).name)
    if row.state in (OVER, WITHDRAWN):
        raise DelegationErSlut
    row.revoked_at, row.revoked_by = clock.now(), by


def find(session: Session, username: str, delegation_id: str) -> Delegation:
    """The delegation as it exists for the user. Raises DelegationFindesIkke."""
    query = existing(session, username).where(Delegation.id == delegation_id)
    found = session.scalar(query)
    if found is None:
        raise DelegationFindesIkke
    return found


def existing(session: Session, username: str) -> Select:
    """The delegations that exist for the user: those held, and those of the units they lead."""
    mine = access.reach(session, username)
    return (
        select(Delegation)
        .join(Case, Case.id == Delegation.case_id)
        .where(
            or_(Delegation.username.in_(mine.usernames), Delegation.unit.in_(mine.led_units)),
            access.existing(),
        )
    )


def of_case(session: Session, case: Case, law_area: str | None = None) -> list[Delegation]:
    query = select(Delegation).where(Delegation.case_id == case.id)
    if law_area is not None:
        query = query.where(Delegation.law_area == law_area)
    return list(session.scalars(query.order_by(Delegation.valid_from, Delegation.id)))


def valid(
    session: Session,
    case: Case,
    username: str | None,
    law_area: str,
    decision_type: str,
    amount: float | None = None,
    on: date | None = None,
) -> Delegation | None:
    """The delegation under which the user may decide this on the day (today), or None."""
    day = on or clock.today()
    for row in of_case(session, case, law_area):
        if row.username == username and row.covers(decision_type, amount, day):
            return row
    return None


def owner_of(session: Session, case: Case, law_area: str) -> str | None:
    """The unit that decides under the law: one that takes part in the case, else the first."""
    query = select(organisation.Unit).where(organisation.Unit.partner.is_(False))
    owners = [
        unit.code
        for unit in session.scalars(query.order_by(organisation.Unit.code))
        if law_area in unit.law_areas
    ]
    taking_part = [code for code in cases.units(session, case) if code in owners]
    return next(iter(taking_part or owners), None)


def why_not(
    session: Session,
    case: Case,
    username: str | None,
    law_area: str,
    decision_type: str,
    amount: float | None = None,
    on: date | None = None,
) -> str | None:
    """Why the user may not decide this, in Danish; None when they may."""
    if law_area in own_laws(session, username):
        return None
    if valid(session, case, username, law_area, decision_type, amount, on):
        return None
    day = on or clock.today()
    mine = [row for row in of_case(session, case, law_area) if row.username == username]
    if not mine:
        return "der er ingen delegation i sagen"
    of_type = [row for row in mine if decision_type in row.decision_types]
    if not of_type:
        return f"delegationen omfatter ikke {decision_type.replace('_', ' ')}"
    row = of_type[-1]
    if row.revoked_at is not None:
        return "delegationen er tilbagekaldt"
    if day < row.valid_from:
        return f"delegationen gælder først fra {row.valid_from:%d.%m.%Y}"
    if day > row.valid_to:
        return f"delegationen udløb {row.valid_to:%d.%m.%Y}"
    return f"beløbet er over delegationens grænse på {row.max_amount:.0f} kr."


def is_asked_for(session: Session, case: Case, law_area: str) -> bool:
    """Whether the unit that owns the law has still to answer whether it delegates it in the case."""
    query = (
        select(Variable.value)
        .join(WorkItem, WorkItem.instance_id == Variable.instance_id)
        .where(
            WorkItem.case_id == case.id,
            WorkItem.element == GIVING,
            WorkItem.state.in_(UNFINISHED),
            Variable.name == LAW,
        )
    )
    return law_area in session.scalars(query).all()


def must_decide(
    session: Session,
    case: Case,
    username: str,
    laws: Iterable[str],
    decision_type: str,
    amount: float | None = None,
) -> None:
    """Raises IngenDelegation where the user may not decide this today under each of the laws."""
    for law in laws:
        reason = why_not(session, case, username, law, decision_type, amount)
        if reason is not None:
            owner = owner_of(session, case, law)
            unit = organisation.unit(session, owner).name if owner else "lederen"
            raise IngenDelegation(hvorfor=reason, enhed=unit)


def last_day(
    session: Session,
    case: Case,
    username: str | None,
    laws: Iterable[str],
    decision_type: str,
    amount: float | None = None,
) -> date | None:
    """Until when the user may decide this under all of the laws; None where no delegation ends it."""
    needed = set(laws) - own_laws(session, username)
    rows = [valid(session, case, username, law, decision_type, amount) for law in needed]
    return min((row.valid_to for row in rows if row is not None), default=None)


def decider(
    session: Session, case: Case, law_area: str, decision_type: str, amount: float | None = None
) -> str | None:
    """The queue in which the decision is to be made: `koordinator`, or the unit that owns the law.

    None where no unit owns the law: then somebody has to point one out.
    """
    coordinator = case.koordinator
    if coordinator and why_not(session, case, coordinator, law_area, decision_type, amount) is None:
        return "koordinator"
    return owner_of(session, case, law_area)


def own_laws(session: Session, username: str | None) -> set[str]:
    """The law areas that the user decides under without delegation: those of their own units."""
    if username is None:
        return set()
    deciding = {"sagsbehandler", "leder", "koordinator"}
    units = {r.unit for r in organisation.roles_of(session, username) if r.role in deciding}
    query = select(organisation.Unit.law_areas).where(organisation.Unit.code.in_(units))
    return {area for areas in session.scalars(query) for area in areas}


@fact("delegationer")
def _today(session: Session, case: Case) -> list[dict]:
    """What the coordinator may decide under other units' law today."""
    day = clock.today()
    return [
        {"lovomraade": row.law_area, "typer": row.decision_types, "til": row.valid_to}
        for row in of_case(session, case)
        if row.username == case.koordinator
        and row.revoked_at is None
        and row.valid_from <= day <= row.valid_to
    ]
