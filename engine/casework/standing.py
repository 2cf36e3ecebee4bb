"""What comes round by itself and belongs to no instance: sweeps, and timer start events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, diagrams, feel, jobs
from engine.bpmn.timers import Schedule, schedule
from engine.casework import keeping, settling
from engine.casework.step import Step
from engine.domain import cases
from engine.jobs import Job
from engine.store import Store

_sweeps: dict[str, tuple[timedelta, Callable[[Step], None]]] = {}


def sweep(name: str, every: timedelta) -> Callable:
    """Register a function (step) that goes over all cases at an interval.

    It finds what time has broken by a query and mends it through the step it is given.
    """

    def register(function: Callable[[Step], None]) -> Callable[[Step], None]:
        _sweeps[name] = (every, function)
        return function

    return register


#: How often all open cases, and all grants, are gone over.
EVERY_DAY = timedelta(days=1)

sweep("invariants", EVERY_DAY)(keeping.sweep)
sweep("bevillinger", EVERY_DAY)(settling.sweep)


def arm(store: Store) -> None:
    """See to it that every sweep and every timer start event in force has its job. Repeatable."""

    def write(session: Session) -> None:
        standing = (jobs.SWEEP, jobs.START)
        armed = {
            (job.kind, job.ref, job.payload.get("timer")): job
            for job in session.scalars(select(Job).where(Job.kind.in_(standing)))
        }
        wanted = {(jobs.SWEEP, name, None): None for name in _sweeps}
        for start in diagrams.own_starts(session, "timer"):
            wanted[jobs.START, f"{start.process}:{start.element}", start.timer] = start
        for key in armed.keys() - wanted.keys():
            session.delete(armed[key])
        for kind, ref, timer in wanted.keys() - armed.keys():
            start = wanted[kind, ref, timer]
            if start is None:
                jobs.add(session, kind, clock.now(), ref=ref, payload={})
            else:
                _arm_start(session, ref, start)

    store.write(write)


def go_over(step: Step, job: Job) -> None:
    """One round of a sweep; its job stays for the next."""
    every, function = _sweeps[job.ref]
    function(step)
    while job.due_at <= clock.now():
        job.due_at += every


def begin(step: Step, job: Job) -> None:
    """A timer start event is due: its process starts on a case without a citizen."""
    case = step.case(cases.create(step.session, "andet"))
    step.record(case, "case_opened", process=job.process, element=job.element)
    step.start(case, job.process, start_event=job.element)
    following = _schedule(job.payload["schedule"]).following()
    if following is None:
        job.state = jobs.SPENT  # the row stays, so that the same start is not armed once more
    else:
        job.due_at, job.payload = following.due, {**job.payload, "schedule": _plain(following)}


def _arm_start(session: Session, ref: str, start: diagrams.OwnStart) -> None:
    text = start.timer
    if text.startswith("="):
        text = feel.to_json(feel.parse(text[1:].strip()).evaluate({}, now=clock.now))
    first = schedule(text, clock.now())
    if first is not None:
        jobs.add(
            session,
            jobs.START,
            first.due,
            ref=ref,
            process=start.process,
            element=start.element,
            payload={"timer": start.timer, "schedule": _plain(first)},
        )


def _plain(at: Schedule) -> dict:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(at).items()
    }


def _schedule(plain: dict) -> Schedule:
    moments = {
        name: plain[name] and datetime.fromisoformat(plain[name]) for name in ("due", "anchor")
    }
    return Schedule(**{**plain, **moments})
