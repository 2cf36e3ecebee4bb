"""What a running task sees: the variables in its sight, read without moving anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import bpmn, clock
from engine.diagrams.releases import program
from engine.errors import Broken
from engine.instances import WITH_STATE, Instance, Variable, WorkItem


class _Onlooker:
    """A host (`engine.bpmn.Host`) for a flow that is only looked at."""

    def __init__(self, sag: Mapping[str, Any]):
        self._sag = sag

    def now(self) -> datetime:
        return clock.now()

    def sag(self) -> Mapping[str, Any]:
        return self._sag

    def _refuse(self, *_: object) -> None:
        raise Broken("a flow that is only looked at was asked to act")

    serve = complete_listener = decide = _refuse


def variables(session: Session, task: WorkItem, sag: Mapping[str, Any]) -> dict[str, Any]:
    """Every variable that an open task sees; of a finished one those of its instance."""
    query = select(Instance).where(Instance.id == task.instance_id).options(*WITH_STATE)
    instance = session.scalars(query).one()
    if instance.ended_at is None:
        flow = bpmn.Flow.load(
            program(session, instance.release_id), _Onlooker(sag), instance.state, instance.scopes
        )
        try:
            return flow.seen_by(task.id)
        except bpmn.WorkGone:
            pass
    rows = select(Variable.name, Variable.value).where(Variable.instance_id == instance.id)
    return dict(session.execute(rows).all())


def item(task: WorkItem) -> Any:
    """Which one of a multi-instance the task is, as it was before it became text."""
    if task.item is None or task.item[:1] not in '{["':
        return task.item
    try:
        return orjson.loads(task.item)
    except orjson.JSONDecodeError:
        return task.item
