"""Spending: what a grant has cost so far, bill by bill, and what is given back when it is over.

Økonomi notes it (or a file from the finance system does); a bill is noted once, and never beyond the
grant. A grant is settled by Økonomi, not by the calendar: bills come late, and money that is free
again may be granted to somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import budget, escalation, grants
from engine.domain.budget import BudgetEntry, Kroner, kr, ledger
from engine.domain.budget.ledger import COMMITTED, SPENT
from engine.domain.cases import Case
from engine.domain.efforts import LIVE, Effort
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.splitting import shares_of
from engine.errors import Refused
from engine.store import Base, append_only, new_id


class MereEndBevilget(Refused):
    """Der er {rest} kr. tilbage af bevillingen, og der kan ikke noteres {beloeb} kr. Skriv en ny indstilling, hvis behovet er større."""


class BilagNoteret(Refused):
    """Bilag {bilag} er allerede noteret på bevillingen. Er det et nyt beløb, så skriv det nye bilags nummer."""


class IkkeBogfoert(Refused):
    """Bevillingen er ikke bogført, så der er intet at notere forbrug på. Bogfør den først."""


class ErGjortOp(Refused):
    """Bevillingen er gjort op, og resten er givet tilbage. Skal der betales mere, skal der søges igen."""


class TomtBeloeb(Refused):
    """Skriv et beløb. Et beløb under nul retter et bilag, der er noteret for højt."""


@dataclass(frozen=True)
class Payment:
    """A bill as it is told: the case, which of its booked grants (1 is the first), and what was paid."""

    nummer: str
    voucher: str
    paid_on: date
    amount: Decimal
    number: int = 1


class Bill(Base):
    """One bill paid out of one grant; a negative one corrects an earlier. Written once."""

    __tablename__ = "bills"
    __table_args__ = (UniqueConstraint("application_id", "voucher"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"))
    voucher: Mapped[str] = mapped_column(String(80))
    amount: Mapped[Decimal] = mapped_column(Kroner)
    paid_on: Mapped[date] = mapped_column(Date)
    noted_by: Mapped[str] = mapped_column(String(60))
    noted_at: Mapped[datetime]


append_only(Bill.__table__)


def note(
    session: Session, row: Application, amount: Decimal, paid_on: date, voucher: str, by: str
) -> Bill:
    """Note a bill on the grant, on the line of the year it was paid in as far as that goes.

    Raises IkkeBogfoert, ErGjortOp, TomtBeloeb, BilagNoteret, MereEndBevilget.
    """
    grant = grants.of(session, row)
    if grant is None or grant.booked_at is None:
        raise IkkeBogfoert
    if grant.settled_at is not None:
        raise ErGjortOp
    if not amount:
        raise TomtBeloeb
    # The line's lock is what keeps two people from noting the last krone at the same moment.
    for line in sorted(budget.committed(session, row.id)):
        budget.lines.locked(session, line)
    known = select(Bill.id).where(Bill.application_id == row.id, Bill.voucher == voucher)
    if session.scalar(known) is not None:
        raise BilagNoteret(bilag=voucher)
    account, move = (COMMITTED, budget.spend) if amount > 0 else (SPENT, budget.unspend)
    _move(session, row, account, move, abs(amount), paid_on, by)
    bill = Bill(
        case_id=row.case_id,
        application_id=row.id,
        voucher=voucher,
        amount=amount,
        paid_on=paid_on,
        noted_by=by,
        noted_at=clock.now(),
    )
    session.add(bill)
    session.flush()
    return bill


def settle(session: Session, row: Application, by: str) -> Decimal:
    """The grant is over: what was not used is free again. How much that was.

    Raises IkkeBogfoert, ErGjortOp.
    """
    grant = grants.of(session, row)
    if grant is None or grant.booked_at is None:
        raise IkkeBogfoert
    if grant.settled_at is not None:
        raise ErGjortOp
    left = _by_line_and_unit(session, row, COMMITTED)
    for (line, unit), amount in sorted(left.items()):
        budget.uncommit(session, line, amount, unit=unit, **_entry(row, by))
    grant.settled_at = clock.now()
    grant.returned += sum(left.values(), Decimal(0))
    session.flush()
    return sum(left.values(), Decimal(0))


def of(session: Session, row: Application) -> list[Bill]:
    """The grant's bills, the first one first."""
    query = select(Bill).where(Bill.application_id == row.id)
    return list(session.scalars(query.order_by(Bill.paid_on, Bill.noted_at, Bill.id)))


def booked(session: Session, case: Case) -> list[Application]:
    """The case's applications that money has been booked for, in the order they were written."""
    return [
        row
        for row in escalation.of_case(session, case)
        if (grant := grants.of(session, row)) and grant.booked_at is not None
    ]


def over(session: Session, day: date) -> list[tuple[str, Grant]]:
    """Booked grants that Økonomi has not been asked to settle and that are over: (case id, grant).

    A grant is over when its last month has passed, or all its efforts have ended.
    """
    query = (
        select(Application, Grant)
        .join(Grant, Grant.application_id == Application.id)
        .join(Case, Case.id == Application.case_id)
        .where(
            Grant.booked_at.is_not(None),
            Grant.settled_at.is_(None),
            Grant.over_at.is_(None),
            Case.locked.is_(False),
        )
        .order_by(Grant.booked_at, Grant.id)
    )
    going_on = select(Effort.application_id, Effort.status).where(
        Effort.application_id.is_not(None)
    )
    live: dict[str, bool] = {}
    for application_id, status in session.execute(going_on):
        live[application_id] = live.get(application_id, False) or status in LIVE
    return [
        (row.case_id, grant)
        for row, grant in session.execute(query)
        if live.get(row.id) is False or ends_on(row, grant) < day
    ]


def ends_on(row: Application, grant: Grant) -> date:
    """The last day of the last month that was granted."""
    first = row.starts_on or clock.local(grant.decided_at).date()
    months = first.year * 12 + first.month - 1 + row.months
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def left(session: Session, row: Application) -> Decimal:
    """What may still be spent of the grant."""
    return sum(budget.unspent(session, row.id).values(), Decimal(0))


def _move(
    session: Session, row: Application, account: str, move, amount: Decimal, day: date, by: str
) -> None:
    """Take the amount from the grant's lines, that of the year first, each unit by its share."""
    there = _by_line_and_unit(session, row, account)
    rest = sum(there.values(), Decimal(0))
    if amount > rest:
        raise MereEndBevilget(rest=kr(rest), beloeb=kr(amount))
    by_line: dict[str, dict[str | None, Decimal]] = {}
    for (line, unit), part in there.items():
        by_line.setdefault(line, {})[unit] = part
    for line in sorted(
        by_line, key=lambda each: (budget.line(session, each).year != day.year, each)
    ):
        part = min(amount, sum(by_line[line].values(), Decimal(0)))
        for unit, share in sorted(shares_of(part, by_line[line]).items(), key=str):
            move(session, line, share, unit=unit, day=day, **_entry(row, by))
        amount -= part


def _by_line_and_unit(
    session: Session, row: Application, account: str
) -> Mapping[tuple[str, str | None], Decimal]:
    entry = BudgetEntry
    found = ledger.sums(session, account, (entry.line, entry.unit), entry.subject == row.id)
    return {key: amount for key, amount in found.items() if amount > 0}


def _entry(row: Application, by: str) -> dict[str, str]:
    return {"by": by, "case_id": row.case_id, "subject": row.id}
