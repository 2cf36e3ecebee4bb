"""Grants: what was decided on an application, and that there is cover for it.

Invariants: no grant without cover in the budget (domain.md C4 v); want of money is never the only
ground of a refusal, and a need that the law makes necessary is met (C5 P07).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import budget
from engine.domain.budget import Kroner, kr
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.errors import Refused
from engine.store import Base, Json, new_id

GRANTED, PARTLY, REFUSED = "bevilget", "delvist", "afslag"
POSTPONED, OWN_MEANS = "udskudt", "egen_kompetence"
DECISIONS = (GRANTED, PARTLY, REFUSED)
MONEY = "budget"
OERE = Decimal("0.01")


class KunBudget(Refused):
    """Manglende penge kan ikke være den eneste grund til at give mindre, end der er søgt om. Skriv den faglige grund; er behovet nødvendigt, anviser direktionen dækning."""


class NoedvendigtBehov(Refused):
    """Behovet er vurderet nødvendigt efter loven og kan ikke få afslag. Bevilg det; mangler der penge, anviser direktionen dem."""


class MereEndAnsoegt(Refused):
    """Der er søgt om {ansoegt} kr., og der kan ikke bevilges mere. Skriv en ny indstilling, hvis behovet er større."""


class MindreEndAnsoegt(Refused):
    """Der er søgt om {ansoegt} kr. Bevilges der mindre, er resultatet »Delvist bevilget«, og det skal begrundes."""


class IngenDaekning(Refused):
    """Der er kun dækning for {daekket} kr. af de {bevilget} kr. Bevilg højst det, der er dækning for, eller vurder behovet nødvendigt, så anviser direktionen resten."""


class DaekningPasserIkke(Refused):
    """Der mangler {mangler} kr., men der er anvist {anvist} kr. Beløbene skal passe sammen."""


class FordelingPasserIkke(Refused):
    """Fordelingen mellem enhederne giver {procent} procent. Den skal give 100."""


class FordelingMangler(Refused):
    """Der er ikke skrevet, hvilke enheder der deler bevillingen. Skriv fordelingen, før der bogføres."""


class BeloebPerAarPasserIkke(Refused):
    """Beløbene per år giver {sum} kr., men bevillingen er på {bevilget} kr."""


class IntetBevilget(Refused):
    """Der er ikke bevilget noget, der kan bogføres."""


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
        grant = Grant(case_id=case.id, application_id=row.id)
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


def reserved(session: Session, row: Application) -> Decimal:
    """What is set aside for the application, on all lines."""
    return sum(budget.held(session, row.id).values(), Decimal(0))


def booked(session: Session, row: Application) -> Decimal:
    return sum(budget.committed(session, row.id).values(), Decimal(0))


def uncovered(session: Session, row: Application) -> Decimal:
    """What has been granted, and neither set aside nor booked."""
    grant = of(session, row)
    wanted = grant.amount if grant else row.amount
    return max(wanted - reserved(session, row) - booked(session, row), Decimal(0))


def must_be_covered(session: Session, row: Application) -> None:
    """Raise IngenDaekning where the grant is larger than its cover and the need not necessary."""
    grant = of(session, row)
    missing = uncovered(session, row)
    if missing > 0 and not grant.necessary:
        raise IngenDaekning(daekket=kr(grant.amount - missing), bevilget=kr(grant.amount))


def find_cover(session: Session, row: Application, sources: list[dict], by: str) -> None:
    """Set aside what is missing, from the lines and units that are pointed out (F53).

    Raises DaekningPasserIkke, budget.NoCover.
    """
    missing = uncovered(session, row)
    pointed_out = sum((Decimal(str(s["beloeb"])) for s in sources), Decimal(0))
    if pointed_out != missing:
        raise DaekningPasserIkke(mangler=kr(missing), anvist=kr(pointed_out))
    for source in sources:
        budget.point_out(
            session,
            source["fra"],
            Decimal(str(source["beloeb"])),
            by=by,
            case_id=row.case_id,
            subject=row.id,
        )


def book(session: Session, row: Application, by: str, split: list[dict] | None = None) -> Decimal:
    """Turn what is set aside into a grant, shared between the units to the øre.

    Returns what was booked. Raises IntetBevilget, IngenDaekning, FordelingMangler,
    FordelingPasserIkke. What the grant does not need stays reserved until it is released.
    """
    grant = of(session, row)
    if grant is None or grant.amount <= 0:
        raise IntetBevilget
    if split:
        check_split(split)
        grant.split = split
    if not grant.split:
        raise FordelingMangler
    missing = uncovered(session, row)
    if missing > 0:
        raise IngenDaekning(daekket=kr(grant.amount - missing), bevilget=kr(grant.amount))
    left = total = grant.amount - booked(session, row)
    for line, held in sorted(budget.held(session, row.id).items()):
        part = min(left, held)
        for unit, amount in shares(part, grant.split):
            budget.commit(
                session, line, amount, by=by, case_id=row.case_id, subject=row.id, unit=unit
            )
        left -= part
    grant.booked_at = clock.now()
    return total


def release_rest(session: Session, row: Application, by: str) -> Decimal:
    """Give back what is still set aside, and return how much that was."""
    freed = Decimal(0)
    for line, held in budget.held(session, row.id).items():
        budget.release(session, line, held, by=by, case_id=row.case_id, subject=row.id)
        freed += held
    return freed


def add(session: Session, row: Application, extra: Decimal) -> Grant:
    """A complaint has led to more: the grant grows, and its cover has to be found."""
    grant = of(session, row)
    grant.amount += extra
    grant.necessary = True
    grant.result = GRANTED if grant.amount >= row.amount else PARTLY
    session.flush()
    return grant


def shares(amount: Decimal, split: list[dict]) -> list[tuple[str, Decimal]]:
    """The amount shared by percent, adding up to the øre: the odd øre go to the largest parts."""
    exact = [(row["enhed"], amount * Decimal(str(row["procent"])) / 100) for row in split]
    parts = [[unit, part.quantize(OERE, ROUND_DOWN)] for unit, part in exact]
    odd = int((amount - sum((part for _, part in parts), Decimal(0))) / OERE)
    for number in sorted(range(len(parts)), key=lambda n: -exact[n][1])[:odd]:
        parts[number][1] += OERE
    return [(unit, part) for unit, part in parts if part > 0]


def by_year(amount: Decimal, starts_on: date, months: int) -> dict[int, Decimal]:
    """What a grant costs each year when every month costs the same; the odd øre go to the last."""
    years = [starts_on.year + (starts_on.month - 1 + n) // 12 for n in range(months)]
    month = (amount / months).quantize(OERE, ROUND_DOWN)
    found = {year: month * years.count(year) for year in years}
    found[years[-1]] += amount - month * months
    return found


def check_split(split: list[dict]) -> None:
    """Raise FordelingPasserIkke unless the shares add up to 100."""
    total = sum((Decimal(str(row["procent"])) for row in split), Decimal(0))
    if total != 100:
        raise FordelingPasserIkke(procent=f"{total:f}".replace(".", ","))


def check_years(grant: Grant, per_year: list[dict]) -> None:
    """Raise BeloebPerAarPasserIkke unless the years add up to the grant."""
    total = sum((Decimal(str(row["beloeb"])) for row in per_year), Decimal(0))
    if total != grant.amount:
        raise BeloebPerAarPasserIkke(sum=kr(total), bevilget=kr(grant.amount))
