"""The ledger: every movement debits one account of a line and credits another, and stays written.

A row holds both sides, so no half of a movement can exist, and over all accounts of a line debits
and credits are always the same. Money comes from the allocation and lies in one of four accounts;
what is asked for is noted beside the money, between two accounts of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, case, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.budget.money import Kroner
from engine.store import Base, append_only, new_id

ALLOCATION, FREE, RESERVED, COMMITTED, SPENT = (
    "ramme",
    "fri",
    "reserveret",
    "bevilget",
    "forbrugt",
)
REQUESTED, APPLICANTS = "ansoegt", "ansoegere"
ACCOUNTS = (ALLOCATION, FREE, RESERVED, COMMITTED, SPENT, REQUESTED, APPLICANTS)


class BudgetEntry(Base):
    """One movement on a line. Written once."""

    __tablename__ = "budget_entries"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        Index("ix_budget_entries_line", "line", "debit", "credit"),
        Index("ix_budget_entries_newest", "line", "at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    line: Mapped[str] = mapped_column(ForeignKey("budget_lines.line"))
    debit: Mapped[str] = mapped_column(String(20))
    credit: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Kroner)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    #: The application that it is about.
    subject: Mapped[str | None] = mapped_column(String(36), index=True)
    unit: Mapped[str | None] = mapped_column(String(20))
    #: The day it happened; `at` is when it was written down.
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))


append_only(BudgetEntry.__table__)


def enter(
    session: Session,
    line: str,
    debit: str,
    credit: str,
    amount: Decimal,
    *,
    by: str,
    case_id: str | None = None,
    subject: str | None = None,
    unit: str | None = None,
    day: date | None = None,
) -> None:
    """Write one movement down; it happened today, or on the day that is named."""
    session.add(
        BudgetEntry(
            line=line,
            debit=debit,
            credit=credit,
            amount=amount,
            case_id=case_id,
            subject=subject,
            unit=unit,
            day=day or clock.today(),
            at=clock.now(),
            by=by,
        )
    )
    session.flush()


def total(session: Session, account: str, *where: Any) -> Decimal:
    """What the account holds (debits less credits) in the entries that fit."""
    return sums(session, account, (), *where).get((), Decimal(0))


def sums(session: Session, account: str, by: Sequence[Any], *where: Any) -> dict[tuple, Decimal]:
    """What the account holds in the entries that fit, for each combination of the columns `by`."""
    row = BudgetEntry
    signed = case((row.debit == account, row.amount), else_=-row.amount)
    query = (
        select(*by, func.sum(signed))
        .where(or_(row.debit == account, row.credit == account), *where)
        .group_by(*by)
        .order_by(*by)
    )
    return {tuple(key): amount for *key, amount in session.execute(query) if amount is not None}
