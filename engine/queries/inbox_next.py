"""The next deadline of the cases that the user answers for, for the one whose inbox is empty."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, deadlines
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.queries.inbox_asked import Viewer

#: So many of the municipality's nearest duties are looked through before the cases one by one:
#: whoever answers for many cases has one among them.
NEAREST = 2000


def next_due(session: Session, viewer: Viewer) -> date | None:
    """The first day from today on by which something is due in them; None where nothing is."""
    # Whoever leads a unit answers for its people, and sees none of their cases by that.
    ways = access.answered_for(viewer.mine)
    near = _ahead().order_by(Deadline.due_at).limit(NEAREST).subquery()
    among = select(near.c.due).join(Case, Case.id == near.c.case_id).where(or_(*ways))
    found = session.scalar(among.where(access.existing()).order_by(near.c.due_at).limit(1))
    return found or min(filter(None, (_case_by_case(session, way) for way in ways)), default=None)


def _case_by_case(session: Session, way) -> date | None:
    query = _ahead().join(Case, Case.id == Deadline.case_id).where(way, access.existing())
    row = session.execute(query.order_by(Deadline.due).limit(1)).first()
    return row and row.due


def _ahead() -> Select:
    """What is still open and due today or later."""
    today = clock.today()
    return select(Deadline.case_id, Deadline.due, Deadline.due_at).where(
        Deadline.state == deadlines.OPEN,
        Deadline.due_at >= deadlines.midnight(today),
        Deadline.due >= today,
    )
