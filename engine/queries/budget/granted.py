"""The grants on a line: what each was given, has cost, and has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget, spending
from engine.domain.budget import ledger
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.queries.budget.account import by_application
from engine.queries.budget.waiting import open_tasks
from engine.queries.budget.whose import Whose, whose

NONE = Decimal(0)
#: The task of settling a grant.
TO_SETTLE = "opgoer"


@dataclass(frozen=True)
class Granted:
    """A grant's part on one line. `number` tells which of the case's booked grants it is.

    `voucher` is Økonomi's own; `task_id` that of settling it, where it is the reader's to do.
    """

    id: str
    nummer: str
    citizens: str
    number: int
    voucher: str
    granted: Decimal
    spent: Decimal
    ends_on: date
    over: bool
    settled: bool
    task_id: str

    @property
    def left(self) -> Decimal:
        return self.granted - self.spent


def granted(session: Session, username: str, line: str) -> list[Granted]:
    """The one that ends first, first; those that are settled, last. Raises NoSuchBudget, UnknownLine."""
    budget.must_read(session, username)
    budget.line(session, line)
    given = by_application(session, line, (ledger.COMMITTED, ledger.SPENT))
    spent = by_application(session, line, (ledger.SPENT,))
    rows = _grants(session, [subject for _, subject in given])
    cases = whose(session, username, {case_id for case_id, _ in given})
    tasks = open_tasks(session, username, TO_SETTLE)
    found = []
    for (case_id, subject), amount in given.items():
        row, grant = rows[subject]
        ends_on, case = spending.ends_on(row, grant), cases.get(case_id, Whose())
        found.append(
            Granted(
                id=subject,
                **vars(case),
                number=_number(session, row) if case.nummer else 0,
                voucher=grant.voucher or "",
                granted=amount,
                spent=spent.get((case_id, subject), NONE),
                ends_on=ends_on,
                over=grant.over_at is not None or ends_on < clock.today(),
                settled=grant.settled_at is not None,
                task_id=tasks.get(case_id, "") if grant.over_at and not grant.settled_at else "",
            )
        )
    return sorted(found, key=lambda each: (each.settled, each.ends_on, each.id))


def _grants(session: Session, ids: list[str]) -> dict[str, tuple[Application, Grant]]:
    query = (
        select(Application, Grant)
        .join(Grant, Grant.application_id == Application.id)
        .where(Application.id.in_(ids))
    )
    return {row.id: (row, grant) for row, grant in session.execute(query)}


def _number(session: Session, row: Application) -> int:
    """Which of the case's booked grants, as `casework.note_spending` counts them."""
    ids = [each.id for each in spending.booked(session, session.get_one(Case, row.case_id))]
    return ids.index(row.id) + 1 if row.id in ids else 0
