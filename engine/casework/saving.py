"""Writes what a flow waits for as rows, by difference: what is untouched keeps its claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import case as by_value
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import bpmn, drafts, jobs
from engine.domain import access
from engine.domain.cases import Case
from engine.domain.organisation import CASE_QUEUES, LEADER_SUFFIX, ROLE_QUEUES, Unit
from engine.instances import (
    CANCELLED,
    ENDED,
    NEVER,
    UNFINISHED,
    Subscription,
    Variable,
    WorkItem,
)
from engine.jobs import Job

if TYPE_CHECKING:
    from engine.casework.step import Run, Step

ENTRY_COLUMNS = ("instance_id", "process", "element", "release_id")
#: Queues whose tasks lie with the unit that owns the case.
OWNER_QUEUES = ("ejer", "ejer-leder")
#: Where a task goes when its diagram names no queue: nothing is ever lost in an empty group.
LAST_RESORT = "ejer-leder"


# Made once: nearly every step writes some of them.
_INSERT = {kind: insert(kind.__table__) for kind in (WorkItem, Job, Subscription)}


@dataclass
class Picture:
    """What an instance waits for at one moment, by id."""

    work: dict[str, bpmn.WorkItem] = field(default_factory=dict)
    timers: dict[str, datetime] = field(default_factory=dict)
    subscriptions: dict[str, tuple] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: bpmn.Flow) -> Picture:
        return cls(
            {item.id: item for item in flow.work},
            {timer.id: timer.due for timer in flow.timers},
            {s.id: (s.kind, s.name, s.key) for s in flow.subscriptions},
            dict(flow.variables()),
        )


def save(step: Step, run: Run) -> None:
    """Write the instance and everything that it waits for, where it changed."""
    flow, instance, now = run.flow, run.instance, step.now
    after = Picture.of(flow)
    instance.state, instance.scopes = flow.state(), flow.scopes()
    if flow.ended and instance.ended_at is None:
        instance.status, instance.ended_at = ENDED, now
    if instance.revision is None:
        # The rows below point at it.
        step.session.add(instance)
        step.session.flush()
    _save_work(step, run, after)
    _save_jobs(step, run, after)
    _save_subscriptions(step, run, after)
    _save_variables(step.session, run, after, now)
    run.before = after


def _save_work(step: Step, run: Run, after: Picture) -> None:
    gone = [id_ for id_ in run.before.work.keys() - after.work.keys() if id_ not in step.done]
    if gone:
        step.session.execute(
            update(WorkItem)
            .where(WorkItem.id.in_(gone), WorkItem.state.in_(UNFINISHED))
            .values(state=CANCELLED, completed_at=step.now, revision=WorkItem.revision + 1)
            .execution_options(synchronize_session=False)
        )
        drafts.forget(step.session, gone)
    new = [
        item
        for id_, item in after.work.items()
        if id_ not in run.before.work and item.kind != jobs.SERVICE
    ]
    if new:
        queues = _queues(step.session, run.case, [item.queue for item in new])
        step.session.execute(_INSERT[WorkItem], [_work_row(run, i, queues, step.now) for i in new])


def _work_row(run: Run, item: bpmn.WorkItem, queues: Mapping, now: datetime) -> dict:
    queue, unit = queues[item.queue]
    desk, person = access.place(queue, run.case)
    return {
        "id": item.id,
        "instance_id": run.instance.id,
        "case_id": run.case.id,
        "release_id": run.instance.release_id,
        "process": item.process,
        "element": item.element,
        "name": item.name,
        "kind": item.kind,
        "queue": queue,
        "unit": unit,
        "desk": desk,
        "person": person,
        "form_id": item.form_id,
        "item": as_text(item.item),
        "due_at": item.due,
        "sort_at": item.due or NEVER,
        "follow_up_at": item.follow_up,
        "priority": 50 if item.priority is None else item.priority,
        "created_at": now,
    }


def _queues(session: Session, case: Case, names: Iterable[str | None]) -> dict:
    """Queue and unit of each name: a role, a unit's code or its Danish name (a lane)."""
    found = {}
    units: dict[str, str] = {}
    for name in set(names):
        if name is None or name in OWNER_QUEUES:
            found[name] = (name or LAST_RESORT, case.owner_unit)
        elif name in CASE_QUEUES or name in ROLE_QUEUES:
            found[name] = (name, None)
        else:
            if not units:
                for code, title in session.execute(select(Unit.code, Unit.name)):
                    units |= {code: code, title: code}
            code = units.get(name.removesuffix(LEADER_SUFFIX))
            suffix = LEADER_SUFFIX if name.endswith(LEADER_SUFFIX) else ""
            found[name] = (code + suffix, code) if code else (LAST_RESORT, case.owner_unit)
    return found


