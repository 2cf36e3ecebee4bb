"""The inbox: the tasks that the user may work, one tab and one page at a time.

A page is merged from the first rows of each lane and continued behind its last row, so it costs the
same on the first page as on the thousandth, and whatever lies in other units' queues.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row as Stored
from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.instances import DONE, HELD, WorkItem
from engine.queries import inbox_asked, search, why
from engine.queries.due import Due, DueWords
from engine.queries.inbox_asked import Asked, Cursor, Viewer
from engine.queries.inbox_names import queue_names, user_names, which_names
from engine.queries.why import Why

SIZE = 50


@dataclass(frozen=True)
class Row:
    """A task in a list. Without `nummer` the case is not the user's to see.

    `about`: which one of many the task is, a person or a unit.
    """

    id: str
    name: str
    about: str
    nummer: str | None
    citizens: str
    due: Due | None
    why: list[Why]
    queue: str
    responsible: str | None
    claimed: bool
    mine: bool
    stands_in_for: str | None
    held_until: datetime | None
    held_because: str | None
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True)
class Page:
    """Rows of a tab, and the cursors of the pages beside it; None where there is none."""

    asked: Asked
    rows: list[Row]
    next: Cursor | None
    previous: Cursor | None


def page(session: Session, viewer: Viewer, asked: Asked, size: int = SIZE) -> Page:
    """The page of the asked tab behind `after`, before `before`, or the first one."""
    backwards = asked.before is not None
    cursor = asked.before or asked.after
    found = _ids(session, viewer, asked, cursor, backwards, size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
        if not more and len(found) < size:
            # What stood before has gone meanwhile: the first page is what is left.
            return page(session, viewer, asked.from_the_top(), size)
    ends = [Cursor(row.at, row.id) for row in (found[:1] + found[-1:])]
    return Page(
        asked=asked,
        rows=_rows(session, viewer, [row.id for row in found]),
        next=ends[-1] if found and (more or backwards) else None,
        previous=ends[0] if found and (more if backwards else cursor is not None) else None,
    )


def opened(session: Session, viewer: Viewer, asked: Asked) -> Asked:
    """The asked with a tab, its words looked up: what is mine first, else what is free."""
    asked = inbox_asked.sought(session, asked)
    if asked.tab in inbox_asked.TABS:
        return asked
    mine = replace(asked, tab=inbox_asked.MINE)
    return (
        mine if _ids(session, viewer, mine, None, False, 1) else replace(asked, tab="ikke_fordelt")
    )


def _ids(session, viewer, asked, cursor, backwards, limit) -> list:
    sorted_at = inbox_asked.sorted_by(asked.tab)
    down = (asked.tab == inbox_asked.DONE_TODAY) != backwards

    def order(*columns) -> list:
        return [column.desc() if down else column for column in columns]

    parts = []
    for _lane, part in inbox_asked.by_lane(
        viewer, asked, sorted_at.label("at"), WorkItem.id, apart=True
    ):
        if cursor is not None:
            part = part.where(inbox_asked.beyond(asked.tab, cursor, backwards))
        # Wrapped: a part of a UNION has no order and limit of its own.
        parts.append(select(part.order_by(*order(sorted_at, WorkItem.id)).limit(limit).subquery()))
    if not parts:
        return []
    merged = union_all(*parts).subquery()
    query = select(merged.c.at, merged.c.id).order_by(*order(merged.c.at, merged.c.id))
    return list(session.execute(query.limit(limit)))


def _rows(session: Session, viewer: Viewer, ids: list[str]) -> list[Row]:
    if not ids:
        return []
    query = (
        select(*_COLUMNS, Case.nummer)
        .join(Case, Case.id == WorkItem.case_id)
        .where(WorkItem.id.in_(ids))
    )
    tasks = {task.id: task for task in session.execute(query)}
    teller = _Teller.of(session, viewer, list(tasks.values()))
    return [teller.row(tasks[id_]) for id_ in ids]


# Read as rows, not as objects: that is most of what fifty tasks cost.
_COLUMNS = (
    WorkItem.id,
    WorkItem.case_id,
    WorkItem.name,
    WorkItem.item,
    WorkItem.queue,
    WorkItem.desk,
    WorkItem.person,
    WorkItem.assignee,
    WorkItem.state,
    WorkItem.due_at,
    WorkItem.hold_until,
    WorkItem.hold_reason,
    WorkItem.completed_at,
    WorkItem.completed_by,
)


@dataclass(frozen=True)
class _Teller:
    """What the rows of one page say beside what stands on the tasks, looked up together."""

    viewer: Viewer
    hidden: set[str]
    about: dict[str, str]
    citizens: dict[str, str]
    reasons: dict[str, list[Why]]
    people: dict[str, str]
    queues: dict[str, str]
    words: DueWords

    @classmethod
    def of(cls, session: Session, viewer: Viewer, tasks: list[Stored]) -> _Teller:
        hidden = _hidden(session, viewer, tasks)
        shown = [task for task in tasks if task.case_id not in hidden]
        people = {name for t in tasks for name in (t.assignee, t.person, t.completed_by)}
        return cls(
            viewer,
            hidden,
            which_names(session, viewer.username, shown),
            search.citizens(session, list({task.case_id for task in shown}), viewer.username),
            why.of_tasks(session, shown),
            user_names(session, people | viewer.mine.usernames),
            queue_names(session, {t.desk or t.queue for t in tasks}),
            DueWords(session),
        )

    def row(self, task: Stored) -> Row:
        opens = task.case_id not in self.hidden
        instead_of = access.in_place_of(self.viewer.mine, task)
        held, done = task.state == HELD, task.state == DONE
        return Row(
            id=task.id,
            name=task.name,
            about=self.about.get(task.id, ""),
            nummer=task.nummer if opens else None,
            citizens=self.citizens.get(task.case_id, ""),
            due=self.words.of(task.due_at),
            why=self.reasons.get(task.id, []),
            queue=self.queues[task.desk or task.queue],
            responsible=self._name(task.assignee or task.person),
            claimed=task.assignee is not None,
            mine=task.assignee in self.viewer.mine.usernames,
            stands_in_for=instead_of and self._name(instead_of),
            held_until=task.hold_until if held else None,
            held_because=task.hold_reason if held else None,
            done_at=task.completed_at if done else None,
            done_by=self._name(task.completed_by) if done else None,
        )

    def _name(self, username: str | None) -> str | None:
        return self.people.get(username, username)


def _hidden(session: Session, viewer: Viewer, tasks: list[Stored]) -> set[str]:
    """The cases of these tasks whose content the user may not see: the task is all that shows."""
    blind = viewer.mine.blind_units
    # An unfinished task of one's own unit opens its case; a finished one may not, and a
    # partner's never does.
    doubtful = {
        task.case_id for task in tasks if task.state == DONE or (blind and task.desk in blind)
    }
    if not doubtful:
        return set()
    return doubtful - access.seen_among(session, viewer.username, doubtful)
