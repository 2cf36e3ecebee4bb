"""C4: some things are refused in the step itself, some become a task for somebody."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from engine import casework
from engine.domain import appointment, cases, closure, consent, deadlines, invariants, meetings
from engine.domain.invariants import ModtagerUdenSamtykke, PlanUdenSamtykke
from tests.closing.conftest import HELD


def alone(course):
    """Take away the far-off next step that stands for the rest of the course."""
    course.write(lambda s, c: deadlines.cancel(s, c, invariants.NEXT_STEP, "prøve"))


def swept(course):
    """The day after, once everything has been gone over."""
    casework.arm(course.store)
    casework.run_due(course.store)
    return course.queues()


def test_no_plan_stands_without_a_consent_to_it(course):
    course.write(lambda s, c: consent.withdraw(s, c, "plan"))
    with pytest.raises(PlanUdenSamtykke):
        course.write(invariants.refuse)


def test_a_step_that_ends_the_consent_and_keeps_the_plan_is_refused_whole(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T12:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    before = course.read(lambda s, c: len(consent.in_force(s, c)))

    def broken_step(session):
        from engine.casework.step import Step

        step = Step(session, "koordinator-1")
        case = step.lock(course.case(session).id)
        consent.withdraw(session, case, "plan")
        step.save()

    with pytest.raises(PlanUdenSamtykke):
        course.store.write(broken_step)
    assert course.read(lambda s, c: len(consent.in_force(s, c))) == before


def test_no_case_closes_while_a_unit_is_obliged(course):
    course.write(lambda s, c: cases.move(c, "AFSLUTTET"))
    with pytest.raises(closure.SagenKanIkkeLukkes, match="FAM"):
        course.write(invariants.refuse)


def test_nobody_is_invited_to_hear_what_the_citizen_does_not_agree_to(course):
    def invite(session, case):
        row = meetings.call(session, case, "k", course.moment("2027-02-01T10:00"), "Skole")
        meetings.invite(row, "X-RPS", "partner", "tilladt")
        invariants.refuse(session, case)

    with pytest.raises(ModtagerUdenSamtykke, match="X-RPS"):
        course.write(invite)


def test_a_case_with_nothing_ahead_comes_to_the_leader_once(course):
    alone(course)
    assert swept(course) == {"ejer-leder": ["sag_uden_fremtid"]}
    course.at("2027-01-25T00:00")
    assert course.queues() == {"ejer-leder": ["sag_uden_fremtid"]}


def test_what_the_leader_agrees_is_a_future_until_its_day_has_passed(course):
    alone(course)
    swept(course)
    step = {"naeste_skridt": "Koordinatoren ringer", "senest": "2027-02-01"}
    course.do("leder-kui", "sag_uden_fremtid", **step)
    assert course.queues() == {}
    course.at("2027-02-01T12:00")
    assert course.queues() == {}
    course.at("2027-02-03T00:00")
    assert course.queues() == {"ejer-leder": ["sag_uden_fremtid"]}


def test_the_task_closes_itself_when_the_case_has_a_future_again(course):
    alone(course)
    swept(course)
    course.begin("opfoelgning")
    course.at("2027-01-22T00:00")
    assert course.queues() == {}


def test_an_active_plan_without_a_follow_up_ahead_is_found(course):
    course.write(lambda s, c: deadlines.cancel(s, c, "KP-1", "prøve"))
    assert swept(course) == {"ejer-leder": ["sag_uden_fremtid"]}
    course.write(lambda s, c: deadlines.start(s, c, "KP-2", date(2027, 1, 20)))
    course.at("2027-01-22T00:00")
    assert course.queues() == {}


def test_a_deputy_who_is_gone_is_asked_for(course):
    course.write(lambda s, c: appointment.end(s, c, (appointment.DEPUTY,), "jobskifte"))
    course.write(lambda s, c: setattr(c, "stedfortraeder", None))
    assert swept(course) == {"ejer-leder": ["mangler_stedfortraeder"]}
    course.do("leder-kui", "mangler_stedfortraeder", stedfortraeder="koordinator-2")
    assert course.queues() == {}


def test_a_step_that_ends_in_nothing_opens_the_task_at_once(course):
    alone(course)
    course.begin("opfoelgning")
    course.at("2027-04-20T12:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    course.do("koordinator-1", "opfoelgningsmoede", **HELD)
    assert course.queues() == {"ejer-leder": ["sag_uden_fremtid"]}


def test_an_ordinary_step_does_not_ask_after_the_invariants(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T12:00")
    task, asked = course.task("koordinator-1", "forbered_opfoelgning"), []

    def note(conn, cursor, statement, *_):
        asked.append(statement)

    event.listen(course.store.engine, "before_cursor_execute", note)
    casework.complete(course.store, task, {}, by="koordinator-1")
    event.remove(course.store.engine, "before_cursor_execute", note)
    assert not [text for text in asked if "FROM consents" in text or "FROM meetings" in text]
    assert len(asked) <= 15, "\n".join(asked)
