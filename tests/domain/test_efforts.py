"""Efforts in time and order: collisions between units (R1.04), and keys that people can read."""

from datetime import date

import pytest

from engine.domain import cases, efforts, keys, organisation


@pytest.fixture
def case(sqlite_store, virtual_clock):
    def make(session):
        session.add_all([organisation.Unit(code=c, name=c, law_areas=[]) for c in ("JOB", "MIS")])
        return cases.create(session, "koordinering").id

    return sqlite_store.write(make)


def collide(store, case_id, **second):
    """Whether a mentor in the spring collides with the second effort."""

    def run(session):
        case = session.get(cases.Case, case_id)
        spring = {"planned_start": date(2027, 3, 1), "planned_end": date(2027, 5, 31)}
        efforts.add(session, case, "Mentor", "JOB", goal_keys=["arbejde"], **spring)
        efforts.add(session, case, "Behandling", second.pop("unit", "MIS"), **second)
        return [(a.key, b.key) for a, b in efforts.collisions(session, case)]

    return store.write(run)


def test_two_units_at_the_same_time_towards_the_same_goal_collide(sqlite_store, case):
    told = collide(sqlite_store, case, goal_keys=["arbejde"], planned_start=date(2027, 4, 1))
    assert told == [("mentor", "behandling")]


def test_one_after_the_other_do_not(sqlite_store, case):
    assert collide(sqlite_store, case, goal_keys=["arbejde"], planned_start=date(2027, 6, 1)) == []


def test_towards_different_goals_they_do_not(sqlite_store, case):
    assert collide(sqlite_store, case, goal_keys=["helbred"], planned_start=date(2027, 4, 1)) == []


def test_agreed_order_is_no_collision(sqlite_store, case):
    told = collide(
        sqlite_store,
        case,
        goal_keys=["arbejde"],
        planned_start=date(2027, 4, 1),
        depends_on=["mentor"],
    )
    assert told == []


def test_one_unit_does_not_collide_with_itself(sqlite_store, case):
    told = collide(
        sqlite_store, case, unit="JOB", goal_keys=["arbejde"], planned_start=date(2027, 4, 1)
    )
    assert told == []


def test_keys_are_readable_and_never_the_same_twice():
    assert keys.key("Støtte & vejledning, på ærø") == "stoette_vejledning_paa_aeroe"
    assert keys.key("Mentor", {"mentor", "mentor_2"}) == "mentor_3"
    assert keys.key("…") == "uden_navn"
