"""What happens when something breaks: nothing half done, an incident, another try."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import casework, jobs, services
from engine.casework import refusals
from engine.errors import Refused
from engine.incidents import Incident
from engine.jobs import Job


class NotToday(Refused):
    """Det går ikke i dag. Prøv i morgen."""


def broken(_context, _values):
    raise RuntimeError("no line to 010203-1234")


def test_a_refusal_by_a_listener_saves_nothing_and_makes_no_incident(world):
    nummer = world.open("tjenester")
    before = world.kinds(nummer)

    def refuse(context, values):
        context.case.maalgruppe = "aendret"
        raise NotToday

    world.plan["lytter"] = refuse
    with pytest.raises(NotToday):
        casework.complete(world.store, world.task(nummer).id, {"svar": "ja"}, by="anna")
    assert world.kinds(nummer) == before
    assert world.case(nummer).maalgruppe is None
    assert world.rows(select(Incident)) == []
    assert world.task(nummer).element == "svar"


def test_a_listener_gets_the_answers_and_adds_variables(world):
    nummer = world.open("tjenester")
    world.plan["lytter"] = {"fra_lytter": 7}
    casework.complete(world.store, world.task(nummer).id, {"svar": "ja"}, by="anna")
    name, as_job, values = world.heard[0]
    assert (name, as_job, values["svar"]) == ("lytter", False, "ja")
    assert world.heard[1][2]["fra_lytter"] == 7


def test_a_failed_step_saves_nothing_and_leaves_one_incident(world):
    nummer = world.open("tjenester")
    task = world.task(nummer)
    world.plan["straks"] = broken
    for _ in range(2):
        with pytest.raises(refusals.StepFailed) as failed:
            casework.complete(world.store, task.id, {"svar": "ja"}, by="anna")
    incident = world.row(select(Incident))
    assert str(incident.id) in str(failed.value)
    assert (incident.attempts, incident.task_id, incident.resolved_at) == (2, task.id, None)
    assert "010203" not in incident.message + incident.detail
    assert world.task(nummer).state == "open"
    assert world.kinds(nummer)[-1] == "incident_opened"
    world.plan["straks"] = None
    casework.complete(world.store, task.id, {"svar": "ja"}, by="anna")
    resolved = world.row(select(Incident))
    assert resolved.resolved_by == "anna"
    assert world.verify()["ok"]


def test_a_job_is_tried_again_with_back_off_and_then_stands_as_an_incident(world):
    nummer = world.open("tjenester")
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    world.plan["senere"] = broken
    job = world.row(select(Job))
    assert casework.wake(world.store, job.id) == "retry"
    assert casework.wake(world.store, job.id) == "stale"  # not before its time
    later = world.row(select(Job))
    assert (later.due_at - job.due_at, later.attempts) == (jobs.backoff(1), 1)
    world.due()
    stuck = world.row(select(Job))
    assert (stuck.state, stuck.tries, stuck.error) == ("incident", 0, "RuntimeError")
    incident = world.row(select(Incident))
    assert (incident.job_id, incident.element, incident.verb) == (job.id, "senere", "wake")
    assert casework.run_due(world.store) == 0


def test_a_person_retries_an_incident_and_the_case_goes_on(world):
    nummer = world.open("tjenester")
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    world.plan["senere"] = broken
    casework.run_due(world.store)
    world.due()
    incident = world.row(select(Incident))
    world.plan["senere"] = {"klar": True}
    casework.retry(world.store, incident.id, by="leder")
    with pytest.raises(refusals.NoSuchIncident):
        casework.retry(world.store, incident.id, by="leder")
    assert casework.run_due(world.store) == 1
    assert world.instance(nummer).status == "ended"
    assert world.rows(select(Job)) == []
    assert "incident_retried" in world.kinds(nummer)


def test_a_business_error_of_a_job_is_caught_by_the_diagram(world):
    def refuse(_context, _values):
        raise services.BpmnError("afvist", "ikke i dag")

    nummer = world.open("tjenester")
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    world.plan["senere"] = refuse
    casework.run_due(world.store)
    assert world.task(nummer).element == "efterbehandl"
    assert world.rows(select(Incident)) == []


def test_a_job_carries_its_id_as_idempotency_key(world):
    nummer = world.open("tjenester")
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    casework.run_due(world.store)
    assert [(name, as_job) for name, as_job, _ in world.heard] == [
        ("lytter", False),
        ("straks", False),
        ("senere", True),
    ]
    assert world.instance(nummer).status == "ended"


def test_due_jobs_run_in_the_order_of_their_time_and_then_of_their_coming(world):
    numbers = [world.open("sloejfe") for _ in range(3)]
    world.clock.advance(days=1)
    early = world.open("sloejfe")

    def hasten(session):
        job = session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        first = session.scalars(select(Job).order_by(Job.id).limit(1)).one()
        job.due_at = first.due_at

    world.store.write(hasten)
    world.clock.advance(days=400)
    assert casework.run_due(world.store) == 4
    opened = [task.case_id for task in world.tasks()]
    wanted = [world.case(n).id for n in [*numbers, early]]
    fired = sorted(
        (e.id, e.case_id)
        for n in [*numbers, early]
        for e in world.events(n)
        if e.kind == "timer_fired"
    )
    assert [case for _, case in fired] == wanted
    assert sorted(opened) == sorted(wanted)


def test_nothing_is_loaded_that_is_not_due(world, monkeypatch):
    for _ in range(5):
        world.open("sloejfe")
    loaded = []
    from engine.casework import step

    original = step.Step.run_of
    monkeypatch.setattr(
        step.Step, "run_of", lambda self, *row: loaded.append(row) or original(self, *row)
    )
    world.clock.advance(days=10)
    assert casework.run_due(world.store) == 0
    assert loaded == []
