"""The open tasks of a case, and which of them are the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access
from engine.domain.cases import Case
from engine.instances import UNFINISHED, WorkItem


@dataclass(frozen=True)
class Task:
    id: str
    name: str
    due_at: datetime | None
    overdue: bool
    where: str
    who: str | None
    mine: bool


def of_case(session: Session, username: str, case: Case, names: dict, units: dict) -> list[Task]:
    mine = set(
        session.scalars(
            access.visible_tasks(session, username)
            .where(WorkItem.case_id == case.id)
            .with_only_columns(WorkItem.id)
        )
    )
    query = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    rows = session.scalars(query.order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id))
    return [
        Task(
            id=row.id,
            name=row.name,
            due_at=row.due_at,
            overdue=row.due_at is not None and row.due_at <= clock.now(),
            where=units.get(row.queue.removesuffix("-leder"), row.queue.capitalize()),
            who=row.assignee and names.get(row.assignee, row.assignee),
            mine=row.id in mine,
        )
        for row in rows
    ]
