"""How a line and an application stand, derived from the ledger."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain.budget import ledger, lines
from engine.domain.budget.ledger import COMMITTED, REQUESTED, RESERVED, SPENT, BudgetEntry


def balance(session: Session, line: str) -> dict[str, Decimal]:
    """The line's sums in kroner: total, requested, reserved, granted, spent, free.

    What is granted includes what has been spent of it.
    """
    row = lines.line(session, line)
    session.refresh(row)
    return {
        "total": row.total,
        "requested": ledger.total(session, REQUESTED, BudgetEntry.line == line),
        "reserved": row.reserved,
        "granted": row.granted,
        "spent": row.spent,
        "free": row.free,
    }


def held(session: Session, subject: str) -> dict[str, Decimal]:
    """What is still reserved for one application, line by line."""
    return _of(session, subject, RESERVED)


def held_by(session: Session, line: str, subject: str) -> Decimal:
    """What is still reserved on the line for one application."""
    return held(session, subject).get(line, Decimal(0))


def committed(session: Session, subject: str) -> dict[str, Decimal]:
    """What has been granted for one application, spent or not, line by line."""
    found, used = unspent(session, subject), spent(session, subject)
    return {
        line: found.get(line, Decimal(0)) + used.get(line, Decimal(0))
        for line in sorted({*found, *used})
    }


def unspent(session: Session, subject: str) -> dict[str, Decimal]:
    """What is left of the grant of one application, line by line."""
    return _of(session, subject, COMMITTED)


def spent(session: Session, subject: str) -> dict[str, Decimal]:
    """What the grant of one application has cost so far, line by line."""
    return _of(session, subject, SPENT)


def by_unit(session: Session, line: str | None = None) -> dict[str, Decimal]:
    """What each unit bears of the grants, on one line or on all: the split of the report."""
    left, used = _units(session, COMMITTED, line), _units(session, SPENT, line)
    return {
        unit: left.get(unit, Decimal(0)) + used.get(unit, Decimal(0))
        for unit in sorted({*left, *used})
    }


def spent_by_unit(session: Session, line: str | None = None) -> dict[str, Decimal]:
    """What each unit has borne of the spending, on one line or on all."""
    return _units(session, SPENT, line)


def _of(session: Session, subject: str, account: str) -> dict[str, Decimal]:
    row = BudgetEntry
    found = ledger.sums(session, account, (row.line,), row.subject == subject)
    return {line: amount for (line,), amount in found.items() if amount > 0}


def _units(session: Session, account: str, line: str | None) -> dict[str, Decimal]:
    row = BudgetEntry
    where = [row.unit.is_not(None)] + ([row.line == line] if line else [])
    found = ledger.sums(session, account, (row.unit,), *where)
    return {unit: amount for (unit,), amount in found.items()}
