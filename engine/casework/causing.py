"""What followed from one answer, read from the trail: for whoever is about to correct it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.answering import ANSWERED
from engine.casework.correcting import answers_of
from engine.domain.letters import Letter
from engine.events import Event
from engine.instances import WorkItem
from engine.jobs import Job

#: What the flow's own machinery writes, and what only says how the answer itself went.
_SILENT = frozenset(
    "answered claimed variables completed entered passed chose caught decided timer_skipped"
    " timer_undated".split()
)
TASK, TIMER, LETTER, JOB, FACT = "task", "timer", "letter", "job", "fact"


@dataclass(frozen=True)
class Consequence:
    """One thing that followed. `kind`: task, timer, job, letter, or fact (another line of the trail).

    `state`: of a task `open`, `held`, `done` or `cancelled`; of a timer or job `waiting`, `incident`
    or `done`; of a letter `written` or `stopped`. `ref` is the row's id, or a fact's kind.
    """

    kind: str
    name: str
    element: str | None
    at: datetime
    ref: str | None = None
    state: str | None = None
    by: str | None = None


def caused(session: Session, task_id: str) -> list[Consequence]:
    """What the step that answered the task brought about, in the order of the trail.

    Whoever asks has made sure that the reader may see the case. Empty for a task without an answer.
    """
    task = session.get(WorkItem, task_id)
    versions = answers_of(session, task) if task is not None else []
    if not versions:
        return []
    lines = _step(session, task, versions[0].seq)
    found = [c for line in lines if (c := _of_line(session, line)) is not None]
    return found + _letters(session, task, versions[0].seq, versions[0].at)


def _step(session: Session, task: WorkItem, seq: int) -> list[Event]:
    """The lines of the step that began with the answer: one moment, one unbroken run of lines.

    Two steps of one case never share a moment by the machine's clock, as the case's row is locked
    from one to the next; under a virtual clock that stands still they may, and are told apart only
    where an answer begins.
    """
    query = select(Event).where(Event.case_id == task.case_id, Event.seq >= seq)
    lines: list[Event] = []
    for event in session.scalars(query.order_by(Event.seq)):
        if lines and (event.at != lines[0].at or event.kind == ANSWERED):
            break
        lines.append(event)
    return lines


def _of_line(session: Session, line: Event) -> Consequence | None:
    name = line.facts.get("label") or line.facts.get("task") or line.element or line.kind
    if line.kind in _SILENT:
        return None
    if line.kind == "timer_armed":
        return _of_job(session, line, TIMER, name, line.facts.get("id"))
    if line.kind != "waiting":
        return Consequence(FACT, name, line.element, line.at, line.kind)
    if line.facts.get("kind") == "service":
        return _of_job(session, line, JOB, name, None)
    row = _begun(session, line)
    if row is None:
        return Consequence(TASK, name, line.element, line.at)
    return Consequence(TASK, name, line.element, line.at, row.id, row.state, row.completed_by)


def _begun(session: Session, line: Event) -> WorkItem | None:
    """The task that began with this line: the last of its element before the line was written."""
    query = select(WorkItem).where(
        WorkItem.instance_id == line.instance_id,
        WorkItem.element == line.element,
        WorkItem.created_at <= line.at,
    )
    return session.scalars(query.order_by(WorkItem.created_at.desc()).limit(1)).first()


def _of_job(session: Session, line: Event, kind: str, name: str, ref: Any) -> Consequence:
    query = select(Job).where(Job.instance_id == line.instance_id, Job.element == line.element)
    row = session.scalars(query.where(Job.ref == ref) if ref else query).first()
    # A job that is gone has been done, or is not wanted any more.
    return Consequence(kind, name, line.element, line.at, ref, row.state if row else "done")


def _letters(session: Session, task: WorkItem, seq: int, at: datetime) -> list[Consequence]:
    """Letters written while the step held the case: after the line before it, until it was saved."""
    before = select(Event.at).where(Event.case_id == task.case_id, Event.seq < seq, Event.at < at)
    last = session.scalar(before.order_by(Event.seq.desc()).limit(1))
    query = select(Letter).where(Letter.case_id == task.case_id, Letter.written_at <= at)
    if last is not None:
        query = query.where(Letter.written_at > last)
    return [
        Consequence(
            LETTER,
            f"{row.code} {row.title}",
            None,
            row.written_at,
            row.id,
            "stopped" if row.stopped else "written",
            row.written_by,
        )
        for row in session.scalars(query.order_by(Letter.written_at, Letter.journal_no))
    ]
