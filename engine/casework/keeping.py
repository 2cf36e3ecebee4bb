"""Keeps every case to the invariants of C4: refuses a step that breaks one, mends what time breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from engine import diagrams
from engine.casework import closing
from engine.domain import appointment, invariants
from engine.domain.cases import Case
from engine.domain.invariants import DECIDING, FUTURE_FOUND, FUTURE_PROCESS, FUTURE_TASK
from engine.drafts import Draft
from engine.instances import UNFINISHED, WorkItem

if TYPE_CHECKING:
    from engine.casework.step import Run, Step


def look(step: Step) -> None:
    """Before the step is saved. Raises what `invariants.refuse` raises.

    An ordinary step, whose flow goes on to its next task, costs no query.
    """
    changed = invariants.changed_consents(step.session)
    for case in step.taking_part():
        moved = step.standing(case) != standing(case)
        if moved or case.id in changed:
            invariants.refuse(step.session, case)
        if closing.closes(step.standing(case)[0], case):
            closing.wind_up(step, case)
        if invariants.keeps(case) and (moved or not _goes_on(step, case)):
            mend(step, case)


def standing(case: Case) -> tuple:
    """What a case's invariants hang on; when it is the same after a step, they hold as before."""
    return case.tilstand, case.koordinator, case.stedfortraeder


def mend(step: Step, case: Case) -> None:
    """Start the task that somebody must take, or close it where it is no longer needed."""
    session = step.session
    if appointment.needs_deputy(case) and not _sought(step, case, appointment.DEPUTY_TASK):
        _start(step, case, appointment.DEPUTY_PROCESS)
    no_follow_up = invariants.needs_follow_up(session, case) and not any(
        _sought(step, case, element) for element in DECIDING
    )
    besides = [run.instance.id for run in _runs(step, case)]
    ahead = _goes_on(step, case) or invariants.has_future(session, case, besides)
    lost, sought = no_follow_up or not ahead, _sought(step, case, FUTURE_TASK)
    if lost and not sought:
        _start(step, case, FUTURE_PROCESS)
    elif sought and not lost:
        step.send(case, FUTURE_FOUND, {})


def sweep(step: Step) -> None:
    """Go over all open cases: a deputy has left, a timer is gone, an agreed day has passed."""
    for case_id in invariants.broken(step.session):
        mend(step, step.lock(case_id))
    _forget_drafts(step)


def _forget_drafts(step: Step) -> None:
    """What was typed in the very moment that its task ended goes too."""
    over = select(WorkItem.id).where(WorkItem.state.not_in(UNFINISHED))
    left = delete(Draft).where(Draft.task_id.in_(over))
    step.session.execute(left.execution_options(synchronize_session=False))


def _goes_on(step: Step, case: Case) -> bool:
    """Whether a flow of this step waits for somebody or for a time."""
    return any(
        [work for work in run.flow.work if work.element not in invariants.BESIDE]
        or [t for t in run.flow.timers if t.element not in invariants.NO_FUTURE_TIMERS]
        for run in _runs(step, case)
    )


def _sought(step: Step, case: Case, element: str) -> bool:
    runs = _runs(step, case)
    if any(work.element == element for run in runs for work in run.flow.work):
        return True
    besides = [run.instance.id for run in runs]
    return invariants.is_sought(step.session, case, element, besides)


def _runs(step: Step, case: Case) -> list[Run]:
    return [run for run in step.runs.values() if run.case is case and run.flow is not None]


def _start(step: Step, case: Case, process: str) -> None:
    try:
        step.start(case, process)
    except diagrams.UnknownProcess:
        # A database without the process that asks somebody: leave at least a trace of it.
        step.record(case, "invariant_broken", process=process)
