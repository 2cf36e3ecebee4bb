"""The ledger of a line as it is read: what happened, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from engine.domain import budget
from engine.domain.budget import BudgetEntry, ledger
from engine.domain.organisation import Unit, User
from engine.queries.budget.whose import Whose, whose

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
#: What the accounts are called where a movement names both sides.
ACCOUNTS = {
    ledger.ALLOCATION: "Ramme",
    ledger.FREE: "Fri",
    ledger.RESERVED: "Reserveret",
    ledger.COMMITTED: "Bevilget",
    ledger.SPENT: "Forbrugt",
    ledger.REQUESTED: "Ansøgt",
    ledger.APPLICANTS: "Ansøgere",
}
PAGE = 50


@dataclass(frozen=True)
class Movement:
    id: str
    day: date  # when it happened; a bill is paid before it is noted
    at: datetime
    what: str
    debit: str  # the account that became larger
    credit: str  # the account that it came from
    amount: Decimal
    unit: str
    of_case: bool
    nummer: str  # empty for a case that does not exist for the reader
    citizens: str
    by: str


def movements(
    session: Session, username: str, line: str, before: str = "", size: int | None = PAGE
) -> list[Movement]:
    """The latest movements on the line, or those older than the movement `before`.

    All of them where `size` is None. Raises NoSuchBudget, UnknownLine.
    """
    budget.must_read(session, username)
    budget.line(session, line)
    row = BudgetEntry
    query = select(row).where(row.line == line).order_by(row.at.desc(), row.id.desc())
    last = session.get(row, before) if before else None
    if last is not None and last.line == line:
        query = query.where(tuple_(row.at, row.id) < tuple_(last.at, last.id))
    rows = list(session.scalars(query.limit(size)))
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    users = dict(session.execute(select(User.username, User.name)).all())
    cases = whose(session, username, {each.case_id for each in rows})
    return [
        Movement(
            id=each.id,
            day=each.day,
            at=each.at,
            what=CALLED[each.debit, each.credit],
            debit=ACCOUNTS[each.debit],
            credit=ACCOUNTS[each.credit],
            amount=each.amount,
            unit=units.get(each.unit, ""),
            of_case=each.case_id is not None,
            **vars(cases.get(each.case_id, Whose())),
            by=users.get(each.by, "Systemet"),
        )
        for each in rows
    ]
