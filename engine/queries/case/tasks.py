"""The open tasks of a case, and which of them are the reader's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.instances import UNFINISHED, WorkItem
from engine.queries.due import Due, DueWords


@dataclass(frozen=True)
class Task:
    id: str
    name: str
    due: Due | None
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
    words = DueWords(session)
    return [
        Task(
            id=row.id,
            name=row.name,
            due=words.of(row.due_at),
            where=units.get(row.queue.removesuffix("-leder"), row.queue.capitalize()),
            who=row.assignee and names.get(row.assignee, row.assignee),
            mine=row.id in mine,
        )
        for row in rows
    ]
