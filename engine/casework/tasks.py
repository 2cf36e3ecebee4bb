"""The verbs on one task: claim, release, assign, hold, resume, complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import Session

from engine import clock, drafts, edition, jobs
from engine.casework import rights
from engine.casework.answering import record_answer
from engine.casework.forms import checked
from engine.casework.refusals import (
    AlreadyCompleted,
    CannotReceive,
    ClaimedByAnother,
    HoldInThePast,
    HoldWithoutReason,
    NoLongerWanted,
    NoSuchTask,
    NotClaimed,
    NotHeld,
    NotTheirDeputy,
    NotYours,
)
from engine.casework.running import About, resolve, run
from engine.casework.step import Step
from engine.domain import recusals
from engine.domain.cases import Case
from engine.drafts import Draft
from engine.errors import Refused
from engine.instances import CANCELLED, DONE, HELD, OPEN, WITH_STATE, Instance, WorkItem
from engine.jobs import Job
from engine.store import Store


def claim(store: Store, task_id: str, *, by: str, on_behalf_of: str | None = None) -> None:
    """Take the task. Two at once: one gets it, the other is told who."""

    def take(session: Session) -> None:
        step, task, case = of_task(session, task_id, by, on_behalf_of)
        _free_for(step, task)
        if task.assignee is None:
            give(step, case, task, step.on_behalf_of or by, "claimed")
        step.save()

    run(store, About("claim", by, task_id=task_id), take)


def release(store: Store, task_id: str, *, by: str, on_behalf_of: str | None = None) -> None:
    """Put the task back into its queue; its holder may, and the unit's leader."""

    def put_back(session: Session) -> None:
        step, task, case = of_task(session, task_id, by, on_behalf_of)
        if task.assignee is None:
            raise NotClaimed
        if not rights.leads(session, by, task, case):
            _held_by(step, task, NotYours)
        give(step, case, task, None, "released")
        step.save()

    run(store, About("release", by, task_id=task_id), put_back)


def assign(
    store: Store, task_id: str, to: str, *, by: str, on_behalf_of: str | None = None
) -> None:
    """Give the task to a named colleague, who must be able to see it; in a matrix, the case.

    Its holder may, a stand-in for its holder, the unit's leader, and anybody whose it is to take.
    """

    def hand_over(session: Session) -> None:
        step, task, case = of_task(session, task_id, by, on_behalf_of)
        if not rights.leads(session, by, task, case):
            _free_for(step, task)
        rights.employed(session, to)
        if not rights.works(session, to, task) and not rights.leads_across(session, by, to, case):
            raise CannotReceive(hvem=rights.called(session, to))
        _impartial(session, case, to)
        give(step, case, task, to, "assigned")
        step.save()

    run(store, About("assign", by, task_id=task_id), hand_over)


def hold(
    store: Store,
    task_id: str,
    until: datetime,
    reason: str,
    *,
    by: str,
    on_behalf_of: str | None = None,
) -> None:
    """Let the task rest until an aware moment; it comes back by itself."""

    def rest(session: Session) -> None:
        step, task, case = of_task(session, task_id, by, on_behalf_of)
        _free_for(step, task)
        if until <= clock.now():
            raise HoldInThePast
        if not reason.strip():
            raise HoldWithoutReason
        _end_hold(session, task)
        task.state, task.hold_until, task.hold_reason = HELD, until, reason.strip()
        task.revision += 1
        where = {"process": task.process, "element": task.element}
        jobs.add(
            session,
            jobs.HOLD,
            until,
            case_id=case.id,
            instance_id=task.instance_id,
            ref=task.id,
            **where,
        )
        step.record(
            case,
            "held",
            instance_id=task.instance_id,
            release_id=task.release_id,
            **where,
            task=task.id,
            until=until,
            content={"reason": task.hold_reason},
        )
        step.save()

    run(store, About("hold", by, task_id=task_id), rest)


def resume(store: Store, task_id: str, *, by: str, on_behalf_of: str | None = None) -> None:
    """Take a resting task up again before its time. It keeps whoever holds it.

    Its holder may, a stand-in for its holder, and the unit's leader. Raises NotHeld.
    """

    def rouse(session: Session) -> None:
        step, task, case = of_task(session, task_id, by, on_behalf_of)
        if not rights.leads(session, by, task, case):
            _free_for(step, task)
        if task.state != HELD:
            raise NotHeld
        _end_hold(session, task)
        take_up(step, case, task)
        step.save()

    run(store, About("resume", by, task_id=task_id), rouse)


def take_up(step: Step, case: Case, task: WorkItem) -> None:
    """The task rests no longer; its job is the caller's to delete."""
    task.state, task.hold_until = OPEN, None
    task.revision += 1
    step.record(
        case,
        "hold_ended",
        instance_id=task.instance_id,
        process=task.process,
        element=task.element,
        release_id=task.release_id,
        task=task.id,
    )


