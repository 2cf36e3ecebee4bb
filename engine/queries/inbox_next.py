"""The next deadline of the cases that the user answers for, for the one whose inbox is empty."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, deadlines
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.queries.inbox_asked import Viewer


def next_due(session: Session, viewer: Viewer) -> date | None:
    """The first day from today on by which something is due in them; None where nothing is."""
    # Whoever leads a unit answers for its people, and sees none of their cases by that.
    found = [
        session.scalar(
            select(func.min(Deadline.due))
            .join(Case, Case.id == Deadline.case_id)
            .where(of_mine, access.existing())
            .where(Deadline.state == deadlines.OPEN, Deadline.due >= clock.today())
        )
        for of_mine in access.answered_for(viewer.mine)
    ]
    return min((day for day in found if day is not None), default=None)
