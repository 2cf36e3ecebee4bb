"""Grants: what was decided on an application.

Want of money is never the only ground of a refusal, and a need that the law makes necessary is met
(domain.md C5 P07). `cover` finds the money, `booking` commits it, `spending` uses it up.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.budget import Kroner, kr
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.splitting import check_split
from engine.errors import Refused
from engine.store import Base, Json, new_id

GRANTED, PARTLY, REFUSED = "bevilget", "delvist", "afslag"
POSTPONED, OWN_MEANS = "udskudt", "egen_kompetence"
DECISIONS = (GRANTED, PARTLY, REFUSED)
MONEY = "budget"


class KunBudget(Refused):
    """Manglende penge kan ikke være den eneste grund til at give mindre, end der er søgt om. Skriv den faglige grund; er behovet nødvendigt, anviser direktionen dækning."""


class NoedvendigtBehov(Refused):
    """Behovet er vurderet nødvendigt efter loven og kan ikke få afslag. Bevilg det; mangler der penge, anviser direktionen dem."""


class MereEndAnsoegt(Refused):
    """Der er søgt om {ansoegt} kr., og der kan ikke bevilges mere. Skriv en ny indstilling, hvis behovet er større."""


class MindreEndAnsoegt(Refused):
    """Der er søgt om {ansoegt} kr. Bevilges der mindre, er resultatet »Delvist bevilget«, og det skal begrundes."""


class Grant(Base):
    """The decision on one application; a complaint may add to its amount."""

    __tablename__ = "grants"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), unique=True)
    result: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Kroner)
    grounds: Mapped[list] = mapped_column(Json, default=list)
    necessary: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    dissent: Mapped[str | None] = mapped_column(Text)
    split: Mapped[list] = mapped_column(Json, default=list)
    per_year: Mapped[list] = mapped_column(Json, default=list)
    voucher: Mapped[str | None] = mapped_column(String(80))
    decided_by: Mapped[str] = mapped_column(String(40))
    registered_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime]
    booked_at: Mapped[datetime | None]
    #: What was not used, and is free again on its line.
    returned: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))
    settled_at: Mapped[datetime | None]
    #: When Økonomi was asked to settle it: its efforts have ended, or its months have passed.
    over_at: Mapped[datetime | None]


def decide(
    session: Session,
    case: Case,
    row: Application,
    by: str,
    *,
    result: str,
    amount: Any,
    necessary: bool,
    grounds: list[str],
    split: list[dict] | None,
    decided_by: str,
    **facts: Any,
) -> Grant:
    """Write down what was decided. `facts`: reason, conditions, dissent.

    Raises KunBudget, NoedvendigtBehov, MereEndAnsoegt, MindreEndAnsoegt, FordelingPasserIkke.
    """
    amount = Decimal(0) if result == REFUSED else Decimal(str(amount))
    if result != GRANTED and set(grounds) == {MONEY}:
        raise KunBudget
    if result == REFUSED and necessary:
        raise NoedvendigtBehov
    if amount > row.amount:
        raise MereEndAnsoegt(ansoegt=kr(row.amount))
    if result == GRANTED and amount < row.amount:
        raise MindreEndAnsoegt(ansoegt=kr(row.amount))
    if split:
        check_split(split)
    grant = of(session, row)
    if grant is None:
        grant = Grant(case_id=case.id, application_id=row.id, returned=Decimal(0))
        session.add(grant)
    grant.result, grant.amount, grant.grounds, grant.necessary = result, amount, grounds, necessary
    grant.split, grant.decided_by, grant.registered_by = split or [], decided_by, by
    grant.decided_at = clock.now()
    for name, value in facts.items():
        setattr(grant, name, value)
    session.flush()
    return grant


def of(session: Session, row: Application) -> Grant | None:
    return session.scalar(select(Grant).where(Grant.application_id == row.id))


def add(session: Session, row: Application, extra: Decimal) -> Grant:
    """A complaint has led to more: the grant grows, and its cover has to be found.

    One that was settled is open again, and will have to be settled again.
    """
    grant = of(session, row)
    grant.amount += extra
    if grant.settled_at is not None:
        grant.settled_at = grant.over_at = None
    grant.necessary = True
    grant.result = GRANTED if grant.amount >= row.amount else PARTLY
    session.flush()
    return grant
