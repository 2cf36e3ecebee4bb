"""Lines: one budget of one year, with its running sums. The ledger says how they came about."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.domain.budget.money import Kroner
from engine.errors import Refused
from engine.store import Base


class UnknownLine(Refused):
    """Budgetlinjen {linje} findes ikke. Spørg Økonomi, hvilke linjer der er."""


class BudgetLine(Base):
    """One line of one year. Without a unit it is shared; a unit's own means have a line of theirs."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        CheckConstraint(
            "reserved >= 0 AND committed >= 0 AND spent >= 0"
            " AND reserved + committed + spent <= total",
            name="covered",
        ),
    )

    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    year: Mapped[int]
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    total: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))
    #: Granted and not spent yet.
    committed: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))
    spent: Mapped[Decimal] = mapped_column(Kroner, default=Decimal(0))

    @property
    def granted(self) -> Decimal:
        """What has been granted, spent or not."""
        return self.committed + self.spent

    @property
    def free(self) -> Decimal:
        return self.total - self.reserved - self.granted


def line(session: Session, code: str) -> BudgetLine:
    """Raises UnknownLine."""
    found = session.get(BudgetLine, code)
    if found is None:
        raise UnknownLine(linje=code)
    return found


def locked(session: Session, code: str) -> BudgetLine:
    """The line as it stands now; nobody else changes it in this transaction. Raises UnknownLine."""
    query = select(BudgetLine).where(BudgetLine.line == code).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise UnknownLine(linje=code)
    return found


def shared_lines(session: Session) -> dict[int, str]:
    """Year -> the shared budget of that year; the first by its id, where a year has several."""
    query = select(BudgetLine.year, BudgetLine.line).where(BudgetLine.unit.is_(None))
    rows = session.execute(query.order_by(BudgetLine.line.desc()))
    return dict(sorted((year, code) for year, code in {y: c for y, c in rows}.items()))


def shared_line(session: Session, year: int) -> str:
    """The shared budget of a year. Raises UnknownLine."""
    found = shared_lines(session).get(year)
    if found is None:
        raise UnknownLine(linje=f"fælles {year}")
    return found
