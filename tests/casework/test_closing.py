"""What ends with a case, and what its diagram lets go on, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import casework, clock
from engine.domain import cases
from engine.instances import Instance, Subscription
from engine.jobs import Job


def close(context, values):
    cases.move(context.case, "AFSLUTTET")


def close_as_a_mistake(context, values):
    cases.move(context.case, "AFSLUTTET")
    context.case.locked = True


def end_case(world, nummer: str, how=close) -> None:
    """Complete a task of a further instance, whose listener closes the case."""
    casework.open_case(world.store, "tjenester", by="anna", case=nummer)
    task = next(task for task in world.tasks(nummer) if task.element == "svar")
    world.plan["lytter"] = how
    casework.complete(world.store, task.id, {}, by="anna")
    # What the closing flow itself has left to do is done.
    casework.run_due(world.store)


def fallen(world, nummer: str) -> dict[str, str]:
    lines = [event for event in world.events(nummer) if event.kind == "fell_away"]
    assert all(event.facts["reason"] == "sagen er lukket" for event in lines)
    return {event.element: event.facts["what"] for event in lines}


def waiting(world, nummer: str) -> tuple[list[str], list[str]]:
    """Elements of the open tasks and of the armed jobs of a case."""
    jobs = world.rows(select(Job).where(Job.case_id == world.case(nummer).id))
    return [task.element for task in world.tasks(nummer)], sorted(job.element for job in jobs)


def test_tasks_timers_and_messages_end_with_the_case_and_the_trail_says_which(world):
    nummer = world.open("frist")
    casework.open_case(world.store, "venter", by="anna", case=nummer)
    tasks, jobs = waiting(world, nummer)
    assert tasks or jobs
    end_case(world, nummer)
    assert waiting(world, nummer) == ([], [])
    assert fallen(world, nummer).keys() >= {*tasks, *jobs}
    case_id = world.case(nummer).id
    assert world.rows(select(Subscription).where(Subscription.case_id == case_id)) == []
    ended = {i.status for i in world.rows(select(Instance).where(Instance.case_id == case_id))}
    assert "running" not in ended
    assert world.verify()["ok"]


def test_a_hold_ends_with_its_task(world):
    nummer = world.open("tjenester")
    task = world.task(nummer).id
    casework.hold(world.store, task, clock.now() + timedelta(days=3), "venter", by="anna")
    nummer_of_other = nummer
    casework.open_case(world.store, "tjenester", by="anna", case=nummer_of_other)
    world.plan["lytter"] = close
    other = next(t for t in world.tasks(nummer) if t.id != task)
    casework.complete(world.store, other.id, {}, by="anna")
    assert waiting(world, nummer) == ([], ["senere"])  # the closing flow's own work is done
    world.clock.advance(days=5)
    assert casework.run_due(world.store) == 1
    assert waiting(world, nummer) == ([], [])


def test_what_its_diagram_lets_go_on_goes_on_until_it_is_done(world):
    nummer = world.open("lever_videre")
    end_case(world, nummer)
    assert waiting(world, nummer) == (["genvurder"], [])
    assert "genvurder" not in fallen(world, nummer)
    casework.complete(world.store, world.task(nummer).id, {}, by="bo")
    assert waiting(world, nummer) == ([], [])


def test_in_one_instance_only_the_declared_part_goes_on(world):
    nummer = world.open("til_lukning")
    before = waiting(world, nummer)
    assert before == (["ved_siden_af", "genvurder"], ["et_aar", "klagefrist", "rykker"])
    end_case(world, nummer)
    assert waiting(world, nummer) == (["genvurder"], [])
    assert fallen(world, nummer) == {
        "ved_siden_af": "user",
        "rykker": "timer",
        "klagefrist": "timer",
        "et_aar": "timer",
    }
    casework.complete(world.store, world.task(nummer).id, {}, by="bo")
    query = select(Instance).where(Instance.process == "til_lukning")
    assert world.row(query).status == "ended"


@pytest.mark.parametrize("process", ["lever_videre", "til_lukning"])
def test_nothing_goes_on_where_nobody_can_see_it(world, process):
    nummer = world.open(process)
    end_case(world, nummer, close_as_a_mistake)
    assert waiting(world, nummer) == ([], [])
    assert "genvurder" in fallen(world, nummer)


def test_what_begins_on_a_closed_case_is_left_alone(world):
    nummer = world.open("tjenester")
    world.plan["lytter"] = close
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    world.plan.clear()
    casework.open_case(world.store, "tjenester", by="anna", case=nummer)
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    assert "fell_away" not in world.kinds(nummer)


def test_another_case_is_left_alone(world):
    nummer, other = world.open("frist"), world.open("til_lukning")
    before = waiting(world, other)
    end_case(world, nummer)
    assert waiting(world, other) == before