def complete(
    store: Store,
    task_id: str,
    answers: Mapping[str, Any] | None,
    *,
    by: str,
    on_behalf_of: str | None = None,
) -> None:
    """Answer the task and let the diagram go on. All of it is saved, or nothing.

    A task that nobody has claimed is claimed by the same step.

    Raises AlreadyCompleted, ClaimedByAnother, NoSuchTask, AnswersRefused, whatever a service
    refuses, and StepFailed when something broke.
    """
    about = About("complete", by, task_id=task_id)

    def finish(session: Session) -> None:
        step = starting(session, by, on_behalf_of)
        task, instance, case, typed = _to_complete(session, task_id)
        about.found(
            case_id=case.id,
            instance_id=instance.id,
            process=task.process,
            element=task.element,
        )
        _workable(step, task, by)
        _impartial(session, case, by)
        _free_for(step, task)
        running = step.run_of(instance, case)
        given = checked(session, running, task, answers or {})
        if task.assignee is None and by != rights.SYSTEM:
            give(step, case, task, step.on_behalf_of or by, "claimed")
        record_answer(step, case, task, given.answers)
        _done(step, task, by)
        if typed:
            drafts.forget(session, [task.id])
        running.flow.complete(task.id, given.variables, raw=given.answers)
        step.save()

    run(store, about, finish)


def starting(session: Session, by: str, on_behalf_of: str | None = None) -> Step:
    """A step for a user, who may act for an absent colleague only."""
    if on_behalf_of not in (None, by) and not rights.stands_in(session, by, on_behalf_of):
        raise NotTheirDeputy(hvem=rights.called(session, on_behalf_of))
    return Step(session, by, on_behalf_of if on_behalf_of != by else None)


def _done(step: Step, task: WorkItem, by: str) -> None:
    if task.state == OPEN:
        step.never_held.add(task.id)
    task.state, task.completed_at, task.completed_by = DONE, step.now, by
    task.hold_until = None
    task.revision += 1
    step.done.add(task.id)
    if task.incident_id is not None:
        resolve(step.session, task.incident_id, by)


def give(step: Step, case: Case, task: WorkItem, to: str | None, kind: str) -> None:
    task.assignee = to
    task.revision += 1
    step.record(
        case,
        kind,
        instance_id=task.instance_id,
        process=task.process,
        element=task.element,
        release_id=task.release_id,
        task=task.id,
        to=to,
    )


def _end_hold(session: Session, task: WorkItem) -> None:
    session.execute(
        delete(Job).where(
            Job.instance_id == task.instance_id, Job.ref == task.id, Job.kind == jobs.HOLD
        )
    )


def of_task(
    session: Session, task_id: str, by: str, on_behalf_of: str | None
) -> tuple[Step, WorkItem, Case]:
    """The unfinished task and its case, locked, when the user may work it."""
    query = (
        select(WorkItem, Case)
        .join(Case, Case.id == WorkItem.case_id)
        .where(WorkItem.id == task_id)
        .with_for_update()
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NoSuchTask
    task, case = row
    step = starting(session, by, on_behalf_of)
    step.case(case)
    _workable(step, task, by)
    _impartial(session, case, by)
    return step, task, case


def with_instance(session: Session, task_id: str) -> tuple[WorkItem, Instance, Case]:
    """The task, its instance ready to be woken, and its case, all locked. Raises NoSuchTask."""
    return _to_complete(session, task_id)[:3]


def _to_complete(session: Session, task_id: str) -> tuple[WorkItem, Instance, Case, bool]:
    """As `with_instance`, and whether something has been typed into the task and not sent."""
    row = session.execute(_WITH_INSTANCE, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NoSuchTask
    *found, name = row
    edition.says(session, name)
    return tuple(found)


#: Whether something was typed: most tasks are answered without, and need no further statement.
_TYPED = exists().where(Draft.task_id == WorkItem.id)
# Made once: the first statement of every step.
_WITH_INSTANCE = (
    select(WorkItem, Instance, Case, _TYPED, edition.NAME)
    .join(Instance, Instance.id == WorkItem.instance_id)
    .join(Case, Case.id == WorkItem.case_id)
    .where(WorkItem.id == bindparam("task_id"))
    .options(*WITH_STATE)
    .with_for_update()
)


def _workable(step: Step, task: WorkItem, by: str) -> None:
    mine = rights.reach(step.session, by)
    if not rights.works(step.session, by, task, mine):
        raise NoSuchTask
    if step.on_behalf_of is None:
        # What is only an absent colleague's to do is done in their name, said or not.
        step.on_behalf_of = rights.in_place_of(mine, task)
    if task.state == CANCELLED:
        raise NoLongerWanted
    if task.state == DONE:
        when = clock.local(task.completed_at)
        who = rights.called(step.session, task.completed_by)
        raise AlreadyCompleted(hvem=who, hvornaar=f"{when:%d.%m.%Y kl. %H.%M}")


def _impartial(session: Session, case: Case, username: str) -> None:
    """Raises ErInhabil where the person has stepped aside from the case."""
    if recusals.has(case, username):
        raise recusals.ErInhabil(hvem=rights.called(session, username))


def _free_for(step: Step, task: WorkItem) -> None:
    """The task is nobody else's; a stand-in acts for the absent colleague who holds it."""
    if task.assignee is not None:
        _held_by(step, task, ClaimedByAnother)


def _held_by(step: Step, task: WorkItem, refusal: type[Refused]) -> None:
    if task.assignee == step.actor:
        return
    if not rights.stands_in(step.session, step.actor, task.assignee):
        raise refusal(hvem=rights.called(step.session, task.assignee))
    step.on_behalf_of = task.assignee
