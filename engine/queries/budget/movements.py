"""The ledger of a line as it is read: what happened, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access, budget
from engine.domain.budget import BudgetEntry, ledger
from engine.domain.cases import Case
from engine.domain.organisation import Unit, User

#: What a movement is called: by the account that is debited and the one that is credited.
CALLED = {
    (ledger.FREE, ledger.ALLOCATION): "Rammen hævet",
    (ledger.ALLOCATION, ledger.FREE): "Rammen sænket",
    (ledger.REQUESTED, ledger.APPLICANTS): "Ansøgt",
    (ledger.APPLICANTS, ledger.REQUESTED): "Ansøgt, nedsat",
    (ledger.RESERVED, ledger.FREE): "Reserveret",
    (ledger.FREE, ledger.RESERVED): "Frigivet",
    (ledger.COMMITTED, ledger.RESERVED): "Bevilget",
    (ledger.FREE, ledger.COMMITTED): "Givet tilbage",
    (ledger.SPENT, ledger.COMMITTED): "Forbrugt",
    (ledger.COMMITTED, ledger.SPENT): "Forbrug rettet",
}
MOST = 200


@dataclass(frozen=True)
class Movement:
    day: date  # when it happened; a bill is paid before it is noted
    at: datetime
    what: str
    amount: Decimal
    unit: str
    nummer: str  # empty for a case that does not exist for the reader
    by: str


def movements(session: Session, username: str, line: str) -> list[Movement]:
    """The latest movements on the line. Raises NoSuchBudget, UnknownLine."""
    budget.must_read(session, username)
    budget.line(session, line)
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    users = dict(session.execute(select(User.username, User.name)).all())
    query = select(BudgetEntry).where(BudgetEntry.line == line)
    rows = list(session.scalars(query.order_by(BudgetEntry.at.desc(), BudgetEntry.id).limit(MOST)))
    numbers = seen_numbers(session, username, {row.case_id for row in rows if row.case_id})
    return [
        Movement(
            day=row.day,
            at=row.at,
            what=CALLED[row.debit, row.credit],
            amount=row.amount,
            unit=units.get(row.unit, ""),
            nummer=numbers.get(row.case_id, ""),
            by=users.get(row.by, row.by),
        )
        for row in rows
    ]


def seen_numbers(session: Session, username: str, case_ids: set[str]) -> dict[str, str]:
    """Case id -> number, of those that exist for the reader."""
    query = select(Case).where(Case.id.in_(case_ids))
    return {
        case.id: case.nummer
        for case in session.scalars(query)
        if access.may_see(session, username, case)
    }
