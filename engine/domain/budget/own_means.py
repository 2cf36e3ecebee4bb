"""A unit's own means: what it is told to find becomes a line of its own, which is always covered.

A unit's own budget is not kept here; its line `<unit>-<year>` holds only what it was told to find.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.domain.budget import lines
from engine.domain.budget.money import whole
from engine.domain.budget.moves import reserve
from engine.domain.budget.totals import open_line, set_total
from engine.domain.organisation import Unit


def point_out(session: Session, source: str, amount: Decimal, **entry: Any) -> None:
    """Set the amount aside on a line, or let a unit (by its code) bear it out of its own means.

    Raises NoCover, UnknownLine.
    """
    unit = session.get(Unit, source)
    if unit is None:
        reserve(session, source, amount, **entry)
        return
    year = clock.today().year
    code = f"{unit.code.lower()}-{year}"
    open_line(session, code, f"{unit.name} {year}", year, 0, source)
    own = lines.locked(session, code)
    short = whole(amount) - own.free
    if short > 0:
        set_total(session, code, own.total + short, by=entry["by"])
    reserve(session, code, amount, **entry)
