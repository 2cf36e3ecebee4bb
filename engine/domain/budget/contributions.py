"""Contributions: what each unit pays into a shared line, from which day, and who decided it.

Where contributions are given, they are the line's total. A new decision stands beside the old one;
the latest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import organisation
from engine.domain.budget import lines, totals
from engine.domain.budget.money import Kroner, portions, whole
from engine.errors import Refused
from engine.store import Base, append_only, new_id


class OwnLine(Refused):
    """{linje} er en enheds egen linje. Bidrag hører til det fælles budget."""


class Contribution(Base):
    """What one unit pays into one line from a decision on. Written once."""

    __tablename__ = "budget_contributions"
    __table_args__ = (UniqueConstraint("line", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    line: Mapped[str] = mapped_column(ForeignKey("budget_lines.line"))
    number: Mapped[int]
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    amount: Mapped[Decimal] = mapped_column(Kroner)
    decided_by: Mapped[str] = mapped_column(String(160))
    decided_on: Mapped[date] = mapped_column(Date)
    noted_by: Mapped[str] = mapped_column(String(60))
    noted_at: Mapped[datetime]


append_only(Contribution.__table__)


def contribute(
    session: Session,
    line: str,
    amounts: Mapping[str, Decimal],
    *,
    decided_by: str,
    decided_on: date,
    by: str,
) -> None:
    """Units (by code) pay these amounts from now on, in place of what each paid; others as before.

    The first contributions take the place of a total that was given as a whole. Raises
    BelowCommitted where less is left than is bound, OwnLine, UnknownLine, UnknownUnit.
    """
    row = lines.locked(session, line)
    if row.unit is not None:
        raise OwnLine(linje=line)
    done = len(history(session, line))
    before, paid = row.total, totals.contributions(session, line)
    for number, (unit, amount) in enumerate(sorted(amounts.items()), start=done + 1):
        organisation.unit(session, unit)
        session.add(
            Contribution(
                line=line,
                number=number,
                unit=unit,
                amount=whole(amount),
                decided_by=decided_by,
                decided_on=decided_on,
                noted_by=by,
                noted_at=clock.now(),
            )
        )
    session.flush()
    changes = {unit: whole(amount) - paid.get(unit, Decimal(0)) for unit, amount in amounts.items()}
    _shift(session, row, changes, given_whole=Decimal(0) if paid else before, by=by)


def keep_shares(session: Session, line: str, total: int | Decimal, **decided: Any) -> None:
    """Another total of the line, of which each unit pays the same part as before.

    Units that pay nothing any more share it evenly; where none ever paid, it is given as one amount.
    `decided` is what `contribute` is told. Raises BelowCommitted, UnknownLine.
    """
    paid = totals.contributions(session, line)
    if not paid:
        totals.set_total(session, line, total, by=decided["by"])
        return
    weights = paid if any(paid.values()) else dict.fromkeys(paid, Decimal(1))
    amounts = dict.fromkeys(paid, Decimal(0)) | portions(whole(total), weights)
    contribute(session, line, amounts, **decided)


def history(session: Session, line: str) -> list[Contribution]:
    """Every decision about the line's contributions, the first one first."""
    query = select(Contribution).where(Contribution.line == line)
    return list(session.scalars(query.order_by(Contribution.number)))


def _shift(
    session: Session,
    row: lines.BudgetLine,
    changes: Mapping[str, Decimal],
    given_whole: Decimal,
    by: str,
) -> None:
    """What grows first, so that a line is only found too small when it really is."""
    for unit, change in sorted(changes.items(), key=lambda each: (-each[1], each[0])):
        if change:
            totals.change(session, row, change, by=by, unit=unit)
    if given_whole:
        totals.change(session, row, -given_whole, by=by)
