"""What an inbox does with a task in one act, and in whose name it stands in the trail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import casework, clock, forms
from engine.casework import refusals
from engine.domain.organisation import Absence


@pytest.fixture
def waiting(world):
    """A case with one open task in KUI."""
    nummer = world.open("sloejfe")
    world.due()
    return nummer


@pytest.fixture
def anna_is_away(world):
    """Bo stands in for Anna today."""
    today = clock.today()
    absence = Absence(username="anna", deputy="bo", first_day=today, last_day=today)
    world.store.write(lambda session: session.add(absence))


def last(world, nummer: str, kind: str):
    return next(event for event in reversed(world.events(nummer)) if event.kind == kind)


def names(event) -> tuple[str, str | None]:
    return event.actor, event.on_behalf_of


def test_who_answers_an_unclaimed_task_takes_it_in_the_same_step(world, waiting):
    task = world.task(waiting).id
    before, seen = world.case(waiting).revision, len(world.kinds(waiting))
    casework.complete(world.store, task, {"referat": "x"}, by="bo")
    assert world.case(waiting).revision == before + 1  # one step, one commit
    assert world.kinds(waiting)[seen : seen + 1] == ["claimed"]
    assert "completed" in world.kinds(waiting)[seen:]
    assert last(world, waiting, "claimed").facts["to"] == "bo"
    with pytest.raises(refusals.AlreadyCompleted, match="bo"):
        casework.complete(world.store, task, {"referat": "x"}, by="anna")


def test_an_answer_that_is_refused_leaves_no_claim(world, waiting):
    with pytest.raises(forms.FormErrors):
        casework.complete(world.store, world.task(waiting).id, {}, by="bo")
    assert world.task(waiting).assignee is None
    assert "claimed" not in world.kinds(waiting)


def test_who_may_not_claim_a_task_cannot_answer_it(world, waiting):
    with pytest.raises(refusals.NoSuchTask):
        casework.complete(world.store, world.task(waiting).id, {"referat": "x"}, by="job")
    casework.claim(world.store, world.task(waiting).id, by="anna")
    with pytest.raises(refusals.ClaimedByAnother, match="anna"):
        casework.complete(world.store, world.task(waiting).id, {"referat": "x"}, by="bo")


@pytest.mark.parametrize("said", [None, "anna"])
def test_both_names_stand_in_the_trail_whatever_the_stand_in_does(
    world, waiting, anna_is_away, said
):
    task, store = world.task(waiting).id, world.store
    casework.claim(store, task, by="anna")
    casework.hold(store, task, _in_days(5), "ferie", by="bo", on_behalf_of=said)
    assert names(last(world, waiting, "held")) == ("bo", "anna")
    casework.resume(store, task, by="bo", on_behalf_of=said)
    assert names(last(world, waiting, "hold_ended")) == ("bo", "anna")
    casework.assign(store, task, "leder", by="bo", on_behalf_of=said)
    assert names(last(world, waiting, "assigned")) == ("bo", "anna")
    casework.assign(store, task, "anna", by="leder")
    casework.release(store, task, by="bo", on_behalf_of=said)
    assert names(last(world, waiting, "released")) == ("bo", "anna")


def test_nobody_acts_for_a_colleague_who_is_at_work(world, waiting):
    task, store = world.task(waiting).id, world.store
    for act in (
        lambda: casework.claim(store, task, by="bo", on_behalf_of="anna"),
        lambda: casework.assign(store, task, "bo", by="bo", on_behalf_of="anna"),
        lambda: casework.hold(store, task, _in_days(1), "x", by="bo", on_behalf_of="anna"),
        lambda: casework.resume(store, task, by="bo", on_behalf_of="anna"),
        lambda: casework.release(store, task, by="bo", on_behalf_of="anna"),
    ):
        with pytest.raises(refusals.NotTheirDeputy, match="anna"):
            act()


def test_a_hold_can_be_ended_early_and_its_job_goes_with_it(world, waiting):
    task, store = world.task(waiting).id, world.store
    with pytest.raises(refusals.NotHeld):
        casework.resume(store, task, by="anna")
    casework.claim(store, task, by="anna")
    casework.hold(store, task, _in_days(14), "venter på lægen", by="anna")
    with pytest.raises(refusals.ClaimedByAnother, match="anna"):
        casework.resume(store, task, by="bo")
    with pytest.raises(refusals.NoSuchTask):
        casework.resume(store, task, by="job")
    casework.resume(store, task, by="anna")
    back = world.task(waiting)
    assert (back.state, back.assignee, back.hold_until) == ("open", "anna", None)
    ended = world.kinds(waiting).count("hold_ended")
    world.clock.advance(days=20)
    assert casework.run_due(store) == 0
    assert world.kinds(waiting).count("hold_ended") == ended == 1


def test_the_leader_takes_a_colleagues_task_up_again(world, waiting):
    task, store = world.task(waiting).id, world.store
    casework.claim(store, task, by="anna")
    casework.hold(store, task, _in_days(14), "venter", by="anna")
    casework.resume(store, task, by="leder")
    assert world.task(waiting).state == "open"
    assert names(last(world, waiting, "hold_ended")) == ("leder", None)


def test_no_task_is_given_to_somebody_who_may_not_see_it(world, waiting):
    task = world.task(waiting).id
    with pytest.raises(refusals.CannotReceive, match="job"):
        casework.assign(world.store, task, "job", by="anna")
    assert world.task(waiting).assignee is None


def _in_days(days: int):
    return clock.now() + timedelta(days=days)
