"""Why a task is due when it is: which rule, which paragraph or local decision, counted from what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import deadlines
from engine.domain.deadlines import Deadline
from engine.instances import WorkItem


@dataclass(frozen=True)
class Why:
    """One rule behind a due date. `source` is the paragraph; None where the municipality decided."""

    rule: str
    source: str | None
    is_local: bool
    words: str
    counted_from: date
    due: date


# A list has fifty tasks: their duties are read as rows, not as objects.
_COLUMNS = (
    Deadline.case_id,
    Deadline.regel,
    Deadline.source,
    Deadline.art,
    Deadline.words,
    Deadline.start,
    Deadline.due,
    Deadline.due_at,
    Deadline.planned,
)


def of_tasks(session: Session, tasks: Iterable[WorkItem | Row]) -> dict[str, list[Why]]:
    """Task id -> the duties of its case that fall on the task's due date.

    A task follows a duty when it is due at its legal day, the day it is planned, or the moment it
    is overdue from: the same reading as when a rule is changed (`casework/rules.py`).
    """
    dated = [task for task in tasks if task.due_at is not None]
    if not dated:
        return {}
    query = (
        select(*_COLUMNS)
        .where(Deadline.case_id.in_({task.case_id for task in dated}))
        .where(Deadline.state != deadlines.CANCELLED)
        .order_by(Deadline.opened_at, Deadline.id)
    )
    duties: dict[tuple[str, datetime], dict[str, Row]] = {}
    for duty in session.execute(query):
        for moment in _moments(duty):
            # Of one rule the latest counts; what has been met tells of tasks that are done.
            duties.setdefault((duty.case_id, moment), {})[duty.regel] = duty
    return {
        task.id: [_why(duty) for duty in duties.get((task.case_id, task.due_at), {}).values()]
        for task in dated
    }


def _moments(duty: Row) -> set[datetime]:
    return {deadlines.midnight(duty.planned), deadlines.midnight(duty.due), duty.due_at}


def _why(duty: Row) -> Why:
    return Why(
        rule=duty.regel,
        source=duty.source,
        is_local=duty.art == "lokal",
        words=duty.words,
        counted_from=clock.local(duty.start).date(),
        due=duty.due,
    )
