"""Messages between diagrams, cases and the world outside."""

from __future__ import annotations

import pytest

from engine import casework
from engine.casework import refusals
from engine.domain.cases import NoSuchCase


def test_a_message_reaches_the_case_that_waits_for_it(world):
    one, other = world.open("venter"), world.open("venter")
    casework.tell(world.store, "ny_oplysning", {"fra": "skolen"}, by="anna", case=one)
    assert world.task(one).element == "vurder"
    assert world.tasks(other) == []


def test_a_message_finds_its_case_by_the_key(world):
    one, other = world.open("venter"), world.open("venter")
    casework.tell(world.store, "ny_oplysning", by="anna", key=other)
    assert world.tasks(one) == []
    assert world.task(other).queue == "ejer"


def test_a_message_that_nobody_waits_for_is_refused_and_not_kept(world):
    nummer = world.open("venter")
    casework.tell(world.store, "ny_oplysning", by="anna", case=nummer)
    before = world.kinds(nummer)
    for how in ({"case": nummer}, {"key": nummer}, {"key": "ukendt"}):
        with pytest.raises(refusals.NobodyWaits, match="ny_oplysning"):
            casework.tell(world.store, "ny_oplysning", by="anna", **how)
    assert world.kinds(nummer) == before


def test_a_case_that_one_may_not_see_cannot_be_told_anything(world):
    nummer = world.open("venter")
    with pytest.raises(NoSuchCase):
        casework.tell(world.store, "ny_oplysning", by="job", case=nummer)


def test_a_message_with_a_key_may_start_a_process(world):
    casework.tell(world.store, "henvendelse", {"noegle": "a"}, by="system", key="a")
    task = world.task()
    assert task.element == "behandl"
    assert task.process == "modtager"


def test_a_signal_that_is_told_reaches_every_case_and_starts_what_listens(world):
    one, other = world.open("hoerer"), world.open("hoerer")
    casework.tell(world.store, "sirene", {"svar": "ild"}, by="anna", case=one)
    assert world.task(one).element == world.task(other).element == "efter"
    assert sorted(task.element for task in world.tasks()) == ["efter", "efter", "fra_start"]
    casework.tell(world.store, "sirene", by="system")
    assert sorted(task.element for task in world.tasks())[2:] == ["fra_start", "fra_start"]


def test_a_name_that_neither_message_nor_signal_has_is_refused(world):
    nummer = world.open("hoerer")
    for how in ({"case": nummer}, {"key": "x"}, {}):
        with pytest.raises(refusals.NobodyWaits):
            casework.tell(world.store, "ukendt", by="anna", **how)


def test_a_thrown_message_reaches_another_case_in_the_same_transaction(world):
    waiting = world.open("venter")
    thrower = world.open("kaster")
    world.plan["lytter"] = None
    task = world.task(thrower).id
    casework.complete(world.store, task, {"modtager": waiting}, by="anna")
    assert world.task(waiting).element == "vurder"
    assert world.instance(thrower).status == "ended"
    assert world.verify()["ok"]


def test_a_thrown_message_prefers_those_who_wait_on_its_own_case(world):
    other = world.open("venter")
    nummer = world.open("kaster")
    world.open("venter", case=nummer)
    casework.complete(world.store, world.task(nummer).id, {"modtager": "ukendt"}, by="anna")
    assert [task.element for task in world.tasks(nummer)] == ["vurder"]
    assert world.tasks(other) == []


def test_a_thrown_message_that_nobody_hears_leaves_a_trace(world):
    nummer = world.open("kaster")
    casework.complete(world.store, world.task(nummer).id, {"modtager": "ukendt"}, by="anna")
    assert "message_unheard" in world.kinds(nummer)


def test_a_service_tells_and_starts_on_its_own_case_in_the_same_step(world):
    def tell_and_start(context, values):
        context.start("venter")
        context.tell("ny_oplysning", {"fra": "tjenesten"})
        context.record("proeve", antal=2)

    nummer = world.open("tjenester")
    world.plan["straks"] = tell_and_start
    casework.complete(world.store, world.task(nummer).id, {}, by="anna")
    # The message goes out before the further process stands there to hear it.
    assert "message_unheard" in world.kinds(nummer)
    noted = next(e for e in world.events(nummer) if e.kind == "proeve")
    assert (noted.facts, noted.element) == ({"antal": 2}, "straks")
    casework.tell(world.store, "ny_oplysning", by="anna", case=nummer)
    assert world.task(nummer).element == "vurder"


def test_who_may_not_see_a_case_cannot_tell_it_an_ordinary_message(world):
    nummer = world.open("venter")
    with pytest.raises(NoSuchCase):
        casework.tell(world.store, "ny_oplysning", by="job", case=nummer)


def test_a_case_number_as_key_asks_for_access_as_the_number_itself_does(world):
    nummer = world.open("venter")
    before = world.kinds(nummer)
    for message in ("ny_oplysning", "henvendelse"):
        with pytest.raises(NoSuchCase):
            casework.tell(world.store, message, by="job", key=nummer)
    assert world.kinds(nummer) == before
    casework.tell(world.store, "ny_oplysning", by="anna", key=nummer)
    assert world.task(nummer).element == "vurder"


def test_a_process_that_a_message_begins_is_not_opened_without_it(world):
    with pytest.raises(refusals.BeginsOtherwise, match="ved beskeden henvendelse"):
        world.open("modtager")
