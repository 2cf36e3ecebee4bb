"""The verb `change_rule`: the municipality decides another value, for new duties or running ones too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, diagrams, events, jobs, outbox
from engine.casework.running import About, run
from engine.casework.step import Message, Step
from engine.domain import deadlines, rules
from engine.domain.calendar import WorkingDays
from engine.domain.deadlines import Deadline
from engine.instances import UNFINISHED, WorkItem
from engine.jobs import Job
from engine.store import Store


def change_rule(
    store: Store, regel: str, value: Any, *, by: str, applies_to_running: bool = False
) -> None:
    """Give a rule another local value from now on.

    With `applies_to_running` every open duty of the rule is counted again, and the timers that
    were set by it move along: one job and one transaction per case, so that none is forgotten.
    """

    def decide(session: Session) -> list[int]:
        rules.decide_locally(session, regel, value, by)
        facts = {"rule": regel, "value": value, "applies_to_running": applies_to_running}
        events.record_system(session, events.Entry("rule_changed", by, facts=facts))
        if not applies_to_running:
            return []
        query = select(Deadline.case_id).distinct().order_by(Deadline.case_id)
        running = query.where(Deadline.regel == regel, Deadline.state == deadlines.OPEN)
        added = [
            jobs.add(session, jobs.RECOUNT, clock.now(), case_id=case_id, payload={"regel": regel})
            for case_id in session.scalars(running)
        ]
        session.flush()
        return [job.id for job in added]

    from engine.casework.due import wake

    for job_id in run(store, About("change_rule", by), decide):
        wake(store, job_id)


def recount(step: Step, job: Job) -> None:
    """Count one case's open duties of a rule again, and move what hangs on them."""
    case, regel = step.lock(job.case_id), job.payload["regel"]
    rule, days = rules.lookup(step.session, regel), WorkingDays.of(step.session)
    moved: dict[datetime, datetime] = {}
    for deadline in deadlines.open_deadlines(step.session, case, regel):
        before, due = _moments(deadline), deadline.due
        deadlines.count_again(deadline, rule, days)
        moved |= dict(zip(before, _moments(deadline), strict=True))
        step.record(
            case, "deadline_moved", rule=regel, before=due.isoformat(), due=deadline.due.isoformat()
        )
        # Whoever has the case hears of it: a day is never moved silently.
        told = case.koordinator or case.owner_unit
        outbox.put(step.session, "frist_flyttet", case_id=case.id, regel=regel, til=told)
    step.session.delete(job)
    moved = {old: new for old, new in moved.items() if old != new}
    _move_timers(step, case.id, moved)
    _move_tasks(step, case.id, moved)
    step.deliver(Message(case, "message", "frist_aendret", None, {"regel": regel}))


def _moments(deadline: Deadline) -> tuple[datetime, ...]:
    return (
        deadlines.midnight(deadline.planned),
        deadlines.midnight(deadline.due),
        deadline.due_at,
    )


def _move_timers(step: Step, case_id: str, moved: dict[datetime, datetime]) -> None:
    query = select(Job).where(
        Job.case_id == case_id, Job.kind == jobs.TIMER, Job.due_at.in_(list(moved))
    )
    for timer in step.session.scalars(query).all():
        running = step.load(timer.instance_id)
        program = diagrams.program(step.session, running.instance.release_id)
        asked = program.element(timer.process, timer.element).event.timer.text
        # Set by the case, and to the very moment of the duty: so by the duty.
        if "sag." in asked:
            running.flow.move_timer(timer.ref, moved[timer.due_at])


def _move_tasks(step: Step, case_id: str, moved: dict[datetime, datetime]) -> None:
    query = select(WorkItem).where(
        WorkItem.case_id == case_id,
        WorkItem.state.in_(UNFINISHED),
        WorkItem.due_at.in_(list(moved)),
    )
    for task in step.session.scalars(query):
        task.due_at = moved[task.due_at]
