"""The open tasks of a case, and which of them are the reader's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.instances import UNFINISHED, WorkItem
from engine.queries import holders
from engine.queries.due import Due, DueWords
from engine.queries.inbox_names import which_names


@dataclass(frozen=True)
class Task:
    id: str
    name: str
    due: Due | None
    #: Which one of many it is, a person or a unit.
    about: str
    where: str
    who: str | None
    mine: bool


def of_case(session: Session, username: str, case: Case) -> list[Task]:
    mine = set(
        session.scalars(
            access.visible_tasks(session, username)
            .where(WorkItem.case_id == case.id)
            .with_only_columns(WorkItem.id)
        )
    )
    query = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    query = query.order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id)
    rows = session.scalars(query).all()
    words, about = DueWords(session), which_names(session, username, rows)
    return [
        Task(
            id=row.id,
            name=row.name,
            due=words.of(row.due_at),
            about=about.get(row.id, ""),
            where=holders.queue(session, row.queue, case),
            who=row.assignee and holders.person(session, row.assignee),
            mine=row.id in mine,
        )
        for row in rows
    ]
