"""What happens by itself: one due job, everything due, and a person's retry of what failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, incidents, jobs
from engine.casework.refusals import NoSuchIncident
from engine.casework.rights import SYSTEM
from engine.casework.rules import recount
from engine.casework.running import About, open_incident, resolve, run
from engine.casework.standing import begin, go_over
from engine.casework.step import Step
from engine.casework.tasks import take_up
from engine.domain.cases import Case
from engine.instances import HELD, WorkItem
from engine.jobs import Job
from engine.store import Busy, Store

log = logging.getLogger(__name__)

#: What `wake` answers.
DONE, STALE, RETRY, INCIDENT, BUSY = "done", "stale", "retry", "incident", "busy"


def wake(store: Store, job_id: int) -> str:
    """Carry out one due job: `done`; `stale` when it is gone, not due, or somebody else has it.

    A failure rolls everything back and gives `retry` (later) or, with no tries left, `incident`;
    `busy` when the case could not be had in time: nothing happened, it stays due.
    """
    try:
        return store.write(lambda session: _carry_out(store, session, job_id))
    except Busy:
        return BUSY
    except Exception as error:
        log.warning("job %s failed: %s", job_id, incidents.detail(error))
        return _failed(store, job_id, error)


def run_due(store: Store, until: datetime | None = None) -> int:
    """Carry out everything that is due, strictly in order of (due_at, id); how many were done.

    Jobs that a job adds are carried out too when they are due. What fails waits for its retry.
    """
    until, done, passed = until or clock.now(), 0, set()
    while True:
        with store.reading() as session:
            query = jobs.due(until, limit=1)
            # What somebody else holds is theirs; do not turn in circles over it.
            ids = session.scalars(query.where(Job.id.not_in(passed)) if passed else query).all()
        if not ids:
            return done
        outcome = wake(store, ids[0])
        done += outcome == DONE
        if outcome in (STALE, BUSY):
            passed.add(ids[0])


def retry(store: Store, incident_id: int, by: str) -> None:
    """Try again what stands as an incident: its job is due now, with all its tries.

    An incident without a job is a person's step: it is closed, and the person tries again.
    """

    def again(session: Session) -> None:
        incident = resolve(session, incident_id, by)
        if incident is None:
            raise NoSuchIncident
        job = incident.job_id and session.get(Job, incident.job_id, with_for_update=True)
        if job:
            job.state, job.tries, job.due_at = jobs.WAITING, jobs.TRIES, clock.now()
        if incident.case_id is not None:
            step = Step(session, by)
            case = step.lock(incident.case_id)
            step.record(
                case,
                "incident_retried",
                incident=incident.id,
                instance_id=incident.instance_id,
                process=incident.process,
                element=incident.element,
            )
            step.save()

    run(store, About("retry", by), again)


def _carry_out(store: Store, session: Session, job_id: int) -> str:
    job = session.scalars(
        select(Job).where(Job.id == job_id).with_for_update(skip_locked=True)
    ).one_or_none()
    if job is None or job.state != jobs.WAITING or job.due_at > clock.now():
        return STALE
    step = Step(session, SYSTEM, job_id=job.id)
    if job.case_id is not None:
        # Whoever holds the case may be taking this very job away: never wait for it while
        # holding the job, start over instead.
        case = select(Case).where(Case.id == job.case_id).with_for_update(nowait=True)
        step.case(session.scalars(case).one())
    _KINDS[job.kind](step, job)
    step.save()
    return DONE


def _fire(step: Step, job: Job) -> None:
    run = step.load(job.instance_id)
    if any(timer.id == job.ref for timer in run.flow.timers):
        # The row goes, or moves to the next round, with the difference that the step makes.
        run.flow.fire(job.ref)
    else:
        step.session.delete(job)


def _serve(step: Step, job: Job) -> None:
    run = step.load(job.instance_id)
    work = next((item for item in run.flow.work if item.id == job.ref), None)
    if work is None:
        step.session.delete(job)
        return
    run.serve(work)


def _take_up(step: Step, job: Job) -> None:
    task = step.session.get(WorkItem, job.ref, with_for_update=True)
    if task is not None and task.state == HELD:
        take_up(step, step.lock(job.case_id), task)
    step.session.delete(job)


_KINDS: dict[str, Callable[[Step, Job], None]] = {
    jobs.TIMER: _fire,
    jobs.SERVICE: _serve,
    jobs.HOLD: _take_up,
    jobs.RECOUNT: recount,
    jobs.START: begin,
    jobs.SWEEP: go_over,
}


def _failed(store: Store, job_id: int, error: BaseException) -> str:
    """Write down the failure in a transaction of its own; give the job another try, or none."""

    def note(session: Session) -> tuple[str, About | None]:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.state != jobs.WAITING:
            return STALE, None
        job.attempts += 1
        job.tries -= 1
        job.error = type(error).__name__
        if job.tries > 0:
            job.due_at = clock.now() + jobs.backoff(job.attempts)
            return RETRY, None
        job.state = jobs.INCIDENT
        return INCIDENT, About(
            "wake",
            SYSTEM,
            job_id=job.id,
            case_id=job.case_id,
            instance_id=job.instance_id,
            process=job.process,
            element=job.element,
        )

    outcome, about = store.write(note)
    if about is not None:
        open_incident(store, about, error)
    return outcome
