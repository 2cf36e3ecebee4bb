"""The verb of stepping aside from a case: everything one holds in it goes back to its queue."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.running import About, run
from engine.casework.tasks import give, of_task
from engine.domain import recusals
from engine.instances import UNFINISHED, WorkItem
from engine.store import Store


def recuse(store: Store, task_id: str, reason: str, *, by: str) -> None:
    """Step aside from the task's case for good.

    Raises NoSuchTask, recusals.InhabilitetUdenGrund, recusals.KoordinatorErInhabil.
    """

    def step_aside(session: Session) -> None:
        step, task, case = of_task(session, task_id, by, None)
        recusals.step_aside(case, by, reason)
        step.record(case, "recused", task=task.id, content={"reason": reason.strip()})
        held = select(WorkItem).where(
            WorkItem.case_id == case.id,
            WorkItem.assignee == by,
            WorkItem.state.in_(UNFINISHED),
        )
        for mine in session.scalars(held):
            give(step, case, mine, None, "released")
        step.save()

    run(store, About("recuse", by, task_id=task_id), step_aside)
