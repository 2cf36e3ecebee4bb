"""A timer whose date nobody knows: somebody is asked once, and the timer is set when it is known."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from engine import casework, diagrams, jobs
from engine.domain.organisation import Unit
from engine.jobs import Job
from engine.services import Context
from engine.services.deadlines import ask_for_day

FIXED = {
    "dato": "2026-12-10",
    "begrundelse": "Borgeren kommer hjem da",
    "revurderes": "2026-12-20",
}


@pytest.fixture
def asking(world):
    """The world with the processes that ask somebody, as they are shipped."""
    names = ("frist_uden_regel.bpmn", "manglende_regel.bpmn", "fastsaet_frist.form")
    files = {name: diagrams.shipped()[name] for name in (*names, "regel_mangler.form")}

    def furnish(session) -> None:
        session.add(Unit(code="PRO", name="Procesejere"))
        session.flush()
        diagrams.deploy(session, files, by="leder", demo=True, accept_warnings=True)

    world.store.write(furnish)
    return world


def timers(world, nummer: str) -> list[str]:
    query = select(Job).where(Job.kind == jobs.TIMER, Job.case_id == world.case(nummer).id)
    return sorted(f"{job.element} {job.due_at:%d.%m.}" for job in world.rows(query))


def tasks(world) -> Counter:
    return Counter(task.element for task in world.tasks())


def test_the_rule_is_asked_for_once_whatever_waits_for_it(asking):
    nummer = asking.open("uden_dato")
    assert timers(asking, nummer) == []
    # One for KP-4 in the case, one for it and one for the riddle with the process owner.
    assert tasks(asking) == {"foelg_op": 1, "fastsaet_frist": 1, "regel_mangler": 2}
    undated = [e.element for e in asking.events(nummer) if e.kind == "timer_undated"]
    assert sorted(undated) == ["gaade", "rykker", "vent"]
    assert [e.facts["regel"] for e in asking.events(nummer) if e.kind == "rule_missing"] == ["KP-4"]


def test_the_date_that_somebody_fixes_sets_every_timer_that_waited_for_it(asking):
    nummer = asking.open("uden_dato")
    task = next(t for t in asking.tasks(nummer) if t.element == "fastsaet_frist")
    casework.complete(asking.store, task.id, FIXED, by="anna")
    # Midnight in Copenhagen, told in UTC.
    assert timers(asking, nummer) == ["rykker 10.12.", "vent 09.12."]
    asking.due()
    assert timers(asking, nummer) == ["rykker 10.12."]
    asking.due()
    assert timers(asking, nummer) == []
    fired = [e.element for e in asking.events(nummer) if e.kind == "timer_fired"]
    assert fired == ["vent", "rykker"]


def test_each_case_is_asked_about_and_the_process_owner_once(asking):
    asking.open("uden_dato")
    asking.open("uden_dato")
    assert tasks(asking) == {"foelg_op": 2, "fastsaet_frist": 2, "regel_mangler": 2}


def test_a_service_that_misses_the_same_rule_many_times_asks_once(asking):
    def miss(context: Context, values):
        for _ in range(3):
            ask_for_day(context, "KP-4")

    asking.plan["straks"] = miss
    nummer = asking.open("tjenester")
    casework.complete(asking.store, asking.task(nummer).id, {}, by="anna")
    assert tasks(asking)["fastsaet_frist"] == 1
    casework.open_case(asking.store, "uden_dato", by="anna", case=nummer)
    assert tasks(asking)["fastsaet_frist"] == 1


def test_a_rule_that_is_missed_again_after_its_date_was_fixed_and_met_is_asked_for_again(asking):
    nummer = asking.open("uden_dato")
    task = next(t for t in asking.tasks(nummer) if t.element == "fastsaet_frist")
    casework.complete(asking.store, task.id, FIXED, by="anna")
    casework.open_case(asking.store, "uden_dato", by="anna", case=nummer)
    assert tasks(asking)["fastsaet_frist"] == 0
    other = asking.open("uden_dato")
    assert [t.element for t in asking.tasks(other)].count("fastsaet_frist") == 1


def test_without_the_processes_that_ask_the_trail_still_says_so(world):
    nummer = world.open("uden_dato")
    assert {"timer_undated", "invariant_broken"} <= set(world.kinds(nummer))
    assert [t.element for t in world.tasks(nummer)] == ["foelg_op"]
