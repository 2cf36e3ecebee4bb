"""One task and its verbs, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import casework, clock, forms
from engine.casework import refusals
from engine.domain.organisation import Absence
from engine.instances import Variable, WorkItem


def test_a_follow_up_comes_back_after_three_months(world):
    nummer = world.open("sloejfe")
    assert world.tasks() == []
    world.clock.advance(days=89)
    assert casework.run_due(world.store) == 0
    world.clock.advance(days=2)
    assert casework.run_due(world.store) == 1
    assert world.task(nummer).element == "opfoelgning"


def test_completing_moves_the_case_on_and_back_again(world):
    nummer = world.open("sloejfe")
    for _ in range(3):
        world.due()
        task = world.task(nummer)
        casework.complete(world.store, task.id, {"referat": "Godt møde"}, by="anna")
        assert world.tasks(nummer) == []
    world.due()
    last = world.task(nummer)
    casework.complete(world.store, last.id, {"referat": "Slut", "maal_naaet": True}, by="anna")
    assert world.instance(nummer).status == "ended"
    assert world.verify()["ok"]


def test_what_belongs_to_the_case_never_becomes_a_variable(world):
    nummer = world.open("sloejfe")
    world.due()
    casework.complete(world.store, world.task(nummer).id, {"referat": "Fortroligt"}, by="anna")
    variables = world.rows(select(Variable))
    assert {row.name: row.value for row in variables} == {"maal_naaet": False}
    assert b"Fortroligt" not in b"".join(_bytes(world, "state") + _bytes(world, "scopes"))


def test_answers_that_do_not_hold_are_refused_and_nothing_is_saved(world):
    nummer = world.open("sloejfe")
    world.due()
    before = world.kinds(nummer)
    with pytest.raises(forms.FormErrors) as refused:
        casework.complete(world.store, world.task(nummer).id, {"maal_naaet": True}, by="anna")
    assert [key for key, _ in refused.value.errors] == ["referat"]
    assert world.kinds(nummer) == before
    assert world.task(nummer).state == "open"


def test_a_task_can_be_completed_only_once_and_the_second_learns_by_whom(world):
    world.open("sloejfe")
    world.due()
    task = world.task()
    casework.complete(world.store, task.id, {"referat": "Et"}, by="anna")
    with pytest.raises(refusals.AlreadyCompleted) as refused:
        casework.complete(world.store, task.id, {"referat": "To"}, by="bo")
    assert "anna" in str(refused.value)
    assert f"{clock.local(clock.now()):%d.%m.%Y}" in str(refused.value)


def test_a_task_does_not_exist_for_another_unit(world):
    world.open("sloejfe")
    world.due()
    for act in (
        lambda task: casework.complete(world.store, task, {"referat": "x"}, by="job"),
        lambda task: casework.claim(world.store, task, by="job"),
        lambda task: casework.claim(world.store, "findes-ikke", by="anna"),
    ):
        with pytest.raises(refusals.NoSuchTask):
            act(world.task().id)


def test_a_claimed_task_is_kept_for_its_holder(world):
    world.open("sloejfe")
    world.due()
    task = world.task().id
    casework.claim(world.store, task, by="anna")
    casework.claim(world.store, task, by="anna")
    for act in (
        lambda: casework.claim(world.store, task, by="bo"),
        lambda: casework.complete(world.store, task, {"referat": "x"}, by="bo"),
        lambda: casework.hold(world.store, task, _in_days(2), "ferie", by="bo"),
    ):
        with pytest.raises(refusals.ClaimedByAnother, match="anna"):
            act()
    assert world.task().assignee == "anna"


def test_only_the_holder_or_the_leader_puts_a_task_back(world):
    nummer = world.open("sloejfe")
    world.due()
    task = world.task().id
    with pytest.raises(refusals.NotClaimed):
        casework.release(world.store, task, by="anna")
    casework.claim(world.store, task, by="anna")
    with pytest.raises(refusals.NotYours):
        casework.release(world.store, task, by="bo")
    casework.release(world.store, task, by="leder")
    assert world.task().assignee is None
    assert world.kinds(nummer)[-2:] == ["claimed", "released"]


def test_a_task_is_assigned_only_to_somebody_who_may_see_it(world):
    world.open("sloejfe")
    world.due()
    task = world.task().id
    with pytest.raises(refusals.CannotReceive):
        casework.assign(world.store, task, "job", by="leder")
    casework.assign(world.store, task, "bo", by="leder")
    assert world.task().assignee == "bo"
    with pytest.raises(refusals.ClaimedByAnother):
        casework.assign(world.store, task, "anna", by="anna")


def test_a_held_task_comes_back_by_itself_with_its_claim(world):
    world.open("sloejfe")
    world.due()
    task = world.task().id
    casework.claim(world.store, task, by="anna")
    with pytest.raises(refusals.HoldInThePast):
        casework.hold(world.store, task, clock.now(), "venter", by="anna")
    with pytest.raises(refusals.HoldWithoutReason):
        casework.hold(world.store, task, _in_days(14), " ", by="anna")
    casework.hold(world.store, task, _in_days(3), "venter", by="anna")
    casework.hold(world.store, task, _in_days(14), "venter på lægen", by="anna")
    held = world.task()
    assert (held.state, held.hold_reason) == ("held", "venter på lægen")
    world.clock.advance(days=13)
    assert casework.run_due(world.store) == 0
    world.clock.advance(days=1)
    assert casework.run_due(world.store) == 1
    back = world.task()
    assert (back.state, back.assignee, back.hold_until) == ("open", "anna", None)


def test_completing_a_held_task_takes_its_hold_away(world):
    world.open("sloejfe")
    world.due()
    task = world.task().id
    casework.hold(world.store, task, _in_days(14), "venter", by="anna")
    casework.complete(world.store, task, {"referat": "x", "maal_naaet": True}, by="anna")
    world.clock.advance(days=20)
    assert casework.run_due(world.store) == 0


def test_a_stand_in_completes_on_behalf_of_an_absent_colleague(world):
    nummer = world.open("sloejfe")
    world.due()
    task = world.task().id
    casework.claim(world.store, task, by="anna")
    with pytest.raises(refusals.NotTheirDeputy):
        casework.complete(world.store, task, {"referat": "x"}, by="bo", on_behalf_of="anna")
    today = clock.today()
    absence = Absence(username="anna", deputy="bo", first_day=today, last_day=today)
    world.store.write(lambda session: session.add(absence))
    casework.complete(world.store, task, {"referat": "x"}, by="bo")
    done = next(e for e in world.events(nummer)[::-1] if e.kind == "completed")
    assert (done.actor, done.on_behalf_of) == ("bo", "anna")


def test_claims_survive_what_happens_elsewhere_in_the_instance(world):
    nummer = world.open("tjenester")
    task = world.task(nummer).id
    casework.claim(world.store, task, by="bo")
    casework.open_case(world.store, "sloejfe", by="anna", case=nummer)
    world.due()
    claimed = {t.element: t.assignee for t in world.tasks(nummer)}
    assert claimed == {"svar": "bo", "opfoelgning": None}


def _in_days(days: int):
    return clock.now() + timedelta(days=days)


def _bytes(world, column: str) -> list[bytes]:
    from engine.instances import Instance

    return world.rows(select(getattr(Instance, column)))


def test_every_work_item_knows_its_release_and_case(world):
    nummer = world.open("tjenester")
    task = world.row(select(WorkItem))
    assert task.case_id == world.case(nummer).id
    assert task.release_id == world.instance(nummer).release_id
    assert (task.queue, task.unit, task.priority) == ("KUI", "KUI", 50)


def test_tasks_follow_the_unit_and_the_people_who_answer_for_the_case(world):
    nummer = world.open("tjenester")
    casework.open_case(world.store, "venter", by="anna", case=nummer)
    casework.tell(world.store, "ny_oplysning", by="anna", case=nummer)
    owners = next(task for task in world.tasks(nummer) if task.queue == "ejer")
    casework.claim(world.store, owners.id, by="anna")

    def hand_over(context, values):
        context.case.owner_unit = "JOB"

    world.plan["lytter"] = hand_over
    other = next(task for task in world.tasks(nummer) if task.queue == "KUI")
    casework.complete(world.store, other.id, {}, by="anna")
    assert [(task.unit, task.assignee) for task in world.tasks(nummer)] == [("JOB", None)]
    casework.claim(world.store, owners.id, by="job")


def test_a_coordinator_who_leaves_leaves_the_claimed_tasks_behind(world):
    def appoint(who):
        def act(context, values):
            context.case.koordinator = who

        return act

    nummer = world.open("tjenester")
    world.plan["lytter"] = appoint("anna")
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    casework.open_case(world.store, "koordinators", by="anna", case=nummer)
    task = world.task(nummer)
    casework.claim(world.store, task.id, by="anna")
    with pytest.raises(refusals.NoSuchTask):
        casework.claim(world.store, task.id, by="bo")
    world.plan["straks"] = appoint("bo")
    casework.open_case(world.store, "frist", by="anna", case=nummer)
    left = next(row for row in world.tasks(nummer) if row.id == task.id)
    assert left.assignee is None
    casework.claim(world.store, task.id, by="bo")