def _save_jobs(step: Step, run: Run, after: Picture) -> None:
    before, instance = run.before, run.instance
    gone = {*before.timers, *before.work} - {*after.timers, *after.work} - step.never_held
    if gone:
        jobs.cancel(step.session, instance.id, gone)
    for id_, due in after.timers.items():
        if before.timers.get(id_, due) != due:
            jobs.move(step.session, instance.id, id_, due)
    new = [
        _job_row(run, jobs.TIMER, timer, timer.due, step.now)
        for timer in run.flow.timers
        if timer.id not in before.timers
    ] + [
        _job_row(run, jobs.SERVICE, item, item.due or step.now, step.now, item.retries)
        for id_, item in after.work.items()
        if id_ not in before.work and item.kind == jobs.SERVICE
    ]
    if new:
        step.session.execute(_INSERT[Job], new)


def _job_row(run: Run, kind: str, waiting: Any, due, now, tries: int | None = None) -> dict:
    return {
        "kind": kind,
        "due_at": due,
        "case_id": run.case.id,
        "instance_id": run.instance.id,
        "ref": waiting.id,
        "process": waiting.process,
        "element": waiting.element,
        "tries": tries or jobs.TRIES,
        "created_at": now,
    }


def _save_subscriptions(step: Step, run: Run, after: Picture) -> None:
    before = run.before.subscriptions
    gone = [id_ for id_, what in before.items() if after.subscriptions.get(id_) != what]
    if gone:
        step.session.execute(
            delete(Subscription)
            .where(Subscription.id.in_(gone))
            .execution_options(synchronize_session=False)
        )
    new = [
        {
            "id": waiting.id,
            "instance_id": run.instance.id,
            "case_id": run.case.id,
            "kind": waiting.kind,
            "name": waiting.name,
            "key": as_text(waiting.key),
            "process": waiting.process,
            "element": waiting.element,
            "created_at": step.now,
        }
        for waiting in run.flow.subscriptions
        if before.get(waiting.id) != (waiting.kind, waiting.name, waiting.key)
    ]
    if new:
        step.session.execute(_INSERT[Subscription], new)


def _save_variables(session: Session, run: Run, after: Picture, now: datetime) -> None:
    before, instance_id = run.before.variables, run.instance.id
    gone = before.keys() - after.variables.keys()
    if gone:
        session.execute(
            delete(Variable)
            .where(Variable.instance_id == instance_id, Variable.name.in_(gone))
            .execution_options(synchronize_session=False)
        )
    changed = [
        {"instance_id": instance_id, "name": name, "value": value, "changed_at": now}
        for name, value in after.variables.items()
        if name not in before or not _same(before[name], value)
    ]
    if changed:
        session.execute(_UPSERT[session.bind.dialect.name], changed)


def _upsert(dialect):
    statement = dialect.insert(Variable.__table__)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["instance_id", "name"],
        set_={"value": new.value, "changed_at": new.changed_at},
    )


_UPSERT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


def _same(one: Any, other: Any) -> bool:
    # 1 and true are equal in Python and different in JSON.
    return one is other or (type(one) is type(other) and orjson.dumps(one) == orjson.dumps(other))


def people(case: Case) -> tuple:
    """Whose queues a case fills: owner unit, coordinator, deputy, who referred it; locked, nobody's."""
    return case.owner_unit, case.koordinator, case.stedfortraeder, case.referred_by, case.locked


def follow_people(session: Session, case: Case, before: tuple) -> None:
    """Who answers for the case has changed: their tasks go to the successor's queue, unclaimed."""
    if people(case) == before:
        return
    owner, *holders, _referrer, _locked = before
    mine = update(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    mine = mine.execution_options(synchronize_session=False)
    if case.owner_unit != owner:
        owners = mine.where(WorkItem.queue.in_(OWNER_QUEUES))
        session.execute(owners.values(unit=case.owner_unit, assignee=None))
    for queue, holder in zip(("koordinator", "stedfortraeder"), holders, strict=True):
        if holder is not None and getattr(case, queue) != holder:
            held = mine.where(WorkItem.queue == queue, WorkItem.assignee == holder)
            session.execute(held.values(assignee=None))
    if case.locked:
        session.execute(mine.values(desk=None, person=None))
        return
    places = {queue: access.place(queue, case) for queue in sorted(CASE_QUEUES)}
    desks, persons = ({q: place[part] for q, place in places.items()} for part in (0, 1))
    session.execute(
        mine.where(WorkItem.queue.in_(places)).values(
            desk=by_value(desks, value=WorkItem.queue),
            person=by_value(persons, value=WorkItem.queue),
        )
    )


def as_text(value: Any) -> str | None:
    """A multi-instance item or a key as text: itself when it is text, else JSON."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
