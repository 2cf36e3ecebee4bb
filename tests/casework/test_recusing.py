"""Whoever has stepped aside from a case does nothing more in it, by any verb."""

from __future__ import annotations

import pytest

from engine import casework
from engine.domain import cases, recusals


@pytest.fixture
def waiting(world):
    """A case with one open task in KUI."""
    nummer = world.open("sloejfe")
    world.due()
    return nummer


def test_what_one_holds_goes_back_to_the_queue_with_the_reason_in_the_trail(world, waiting):
    task = world.task(waiting).id
    casework.claim(world.store, task, by="anna")
    casework.recuse(world.store, task, "Min søster er part", by="anna")
    assert world.task(waiting).assignee is None
    assert world.kinds(waiting)[-2:] == ["recused", "released"]
    casework.complete(world.store, task, {"referat": "x"}, by="bo")


@pytest.mark.parametrize(
    "act",
    [
        lambda store, task: casework.claim(store, task, by="anna"),
        lambda store, task: casework.complete(store, task, {"referat": "x"}, by="anna"),
        lambda store, task: casework.assign(store, task, "anna", by="leder"),
        lambda store, task: casework.recuse(store, task, "igen", by="anna"),
    ],
    ids=["claim", "complete", "be given", "again"],
)
def test_nothing_more_can_be_done_and_the_refusal_says_who(world, waiting, act):
    task = world.task(waiting).id
    casework.recuse(world.store, task, "Min søster er part", by="anna")
    seen = world.kinds(waiting)
    with pytest.raises(recusals.ErInhabil, match="Anna"):
        act(world.store, task)
    assert world.kinds(waiting) == seen and world.task(waiting).assignee is None


def test_it_takes_a_reason(world, waiting):
    with pytest.raises(recusals.InhabilitetUdenGrund):
        casework.recuse(world.store, world.task(waiting).id, "  ", by="anna")
    casework.claim(world.store, world.task(waiting).id, by="anna")


def test_a_coordinator_is_replaced_and_does_not_just_leave(world, waiting):
    world.store.write(
        lambda session: setattr(cases.by_number(session, waiting), "koordinator", "anna")
    )
    with pytest.raises(recusals.KoordinatorErInhabil):
        casework.recuse(world.store, world.task(waiting).id, "Min søster er part", by="anna")
