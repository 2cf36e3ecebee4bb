"""The next deadline of the cases that the user answers for, for the one whose inbox is empty."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import deadlines
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.queries.inbox_asked import Viewer


def next_due(session: Session, viewer: Viewer) -> date | None:
    """The first day from today on by which something is due in them; None where nothing is."""
    mine = viewer.mine
    units = mine.units | mine.led_units
    found = [
        session.scalar(
            select(func.min(Deadline.due))
            .join(Case, Case.id == Deadline.case_id)
            .where(of_mine, Case.locked.is_(False))
            .where(Deadline.state == deadlines.OPEN, Deadline.due >= clock.today())
        )
        for of_mine in (Case.koordinator.in_(mine.usernames), Case.owner_unit.in_(units))
    ]
    return min((day for day in found if day is not None), default=None)
