"""Multi-instance activities, all at once or one after another."""

from __future__ import annotations

import json

import pytest

from engine import bpmn

THREE = ["JOB", "SOC", "BOR"]


def test_every_item_gets_its_own_work_with_its_own_queue(start):
    play = start("hoering", enheder=THREE, nok=False)
    assert [(w.item, w.queue, w.name) for w in play.flow.work] == [
        (unit, unit, "svar") for unit in THREE
    ]


def test_results_stand_in_the_order_of_the_items_and_items_do_not_overwrite_each_other(start):
    play = start("hoering", enheder=THREE, nok=False)
    for unit in reversed(THREE):
        play.do("svar", of=unit, holdning=unit.lower(), faelles=unit)
    assert play.open == ["samle"]
    assert play.variables == {
        "enheder": THREE, "nok": False, "faelles": "JOB", "svarene": ["job", "soc", "bor"],
    }  # fmt: skip


def test_when_enough_have_answered_the_others_are_let_off(start):
    play = start("hoering", enheder=THREE, nok=True)
    play.do("svar", of="SOC", holdning="ja")
    assert len(play.open) == 2
    play.do("svar", of="BOR", holdning="nej")
    assert play.open == ["samle"]
    assert play.variables["svarene"] == [None, "ja", "nej"]


def test_one_after_another_also_with_nothing_as_an_item(start):
    play = start("en_ad_gangen", enheder=["A", None, "B"], nok=False)
    for unit in ("A", None, "B"):
        assert [w.item for w in play.flow.work] == [unit]
        play.do("svar", svar=1)
    assert play.open == ["samle"]
    assert [row["nr"] for row in play.variables["svarene"]] == [1, 2, 3]


def test_one_after_another_stops_when_enough(start):
    play = start("en_ad_gangen", enheder=THREE, nok=False)
    play.do("svar", svar=1, nok=True)
    assert play.open == ["samle"]


def test_an_empty_list_is_done_at_once(start):
    play = start("hoering", enheder=[], nok=False)
    assert play.open == ["samle"]
    assert play.variables["svarene"] == []


@pytest.mark.parametrize("bad", [None, "JOB", {"a": 1}, 3])
def test_what_is_no_list_stops_the_step(start, bad):
    with pytest.raises(bpmn.Stuck):
        start("hoering", enheder=bad, nok=False)


def test_round_after_round_nothing_of_the_last_round_is_left(start):
    play = start("runder", enheder=["A", "B"])
    for _ in range(4):
        play.do("svar", of="B")
        play.do("svar", of="A")
        play.do("samle", igen=True)
    assert set(play.variables) == {"enheder", "igen"}
    rows = json.loads(play.flow.scopes()).values()
    assert sorted(len(row) for row in rows) == [2, 2, 2]


def test_a_sub_process_for_each_item_with_its_own_locals(start):
    play = start("rum_hver", enheder=["A", "B"])
    play.do("a", of="A", svar="a")
    play.do("a", of="B", svar="b")
    play.do("b", of="B")
    play.do("b", of="A")
    assert play.ended
    assert play.variables["svarene"] == ["a", "b"]


def test_a_call_for_each_item(start):
    play = start("kald_hver", enheder=["A", "B"])
    assert [(w.element, w.queue, w.item) for w in play.flow.work] == [("a", "A", "A")]
    play.do("a", svar=1)
    play.do("a", svar=2)
    assert play.ended
    assert play.variables["svarene"] == [1, 2]


def test_a_service_for_each_item(start, case):
    case.services["ring"] = lambda call: {"kvittering": call.inputs["til"] + "!"}
    play = start("tjeneste_hver", enheder=["A", "B"])
    assert play.ended
    assert play.variables["svarene"] == ["A!", "B!"]
    assert [call.item for call in case.calls] == ["A", "B"]


def test_jobs_for_each_item_and_one_failure_ends_them_all(start):
    play = start("uafbrudt", enheder=["A", "B"])
    first, second = play.flow.work
    assert (first.kind, first.retries, first.item) == ("service", 2, "A")
    play.flow.resume(first.id, {"svar": 1})
    play.again()
    play.flow.fail(second.id, bpmn.BpmnError("optaget"))
    play.again()
    assert play.open == ["selv"]


def test_a_thousand_items_are_fine(start, case):
    case.services["ring"] = lambda call: {"kvittering": 1}
    play = start("tjeneste_hver", enheder=list(range(1000)))
    assert len(play.variables["svarene"]) == 1000
