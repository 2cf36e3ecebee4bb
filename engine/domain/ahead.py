"""What lies ahead of a case: its open duties and its planned meetings, read together and once.

A step asks many times, and so does a page. Whoever changes them has locked the case's row, so that
what was read stands until the session ends; what is new is added by the module that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from engine.domain.cases import Case

if TYPE_CHECKING:
    from engine.domain.deadlines import Deadline
    from engine.domain.meetings import Meeting


@dataclass(frozen=True)
class Ahead:
    """Rows that were open or planned when the session first asked, and those made since."""

    duties: list[Deadline]
    meetings: list[Meeting]


def of(session: Session, case: Case) -> Ahead:
    """What lies ahead of the case; some of it may have ended in this session."""
    known = session.info.setdefault(_AHEAD, {})
    if case.id not in known:
        known[case.id] = _read(session, case)
    return known[case.id]


def _read(session: Session, case: Case) -> Ahead:
    duties, meetings = {}, {}
    for duty, meeting in session.execute(_query(), {"case_id": case.id}):
        if duty is not None:
            duties[duty.id] = duty
        if meeting is not None:
            meetings[meeting.id] = meeting
    return Ahead([*duties.values()], [*meetings.values()])


@cache
def _query() -> Select:
    from engine.domain.deadlines import OPEN, Deadline  # they ask here; late, or a circle
    from engine.domain.meetings import PLANNED, Meeting

    # A case has few of either, so that each with each is few rows.
    return (
        select(Deadline, Meeting)
        .select_from(Case)
        .outerjoin(Deadline, and_(Deadline.case_id == Case.id, Deadline.state == OPEN))
        .outerjoin(Meeting, and_(Meeting.case_id == Case.id, Meeting.state == PLANNED))
        .where(Case.id == bindparam("case_id"))
    )


_AHEAD = "ahead_of_cases"
