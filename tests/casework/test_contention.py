"""Several people at the same moment: one wins, the others learn who, nobody sees an error."""

from __future__ import annotations

import threading

from sqlalchemy import select

from engine import casework
from engine.casework import refusals
from engine.instances import DONE, WorkItem
from tests.casework.whole import faults


def at_once(*acts) -> list:
    """Run all acts at the same moment; what each returned or raised."""
    outcomes, ready = [None] * len(acts), threading.Barrier(len(acts))

    def run(number, act):
        ready.wait()
        try:
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_many_who_claim_one_task_one_gets_it_and_the_others_learn_who(world):
    world.open("sloejfe")
    world.due()
    task = world.task().id
    people = ["anna", "bo", "leder"] * 4
    outcomes = at_once(*[lambda by=by: casework.claim(world.store, task, by=by) for by in people])
    winner = world.task().assignee
    for by, outcome in zip(people, outcomes, strict=True):
        if by == winner:
            assert outcome is None
        else:
            assert isinstance(outcome, refusals.ClaimedByAnother)
            assert winner in str(outcome)


def test_of_many_who_complete_one_task_one_does_and_the_others_learn_who(world):
    nummer = world.open("sloejfe")
    world.due()
    task = world.task().id
    people = ["anna", "bo"] * 5
    outcomes = at_once(
        *[
            lambda by=by: casework.complete(world.store, task, {"referat": by}, by=by)
            for by in people
        ]
    )
    assert outcomes.count(None) == 1
    winner = people[outcomes.index(None)]
    for outcome in outcomes:
        if outcome is not None:
            assert isinstance(outcome, refusals.AlreadyCompleted)
            assert winner in str(outcome)
    assert world.kinds(nummer).count("timer_armed") == 2
    assert faults(world.store) == []


def test_many_tasks_of_one_case_are_completed_side_by_side(world):
    nummer = world.open("sloejfe")
    for _ in range(7):
        world.open("sloejfe", case=nummer)
    world.due()
    tasks = world.tasks(nummer)
    assert len(tasks) == 8
    outcomes = at_once(
        *[
            lambda task=task: casework.complete(world.store, task.id, {"referat": "x"}, by="anna")
            for task in tasks
        ]
    )
    assert outcomes == [None] * 8
    assert len(world.rows(select(WorkItem).where(WorkItem.state == DONE))) == 8
    assert faults(world.store) == []


def test_two_pumps_carry_out_each_job_once(world):
    numbers = [world.open("sloejfe") for _ in range(6)]
    world.clock.advance(days=100)
    done = at_once(*[lambda: casework.run_due(world.store)] * 3)
    assert sum(done) == 6
    for nummer in numbers:
        assert world.kinds(nummer).count("timer_fired") == 1
    assert faults(world.store) == []


def test_a_timer_and_a_person_at_the_same_moment_do_not_hurt_each_other(world):
    nummer = world.open("sloejfe")
    world.open("tjenester", case=nummer)
    world.clock.advance(days=100)
    task = world.task(nummer).id
    outcomes = at_once(
        lambda: casework.run_due(world.store),
        lambda: casework.complete(world.store, task, {"svar": "ja"}, by="anna"),
        lambda: casework.claim(world.store, task, by="anna"),
    )
    assert outcomes[1] is None
    assert outcomes[2] is None or isinstance(outcomes[2], refusals.AlreadyCompleted)
    casework.run_due(world.store)
    assert [t.element for t in world.tasks(nummer)] == ["opfoelgning"]
    assert faults(world.store) == []
