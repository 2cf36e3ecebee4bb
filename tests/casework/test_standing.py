"""What comes round by itself: timer start events and sweeps; and the pump that carries it out."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import casework, clock, jobs
from engine.casework import standing
from engine.jobs import Job
from engine.scheduler import Pump


@pytest.fixture
def sweeps(monkeypatch):
    monkeypatch.setattr(standing, "_sweeps", {})


def test_a_timer_start_event_starts_its_process_on_its_days(world, sweeps):
    for _ in range(2):
        casework.arm(world.store)
    assert len(world.rows(select(Job))) == 1
    world.clock.move_to(local(2026, 2, 1, 8))
    assert casework.run_due(world.store) == 1
    world.clock.move_to(local(2026, 3, 1, 7, 59))
    assert casework.run_due(world.store) == 0
    world.clock.move_to(local(2026, 3, 1, 8))
    assert casework.run_due(world.store) == 1
    casework.arm(world.store)
    world.clock.advance(days=100)
    assert casework.run_due(world.store) == 0
    assert [task.element for task in world.tasks()] == ["opgoer", "opgoer"]


def test_a_sweep_goes_over_the_cases_and_stands_ready_again(world, sweeps):
    nummer, seen = world.open("sloejfe"), []

    @casework.sweep("proeve", every=timedelta(hours=1))
    def look(step):
        seen.append(clock.now())
        case = step.lock(world.case(nummer).id)
        step.record(case, "swept")

    casework.arm(world.store)
    assert casework.run_due(world.store) == 1
    world.clock.advance(hours=5)
    assert casework.run_due(world.store) == 1
    assert len(seen) == 2
    assert world.kinds(nummer)[-2:] == ["swept", "swept"]
    (job,) = world.rows(select(Job).where(Job.kind == jobs.SWEEP))
    assert job.due_at > clock.now()


def test_the_pump_carries_out_what_is_due_by_itself(world, sweeps):
    nummer = world.open("sloejfe")
    world.clock.advance(days=91)
    pump, beaten = Pump(world.store, seconds=0.05), threading.Event()
    original = pump.beat
    pump.beat = lambda: (original(), beaten.set())
    pump.start()
    assert beaten.wait(60)
    pump.stop()
    assert world.task(nummer).element == "opfoelgning"


def test_the_pump_survives_an_error(world, sweeps, monkeypatch, caplog):
    nummer = world.open("sloejfe")
    world.clock.advance(days=91)
    pump = Pump(world.store)
    with monkeypatch.context() as broken:
        broken.setattr(casework, "run_due", lambda store: 1 / 0)
        pump.beat()
    assert "missed a beat" in caplog.text
    pump.beat()
    assert world.task(nummer).element == "opfoelgning"


def local(*when):
    return datetime(*when, tzinfo=clock.COPENHAGEN)
