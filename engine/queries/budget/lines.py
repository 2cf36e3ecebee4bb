"""The lines of a year: what each holds, what the units pay into it and bear of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget
from engine.domain.budget import BudgetLine
from engine.domain.organisation import Unit

NONE = Decimal(0)


@dataclass(frozen=True)
class UnitShare:
    """What a unit pays into the line, bears of its grants, and has borne of the spending."""

    code: str
    unit: str
    paid: Decimal
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
    shares: list[UnitShare]

    @property
    def bound(self) -> Decimal:
        """What is set aside and granted: nobody else can have it."""
        return self.reserved + self.granted

    @property
    def given_whole(self) -> bool:
        """Whether the total was given as one amount, and not by what units pay."""
        return not any(share.paid for share in self.shares)


@dataclass(frozen=True)
class BudgetLines:
    """`ahead` are the shared lines of later years, where grants of several years are bound too."""

    year: int
    years: list[int]
    shared: list[Line]
    own: list[Line]
    ahead: list[Line]


def lines(session: Session, username: str, year: int | None = None) -> BudgetLines:
    """The lines of a year (this one). Raises NoSuchBudget."""
    budget.must_read(session, username)
    year = year or clock.today().year
    years = session.scalars(select(BudgetLine.year).distinct().order_by(BudgetLine.year))
    rows = session.scalars(
        select(BudgetLine).where(BudgetLine.year >= year).order_by(BudgetLine.year, BudgetLine.line)
    )
    names = unit_names(session)
    found = [_line(session, row, names) for row in rows]
    now = [each for each in found if each.year == year]
    return BudgetLines(
        year=year,
        years=list(years),
        shared=[each for each in now if not each.unit],
        own=[each for each in now if each.unit],
        ahead=[each for each in found if each.year > year and not each.unit],
    )


def line(session: Session, username: str, code: str) -> Line:
    """One line. Raises NoSuchBudget, UnknownLine."""
    budget.must_read(session, username)
    return _line(session, budget.line(session, code), unit_names(session))


def unit_names(session: Session) -> dict[str, str]:
    """Code -> name, of the municipality's own units."""
    query = select(Unit.code, Unit.name).where(Unit.partner.is_(False)).order_by(Unit.name)
    return dict(session.execute(query).all())


def _line(session: Session, row: BudgetLine, names: dict[str, str]) -> Line:
    granted = budget.by_unit(session, row.line)
    spent = budget.spent_by_unit(session, row.line)
    paid = budget.contributions(session, row.line)
    return Line(
        line=row.line,
        name=row.name,
        year=row.year,
        unit=names.get(row.unit, ""),
        **budget.balance(session, row.line),
        shares=[
            UnitShare(
                code=unit,
                unit=names.get(unit, unit),
                paid=paid.get(unit, NONE),
                granted=granted.get(unit, NONE),
                spent=spent.get(unit, NONE),
            )
            for unit in sorted({*paid, *granted}, key=lambda each: names.get(each, each))
        ],
    )
