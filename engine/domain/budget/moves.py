"""Moves: money goes from one account of a line to another, or the move is refused whole.

Each is one guarded UPDATE of the line's running sums (an account that has too little is simply not
changed) and one entry in the ledger. The UPDATE holds the line until the end of the transaction, so
what one application holds is counted right behind it, and nobody takes another's money either.
Several lines are moved in the order of their ids. Keyword arguments are those of an entry:
`by`, `case_id`, `subject` (the application), `unit` and `day`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import literal, update
from sqlalchemy.orm import Session

from engine.domain.budget import ledger, lines
from engine.domain.budget.ledger import (
    ALLOCATION,
    APPLICANTS,
    COMMITTED,
    FREE,
    REQUESTED,
    RESERVED,
    SPENT,
    BudgetEntry,
)
from engine.domain.budget.lines import BudgetLine
from engine.domain.budget.money import Kroner, kr, whole
from engine.errors import Broken, Refused

#: The running sum that follows each account, and which side of the account makes it larger.
_COLUMNS = {
    RESERVED: (BudgetLine.reserved, 1),
    COMMITTED: (BudgetLine.committed, 1),
    SPENT: (BudgetLine.spent, 1),
    ALLOCATION: (BudgetLine.total, -1),
}


class NoCover(Refused):
    """Der er ikke dækning på budgetlinjen {linje}: der er {fri} kr. fri, og der mangler {mangler} kr. Direktionen kan anvise dækning."""


class NotReserved(Broken):
    """More is to be released or committed than the application has reserved."""


class NotCommitted(Broken):
    """More is to be spent or given back than the application has been granted and has left."""


def request(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """Note what the application asks for now, in place of what it asked for; it blocks nothing."""
    lines.locked(session, line)
    subject = BudgetEntry.subject == entry.get("subject")
    asked = ledger.total(session, REQUESTED, BudgetEntry.line == line, subject)
    change = whole(amount) - asked
    if change > 0:
        ledger.enter(session, line, REQUESTED, APPLICANTS, change, **entry)
    elif change < 0:
        ledger.enter(session, line, APPLICANTS, REQUESTED, -change, **entry)


def reserve(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """Set the amount aside. Raises NoCover and changes nothing where it is not there."""
    amount = whole(amount)
    if not move(session, line, RESERVED, FREE, amount, **entry):
        free = lines.locked(session, line).free
        raise NoCover(linje=line, fri=kr(free), mangler=kr(amount - free))


def reserve_up_to(session: Session, line: str, amount: Decimal, **entry: Any) -> Decimal:
    """Set aside what there is of the amount, and return how much that was."""
    part = min(whole(amount), lines.locked(session, line).free)
    reserve(session, line, part, **entry)
    return part


def release(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """Give a reservation back to the line. Raises NotReserved."""
    _take(session, line, FREE, RESERVED, amount, NotReserved, **entry)


def commit(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """Turn a reservation into a grant that `unit` bears. Raises NotReserved."""
    _take(session, line, COMMITTED, RESERVED, amount, NotReserved, **entry)


def uncommit(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """Give what is left of a grant, and will not be used, back to the line. Raises NotCommitted."""
    _take(session, line, FREE, COMMITTED, amount, NotCommitted, **entry)


def spend(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """Note what a grant has cost. Raises NotCommitted beyond what the grant has left."""
    _take(session, line, SPENT, COMMITTED, amount, NotCommitted, **entry)


def unspend(session: Session, line: str, amount: Decimal, **entry: Any) -> None:
    """A bill was noted with too much: back to the grant. Raises NotCommitted."""
    _take(session, line, COMMITTED, SPENT, amount, NotCommitted, **entry)


def release_case(session: Session, case_id: str, by: str) -> Decimal:
    """Give back everything the case has set aside and not committed; how much that was."""
    row = BudgetEntry
    held = ledger.sums(session, RESERVED, (row.line, row.subject), row.case_id == case_id)
    for (line, subject), amount in held.items():
        release(session, line, amount, by=by, case_id=case_id, subject=subject)
    return sum(held.values(), Decimal(0))


def _take(
    session: Session,
    line: str,
    debit: str,
    credit: str,
    amount: Decimal,
    too_much: type[Broken],
    **entry: Any,
) -> None:
    """Move what the application has in the credited account, and no other's."""
    amount = whole(amount)
    if not move(session, line, debit, credit, amount, **entry):
        raise too_much(f"{line}: {amount}")
    row = BudgetEntry
    own = [row.line == line, row.subject == entry.get("subject")]
    if credit != RESERVED:
        own.append(row.unit == entry.get("unit"))
    if ledger.total(session, credit, *own) < 0:
        raise too_much(f"{line}: {amount} of {entry.get('subject')}")


def move(
    session: Session, line: str, debit: str, credit: str, amount: Decimal, **entry: Any
) -> bool:
    """Change the running sums, where no account becomes negative by it, and write it down.

    False and nothing changed where one would. Raises UnknownLine.
    """
    row = BudgetLine
    after = {column.key: column for column, _ in _COLUMNS.values()}
    for account, sign in ((debit, 1), (credit, -1)):
        if account != FREE:
            column, way = _COLUMNS[account]
            after[column.key] = column + literal(sign * way * amount, Kroner())
    bound = after["reserved"] + after["committed"] + after["spent"]
    none = literal(Decimal(0), Kroner())
    guards = [after[name] >= none for name in ("reserved", "committed", "spent")]
    changed = session.execute(
        update(row).where(row.line == line, *guards, bound <= after["total"]).values(after),
        execution_options={"synchronize_session": False},
    )
    known = session.get(row, line)
    if known is None:
        raise lines.UnknownLine(linje=line)
    session.expire(known)
    if changed.rowcount == 0:
        return False
    if amount > 0:
        ledger.enter(session, line, debit, credit, amount, **entry)
    return True
