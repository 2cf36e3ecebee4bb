"""Whether the running sums of every line are what its entries add up to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain.budget import contributions, ledger
from engine.domain.budget.ledger import (
    ALLOCATION,
    COMMITTED,
    FREE,
    RESERVED,
    SPENT,
    BudgetEntry,
)
from engine.domain.budget.lines import BudgetLine


@dataclass(frozen=True)
class Difference:
    """Where a line and its ledger disagree. `account` may also be an application's share of it."""

    line: str
    account: str
    noted: Decimal
    entered: Decimal


def reconcile(session: Session) -> list[Difference]:
    """Every difference, line by line; empty where all is well."""
    entered = {
        account: ledger.sums(session, account, (BudgetEntry.line,)) for account in ledger.ACCOUNTS
    }
    found = []
    for row in session.scalars(select(BudgetLine).order_by(BudgetLine.line)):
        noted = {
            ALLOCATION: -row.total,
            FREE: row.free,
            RESERVED: row.reserved,
            COMMITTED: row.committed,
            SPENT: row.spent,
        }
        for account, amount in noted.items():
            said = entered[account].get((row.line,), Decimal(0))
            if said != amount:
                found.append(Difference(row.line, account, abs(amount), abs(said)))
        found += _paid(session, row)
    return found + _overdrawn(session)


def _paid(session: Session, row: BudgetLine) -> list[Difference]:
    """Where units pay into the line, its total is what they have decided to pay."""
    decided = {each.unit: each.amount for each in contributions.history(session, row.line)}
    whole = sum(decided.values(), Decimal(0))
    if decided and whole != row.total:
        return [Difference(row.line, "bidrag", row.total, whole)]
    return []


def _overdrawn(session: Session) -> list[Difference]:
    """An application that has taken more out of an account than it put in took another's."""
    row = BudgetEntry
    found = []
    for account in (RESERVED, COMMITTED, SPENT):
        by = (row.line, row.subject) if account == RESERVED else (row.line, row.subject, row.unit)
        for (line, *_), amount in ledger.sums(session, account, by).items():
            if amount < 0:
                found.append(Difference(line, account, Decimal(0), amount))
    return found
