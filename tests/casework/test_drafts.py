"""What somebody has typed goes when its task is over."""

from __future__ import annotations

from sqlalchemy import select, update

from engine import casework, drafts
from engine.casework import keeping
from engine.casework.step import Step
from engine.drafts import Draft
from engine.instances import DONE, WorkItem


def typed(world, task_id: str) -> None:
    world.store.write(lambda s: drafts.put(s, task_id, "fane", {"svar": "kladde"}, "anna") and None)


def left(world) -> list[str]:
    return [draft.task_id for draft in world.rows(select(Draft))]


def test_a_draft_goes_with_the_completion_and_others_stay(world):
    done, other = (world.task(world.open("tjenester")).id for _ in range(2))
    for task_id in (done, other):
        typed(world, task_id)
    casework.complete(world.store, done, {}, by="anna")
    assert left(world) == [other]


def test_a_draft_saved_in_the_moment_its_task_ended_goes_with_the_next_sweep(world):
    done, other = (world.task(world.open("tjenester")).id for _ in range(2))
    for task_id in (done, other):
        typed(world, task_id)
    over = update(WorkItem).where(WorkItem.id == done).values(state=DONE)
    world.store.write(lambda session: session.execute(over) and None)
    world.store.write(lambda session: keeping.sweep(Step(session, "system")))
    assert left(world) == [other]
