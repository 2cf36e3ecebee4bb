"""When a case closes: what was begun for its sake ends with it, each thing with a line in the trail.

A diagram says that it goes on all the same, with the property `efter_lukning` = `fortsaetter` on its
process: a complaint, an application that must be decided, a concern about a child. What the step
that closes the case sets going itself, and what begins on a closed case, is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.diagrams.properties import AFTER_CLOSING, GOES_ON
from engine.domain import appointment
from engine.domain.cases import CLOSED, Case
from engine.instances import CANCELLED, RUNNING, Instance

if TYPE_CHECKING:
    from engine.bpmn import Program
    from engine.casework.step import Run, Step

WHY = "sagen er lukket"


def goes_on(program: Program, process: str) -> bool:
    """Whether the diagram says that the process outlives its case."""
    return program.diagrams[process].properties.get(AFTER_CLOSING) == GOES_ON


def closes(before: str | None, case: Case) -> bool:
    """Whether this step closed the case, which stood at `before`."""
    return before not in CLOSED and case.tilstand in CLOSED


def wind_up(step: Step, case: Case) -> None:
    """End every running instance of the case, or those parts of it that nobody lets go on."""
    at_hand = [run.instance.id for run in step.runs.values()]
    others = select(Instance.id).where(
        Instance.case_id == case.id, Instance.status == RUNNING, Instance.id.not_in(at_hand)
    )
    for instance_id in step.session.scalars(others.order_by(Instance.started_at, Instance.id)):
        step.load(instance_id)
    for run in list(step.runs.values()):
        begun_now = run.instance.revision is None
        if run.case is case and not begun_now and not run.flow.ended:
            _end(step, run)
    appointment.end(step.session, case, (appointment.INCOMING,), WHY)


def _end(step: Step, run: Run) -> None:
    program, flow, before = run.flow.run.program, run.flow, run.before
    waited = [*flow.work, *flow.timers]
    # Nobody can see what stands on a locked case, so nothing goes on there.
    locked = run.case.locked
    # What the closing itself set going (a letter, the wait for what comes after) is its own.
    begun_now = {w.id for w in waited if w.id not in before.work and w.id not in before.timers}
    stays = (lambda process: goes_on(program, process)) if not locked else (lambda _: False)
    flow.wind_up(stays, begun_now, WHY)
    left = {waiting.id for waiting in (*flow.work, *flow.timers)}
    for waiting in waited:
        if waiting.id not in left:
            step.record(
                run.case,
                "fell_away",
                instance_id=run.instance.id,
                process=waiting.process,
                element=waiting.element,
                release_id=run.instance.release_id,
                label=waiting.name,
                what=getattr(waiting, "kind", "timer"),
                ref=waiting.id,
                reason=WHY,
            )
    if flow.ended:
        run.instance.status, run.instance.ended_at = CANCELLED, step.now
