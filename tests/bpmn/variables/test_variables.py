"""Where variables live, who sees them, and what may be one."""

from __future__ import annotations

import json

import pytest

from engine import bpmn
from engine.bpmn.values import clean


def test_inputs_are_local_and_only_mapped_outputs_leave(start):
    play = start("maaler", antal=4, plan={"navn": "A", "dato": None})
    [inside] = [row for row in json.loads(play.flow.scopes()).values() if "x" in row]
    assert inside == {"x": 8, "y": 9}
    play.do("a", svar=1, andet=2)
    assert play.variables == {"antal": 4, "plan": {"navn": "A", "dato": 1}, "resultat": 10}


def test_without_output_mapping_every_answer_becomes_a_variable(start):
    play = start("maaler", antal=4)
    play.do("a", svar=1)
    play.do("b", fri="tekst", antal=5)
    assert play.variables["fri"] == "tekst"
    assert play.variables["antal"] == 5


def test_a_local_variable_shadows_the_outer_and_takes_what_is_written(start):
    play = start("lokal", antal=1)
    play.do("inde", antal=7, ny=True)
    assert play.variables == {"antal": 1, "ny": True, "op": 7}


def test_a_called_process_gets_and_gives_everything_unless_told(start):
    play = start("kalder", antal=1)
    play.do("inde", antal=2, fundet="x")
    assert play.variables == {"antal": 2, "fundet": "x"}


def test_a_called_processes_variables_are_its_own_while_it_runs(start):
    play = start("kalder", antal=1)
    inside, outside = play.item("inde").scope_id, play.flow.variables()
    assert outside == {"antal": 1}
    assert inside != next(iter(json.loads(play.flow.scopes())))


def test_a_closed_call_gets_its_inputs_and_gives_nothing(start):
    play = start("kalder_lukket", antal=1, hemmeligt=True)
    inside = json.loads(play.flow.scopes())[play.item("inde").scope_id]
    assert inside == {"antal": 2}
    play.do("inde", antal=9, fundet="x")
    assert play.variables == {"antal": 1, "hemmeligt": True}


def test_a_call_with_output_mapping_gives_what_is_mapped(start):
    play = start("kalder_kort", antal=1)
    play.do("inde", antal=9, fundet="x")
    assert play.variables == {"antal": 1, "kun": "x"}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_no_branch_overwrites_what_it_did_not_answer(start, order):
    play = start("grene", x=1, liste=[1, 2, 3])
    answers = {"a": {"x": 2, "liste": [3, 1]}, "b": {"ny": 1}}
    for element in order:
        play.do(element, **answers[element])
    assert play.variables == {"x": 2, "liste": [3, 1], "ny": 1}


def test_every_change_stands_in_the_journal_with_old_and_new(start):
    play = start("grene", x=1)
    play.do("a", x=2, y=None)
    changes = [(s.name, s.data["old"], s.data["new"]) for s in play.steps if s.kind == "variable"]
    assert changes == [("x", None, 1), ("x", 1, 2), ("y", None, None)]


def test_what_the_caller_keeps_of_its_answers_changes_nothing_later(start):
    play = start("grene")
    answers = {"plan": {"maal": ["a"]}}
    play.flow.complete(play.item("a").id, answers)
    answers["plan"]["maal"].append("b")
    play.flow.variables()["plan"]["maal"].append("c")
    assert play.flow.variables() == {"plan": {"maal": ["a"]}}


@pytest.mark.parametrize("key", ["typename", "__class__", "", "æ ø å"])
def test_any_name_is_harmless_as_data(start, key):
    value = {key: "X", "liste": [{key: "datetime", "value": "2026-01-01"}]}
    play = start("grene")
    play.do("a", **{"svar": value}, **{key or "tom": "ude"})
    assert play.variables["svar"] == value


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), 2**63, {1: "a"}, {"a": {2: "b"}}, object(), b"x", {1, 2},
        "\0", "\ud800", "x" * 600_000, [0] * 30_000,
    ],
)  # fmt: skip
def test_what_is_not_bounded_json_is_refused(value):
    with pytest.raises(bpmn.NotJson):
        clean({"a": value})


def test_endless_depth_is_refused():
    deep: list = []
    deep.append(deep)
    with pytest.raises(bpmn.NotJson):
        clean({"a": deep})


def test_nobody_may_overwrite_the_case_itself(start):
    play = start("grene")
    with pytest.raises(bpmn.NotJson):
        play.do("a", sag={})


def test_a_refusal_of_bad_data_reads_as_danish():
    with pytest.raises(bpmn.NotJson) as refused:
        clean({"a": float("nan")})
    assert str(refused.value).startswith("Oplysningerne kan ikke gemmes")


def test_a_text_that_keeps_growing_stops_the_step(start):
    with pytest.raises(bpmn.Stuck):
        start("vokser", tekst="xxxxxxxxxx")


def test_a_process_that_calls_itself_without_end_is_stopped(start):
    with pytest.raises(bpmn.Stuck):
        start("uden_bund")
