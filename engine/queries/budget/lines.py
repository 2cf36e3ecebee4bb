"""The lines of a year: what each holds, what the units pay into it and bear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget
from engine.domain.budget import BudgetLine
from engine.domain.organisation import Unit

NONE = Decimal(0)


@dataclass(frozen=True)
class Paid:
    """What a unit pays into the line, who decided it and when; the latest decision."""

    unit: str
    amount: Decimal
    decided_by: str
    decided_on: date


@dataclass(frozen=True)
class UnitShare:
    """What a unit bears of the grants, and has borne of the spending."""

    unit: str
    granted: Decimal
    spent: Decimal


@dataclass(frozen=True)
class Line:
    line: str
    name: str
    year: int
    unit: str  # whose own means it is; empty for the shared budget
    total: Decimal
    requested: Decimal
    reserved: Decimal
    granted: Decimal
    spent: Decimal
    free: Decimal
    contributions: list[Paid]
    shares: list[UnitShare]


@dataclass(frozen=True)
class BudgetLines:
    year: int
    years: list[int]
    shared: list[Line]
    own: list[Line]


def lines(session: Session, username: str, year: int | None = None) -> BudgetLines:
    """The lines of a year (this one). Raises NoSuchBudget."""
    budget.must_read(session, username)
    year = year or clock.today().year
    years = session.scalars(select(BudgetLine.year).distinct().order_by(BudgetLine.year))
    rows = session.scalars(
        select(BudgetLine).where(BudgetLine.year == year).order_by(BudgetLine.line)
    )
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    found = [_line(session, row, names) for row in rows]
    return BudgetLines(
        year=year,
        years=list(years),
        shared=[each for each in found if not each.unit],
        own=[each for each in found if each.unit],
    )


def _line(session: Session, row: BudgetLine, names: dict[str, str]) -> Line:
    granted = budget.by_unit(session, row.line)
    spent = budget.spent_by_unit(session, row.line)
    latest = {each.unit: each for each in budget.history(session, row.line)}
    return Line(
        line=row.line,
        name=row.name,
        year=row.year,
        unit=names.get(row.unit, ""),
        **budget.balance(session, row.line),
        contributions=[
            Paid(names.get(unit, unit), each.amount, each.decided_by, each.decided_on)
            for unit, each in sorted(latest.items())
        ],
        shares=[
            UnitShare(names.get(unit, unit), amount, spent.get(unit, NONE))
            for unit, amount in granted.items()
        ],
    )
