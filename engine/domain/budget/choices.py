"""What a form offers of the budget: its lines, and where cover may be pointed out."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.budget.lines import BudgetLine
from engine.domain.facts import fact
from engine.domain.organisation import Unit


@fact("valg_budgetlinjer")
def _lines(session: Session, case: object) -> list[dict]:
    """The lines of this year and later, with what is free."""
    query = select(BudgetLine).where(BudgetLine.year >= clock.today().year)
    return [
        {"value": row.line, "label": f"{row.name}: {row.free:.0f} kr. fri"}
        for row in session.scalars(query.order_by(BudgetLine.year, BudgetLine.line))
    ]


@fact("valg_daekning")
def _sources(session: Session, case: object) -> list[dict]:
    """Where cover may be pointed out: the lines, and the units' own means."""
    query = select(Unit).where(Unit.partner.is_(False)).order_by(Unit.name)
    units = [{"value": u.code, "label": f"{u.name}: egen ramme"} for u in session.scalars(query)]
    return _lines(session, case) + units
