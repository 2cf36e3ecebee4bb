"""The clock between steps: everything due on the way happens there and then, and it always ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from engine import casework, clock, jobs
from engine.casework import standing
from engine.jobs import Job
from engine.scenarios.cast import Stop
from engine.scenarios.passage import Passage

JOB = "- {by: sagsbehandler-kui, open: afspilning_job}\n"


def test_an_asynchronous_service_runs_at_once(works, job):
    works(JOB, "- expect: {tasks: {KUI: [se]}, incidents: 0}")
    assert [f"{clock.local(at):%H:%M}" for at in job.ran] == ["09:00"]


def test_timers_fire_each_at_its_own_time(works):
    played = works("""
    - {by: sagsbehandler-kui, open: afspilning, for: mads}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    - {at: 2026-11-30T15:45, by: sagsbehandler-kui, open: afspilning, for: mor}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    - at: 2028-01-01
    """)
    fired = [
        f"{clock.local(line.at):%Y-%m-%d %H:%M}"
        for line in played.told
        if line.kind == "timer_fired"
    ]
    assert fired == ["2026-12-23 09:00", "2026-12-30 15:45"]


def test_a_failing_job_is_tried_again_later_and_ends_as_an_incident(works, job):
    job.fails(3)
    works(
        JOB,
        """
    - expect: {incidents: 0, tasks: {KUI: []}}
    - at: 2026-11-24T09:00
    - expect: {incidents: [arbejd], tasks: {KUI: []}}
    - at: 2030-11-24T09:00
    - expect: {incidents: 1}
    """,
    )
    since = [(at - job.ran[0]).total_seconds() for at in job.ran]
    assert since == [0, 30, 90]


def test_a_job_that_succeeds_at_last_leaves_no_incident(works, job):
    job.fails(2)
    works(JOB, "- {at: 2026-11-23T09:05, expect: {incidents: 0, tasks: {KUI: [se]}}}")
    assert len(job.ran) == 3


def test_a_job_that_never_ends_stops_the_story(fails_at, job):
    job.starts_over(5_000)
    failure = fails_at(JOB)
    assert failure == (1, "at", "en ende", "arbejd bliver ved med at ske")
    assert len(job.ran) < 1_100


def test_time_does_not_go_backwards(fails_at):
    failure = fails_at("- at: 2026-11-24T12:00\n- at: 2026-11-24T11:59\n")
    assert failure == (2, "at", "ikke før 2026-11-24T12:00", "2026-11-24T11:59")


def test_the_same_moment_again_is_no_step_back(works):
    works("- at: 2026-11-24T12:00\n- at: 2026-11-24T12:00\n")


@pytest.mark.parametrize(
    ("at", "utc"),
    [("2027-03-28T03:00", "01:00"), ("2027-07-01T09:00", "07:00"), ("2026-12-01T09:00", "08:00")],
)
def test_times_are_those_of_copenhagen(works, at, utc):
    played = works(f"""
    - {{at: {at}, by: sagsbehandler-kui, open: afspilning_job}}
    """)
    assert f"{played.told[0].at.astimezone(UTC):%H:%M}" == utc


@pytest.fixture
def sweeping(monkeypatch, sqlite_store, virtual_clock):
    """An hourly sweep that notes when it looks, and a passage over it."""
    looked = []
    monkeypatch.setattr(standing, "_sweeps", {})
    casework.sweep("prøve", timedelta(hours=1))(lambda step: looked.append(clock.now()))
    casework.arm(sqlite_store)
    return looked, Passage(sqlite_store, virtual_clock)


def test_sweeps_do_not_make_the_clock_crawl(sweeping, virtual_clock):
    looked, passage = sweeping
    passage.to(virtual_clock.now() + timedelta(days=20 * 365))
    assert looked[0] == datetime(2026, 1, 6, 8, tzinfo=UTC)
    days = [(later - before).days for before, later in pairwise(looked)]
    assert days[:6] == [1] * 6 and max(days) <= 30
    assert len(looked) < 300


def test_a_sweep_looks_before_anything_else_happens_and_on_arrival(
    sweeping, sqlite_store, virtual_clock
):
    looked, passage = sweeping
    passage.settle()
    start = virtual_clock.now()
    due = start + timedelta(hours=7, minutes=30)
    sqlite_store.write(
        lambda session: jobs.add(session, jobs.HOLD, due, ref="ingen opgave") and None
    )
    arrival = start + timedelta(hours=12, minutes=10)
    passage.to(arrival)
    assert looked == [start, due, arrival]


def test_a_job_that_cannot_be_carried_out_stops_the_clock(sqlite_store, virtual_clock, monkeypatch):
    sqlite_store.write(lambda s: jobs.add(s, jobs.HOLD, clock.now(), element="x") and None)
    monkeypatch.setattr(casework, "wake", lambda store, job_id: "stale")
    with pytest.raises(Stop) as stop:
        Passage(sqlite_store, virtual_clock).settle()
    assert stop.value.actual == "hold x: stale"
    with sqlite_store.reading() as session:
        assert session.scalars(select(Job)).one()
