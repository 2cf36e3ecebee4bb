"""The municipality decides another value for a rule, for new duties only or for running ones too."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import casework, clock, diagrams, jobs
from engine.domain import deadlines
from engine.domain.deadlines import Deadline, midnight
from engine.instances import WorkItem
from engine.jobs import Job
from engine.settings import settings

# 5 January and three months is 5 April 2026, Easter Day: planned on the Wednesday before.
LEGAL, PLANNED = date(2026, 4, 5), date(2026, 4, 1)


@pytest.fixture
def duty(world):
    """A case with the duty KP-1 counted from today, a timer and a task that hang on it."""
    file = settings().processes / "frister.dmn"
    world.store.write(
        lambda session: diagrams.deploy(
            session, {file.name: file.read_bytes()}, by="leder", demo=True, accept_warnings=True
        )
    )
    world.plan["straks"] = lambda context, values: (
        deadlines.start(context.session, context.case, "KP-1") and None
    )
    nummer = world.open("frist")
    assert (deadline(world).due, deadline(world).planned) == (LEGAL, PLANNED)
    assert timer(world).due_at == midnight(PLANNED)
    return nummer


def deadline(world) -> Deadline:
    return world.row(select(Deadline))


def timer(world) -> Job:
    return world.row(select(Job).where(Job.kind == jobs.TIMER))


def test_a_new_value_leaves_running_duties_alone(world, duty):
    casework.change_rule(world.store, "KP-1", 1, by="leder")
    assert deadline(world).due == LEGAL
    assert timer(world).due_at == midnight(PLANNED)
    later = world.open("frist")
    (new,) = world.rows(select(Deadline).where(Deadline.case_id == world.case(later).id))
    assert new.due == date(2026, 2, 5)


def test_a_new_value_may_move_running_duties_with_their_timers_and_tasks(world, duty):
    casework.change_rule(world.store, "KP-1", 1, by="leder", applies_to_running=True)
    assert deadline(world).due == date(2026, 2, 5)
    assert timer(world).due_at == midnight(date(2026, 2, 5))
    assert world.row(select(WorkItem)).due_at == midnight(date(2026, 2, 6))
    assert {"deadline_moved", "timer_moved"} <= set(world.kinds(duty))
    world.clock.move_to(midnight(date(2026, 2, 5)))
    assert casework.run_due(world.store) == 1
    assert [task.element for task in world.tasks(duty)] == ["foelg_op", "ryk"]
    assert world.verify()["ok"]


def test_a_change_that_was_cut_short_is_finished_by_the_pump(world, duty, monkeypatch):
    from engine.casework import due

    with monkeypatch.context() as cut:
        cut.setattr(due, "wake", lambda store, job_id: None)
        casework.change_rule(world.store, "KP-1", 1, by="leder", applies_to_running=True)
    assert deadline(world).due == LEGAL
    assert casework.run_due(world.store) == 1
    assert deadline(world).due == date(2026, 2, 5)
    assert timer(world).due_at > clock.now()
