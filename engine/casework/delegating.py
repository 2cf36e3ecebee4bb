"""The verb that ends a delegation before its last day; it is given in a task (F10)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import diagrams, jobs
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.domain import delegation
from engine.domain.cases import Case
from engine.errors import Refused
from engine.jobs import Job
from engine.store import Store


class TilbagekaldUdenGrund(Refused):
    """Skriv, hvorfor delegationen bliver trukket tilbage. Koordinatoren får det at vide."""


def withdraw_delegation(store: Store, delegation_id: str, reason: str, *, by: str) -> None:
    """End the delegation from now on; what has been decided under it stands, and what waits to be
    decided goes to whoever may decide it now.

    Raises DelegationFindesIkke, KunLovensLeder, DelegationErSlut, TilbagekaldUdenGrund.
    """

    def write(session: Session) -> None:
        step = Step(session, by)
        row = delegation.find(session, by, delegation_id)
        case = step.lock(row.case_id)
        session.refresh(row)
        delegation.withdraw(session, row, by)
        if not reason.strip():
            raise TilbagekaldUdenGrund
        step.record(
            case,
            delegation.WITHDRAWAL,
            law=row.law_area,
            delegation=row.id,
            content={"reason": reason.strip()},
        )
        session.flush()
        _ask_who_decides(step, case)
        step.save()

    run(store, About("withdraw_delegation", by), write)


def _ask_who_decides(step: Step, case: Case) -> None:
    """Let the case's timers come due that wait for the end of a delegation."""
    query = select(Job).where(Job.case_id == case.id, Job.kind == jobs.TIMER).order_by(Job.id)
    for timer in step.session.scalars(query).all():
        running = step.load(timer.instance_id)
        program = diagrams.program(step.session, running.instance.release_id)
        if delegation.UNTIL in program.element(timer.process, timer.element).event.timer.text:
            running.flow.fire(timer.ref)
