"""The verb that keeps what somebody is typing into a task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, drafts
from engine.casework import rights
from engine.casework.refusals import (
    AlreadyCompleted,
    ClaimedByAnother,
    NoLongerWanted,
    NoSuchTask,
)
from engine.casework.running import About, run
from engine.instances import CANCELLED, DONE, WorkItem
from engine.store import Store


def keep_draft(
    store: Store,
    task_id: str,
    tab: str,
    answers: Mapping[str, Any],
    *,
    by: str,
    upon: Collection[str] = (),
) -> drafts.Saved:
    """Keep the answers of one tab, whether they hold or not.

    `upon`: the marks of the drafts that the page was built upon. Raises what `complete` raises
    when the task is not the user's to answer.
    """

    def write(session: Session) -> drafts.Saved:
        task = session.scalar(select(WorkItem).where(WorkItem.id == task_id).with_for_update())
        if task is None:
            raise NoSuchTask
        _mine_to_write(session, task, by)
        return drafts.put(session, task_id, tab, dict(answers), by, upon)

    return run(store, About("keep_draft", by, task_id=task_id), write)


def _mine_to_write(session: Session, task: WorkItem, by: str) -> None:
    if not rights.works(session, by, task):
        raise NoSuchTask
    if task.state == CANCELLED:
        raise NoLongerWanted
    if task.state == DONE:
        when = clock.local(task.completed_at)
        raise AlreadyCompleted(
            hvem=rights.called(session, task.completed_by), hvornaar=f"{when:%d.%m.%Y kl. %H.%M}"
        )
    if task.assignee not in (None, by) and not rights.stands_in(session, by, task.assignee):
        raise ClaimedByAnother(hvem=rights.called(session, task.assignee))
