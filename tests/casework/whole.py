"""Whether a database is whole: every row agrees with the state that it was written beside."""

from __future__ import annotations

from sqlalchemy import func, select

from engine import audit, bpmn, diagrams, events, jobs
from engine.casework.saving import Picture
from engine.instances import (
    DONE,
    UNFINISHED,
    WITH_STATE,
    Instance,
    Subscription,
    Variable,
    WorkItem,
)
from engine.jobs import Job
from engine.store import Store


def faults(store: Store) -> list[str]:
    """What does not fit together; empty when all is well."""
    with store.reading() as session:
        found = [] if audit.verify(session)["ok"] else ["the trail is broken"]
        for instance in session.scalars(select(Instance).options(*WITH_STATE)):
            found += _faults_of(session, instance)
        return found


def _faults_of(session, instance: Instance) -> list[str]:
    program = diagrams.program(session, instance.release_id)
    flow = bpmn.Flow.load(program, None, instance.state, instance.scopes)
    state = Picture.of(flow)
    work = session.scalars(
        select(WorkItem.id).where(
            WorkItem.instance_id == instance.id, WorkItem.state.in_(UNFINISHED)
        )
    )
    timers = session.execute(
        select(Job.ref, Job.due_at).where(Job.instance_id == instance.id, Job.kind == jobs.TIMER)
    )
    waiting = session.scalars(
        select(Subscription.id).where(Subscription.instance_id == instance.id)
    )
    variables = session.execute(
        select(Variable.name, Variable.value).where(Variable.instance_id == instance.id)
    )
    done = session.scalar(
        select(func.count()).where(WorkItem.instance_id == instance.id, WorkItem.state == DONE)
    )
    noted = session.scalar(
        select(func.count()).where(
            events.Event.instance_id == instance.id, events.Event.kind == "answered"
        )
    )
    pairs = {
        "work items": (set(work), set(state.work)),
        "timers": ({ref: due for ref, due in timers}, state.timers),
        "subscriptions": (set(waiting), set(state.subscriptions)),
        "variables": (dict(variables.all()), state.variables),
        "answered tasks in the trail": (noted, done),
    }
    return [f"{what}: {rows} is not {held}" for what, (rows, held) in pairs.items() if rows != held]
