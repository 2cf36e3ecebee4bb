"""Gateways: choices, joins inside and outside loops, the first of several events."""

from __future__ import annotations

import pytest

from engine import bpmn


@pytest.mark.parametrize(
    ("n", "chosen"), [(11, "stor"), (2, "lille"), (1, "ellers"), (None, "ellers")]
)
def test_the_first_condition_that_holds_is_chosen_else_the_default(start, n, chosen):
    play = start("valg", n=n)
    assert play.open == [chosen]
    [step] = [s for s in play.steps if s.kind == "chose"]
    assert step.data["flows"] == [f"f_hvad_{chosen}"]


def test_no_condition_and_no_default_stops_the_step(start):
    with pytest.raises(bpmn.Stuck) as stuck:
        start("uden_udvej", n=3)
    assert stuck.value.element == "hvad"


def test_a_condition_that_is_neither_true_nor_false_stops_the_step(start):
    play = start("parallel_loekke")
    for element in ("a", "b", "b2"):
        play.do(element)
    with pytest.raises(bpmn.Stuck) as stuck:
        play.do("c", igen="måske")
    assert stuck.value.element == "igen"


def test_a_parallel_join_in_a_loop_waits_for_everybody_in_every_round(start):
    play = start("parallel_loekke")
    for _ in range(3):
        assert play.open == ["a", "b"]
        play.do("b")
        play.do("b2")
        assert play.open == ["a"]
        play.do("a")
        assert play.open == ["c"]
        play.do("c", igen=True)
    play.do("a")
    play.do("b")
    assert play.open == ["b2"]
    play.do("b2")
    play.do("c", igen=False)
    assert play.ended


def test_a_loop_inside_one_branch_holds_the_join_until_it_ends(start):
    play = start("loekke_i_gren")
    play.do("b")
    play.do("a", igen=True)
    play.do("a", igen=True)
    assert play.open == ["a"]
    play.do("a", igen=False)
    assert play.open == ["c"]


def test_an_inclusive_join_in_a_loop_waits_for_the_branches_of_its_round(start):
    play = start("inklusiv_loekke", n=0)
    for n, branches in enumerate([["a"], ["a", "b"], ["a", "b", "d"], ["a"]]):
        assert play.open == branches
        for branch in reversed(branches):
            assert play.open != ["c"]
            play.do(branch)
        assert play.open == ["c"]
        play.do("c", igen=True, n=[1, 2, 0, 0][n])
    play.do("a")
    play.do("c", igen=False)
    assert play.ended


def test_an_inclusive_split_without_a_true_condition_takes_the_default(start):
    play = start("inklusiv_standard", n=0)
    assert play.open == ["b"]
    play.do("b")
    assert play.ended


@pytest.mark.parametrize("stop", [True, False])
def test_an_inclusive_join_fires_when_the_last_token_that_could_come_goes_elsewhere(start, stop):
    play = start("inklusiv_ustruktureret")
    play.do("a")
    assert play.open == ["b"]
    play.do("b", stop=stop)
    assert play.open == ["c"]
    play.do("c")
    assert play.ended


def test_inclusive_joins_behind_each_other_fire_in_order(start):
    play = start("inklusiv_bag_hinanden")
    play.do("d")
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["c"]


def test_a_second_token_on_the_same_flow_waits_for_a_round_of_its_own(start):
    play = start("to_tegn")
    play.do("a")
    play.do("b")
    assert play.open == ["d"]
    with pytest.raises(bpmn.Stuck) as stuck:
        play.do("d")
        play.do("c")
    assert stuck.value.element == "saml"


def test_a_join_that_can_never_fire_is_an_incident_and_not_silence(start):
    play = start("laas")
    with pytest.raises(bpmn.Stuck) as stuck:
        play.do("a")
    assert stuck.value.element == "saml"


def test_a_diagram_that_never_waits_is_stopped(start):
    with pytest.raises(bpmn.Stuck):
        start("rundt")


@pytest.mark.parametrize(
    ("what", "after"),
    [
        (lambda play: play.tell("svar"), "a"),
        (lambda play: play.fire("kort"), "b"),
        (lambda play: play.fire("langt"), "c"),
        (lambda play: play.signal("stop"), "d"),
    ],
)
def test_an_event_gateway_follows_the_event_that_comes_and_forgets_the_others(start, what, after):
    play = start("haendelser")
    assert play.waits == ["besked", "kort", "langt", "stop"]
    what(play)
    assert play.open == [after]
    assert play.waits == []


def test_two_timers_behind_one_gateway_have_a_row_and_a_moment_each(start, travel):
    play = start("haendelser")
    days = {t.element: (t.due - travel.now()).days for t in play.flow.timers}
    assert days == {"kort": 1, "langt": 5}
    play.sleep(travel, days=1)
    assert play.open == ["b"]


def test_two_flows_out_of_a_task_give_two_tokens(start):
    play = start("to_veje_ud")
    play.do("a")
    assert play.open == ["b", "c"]
    play.do("b")
    assert not play.ended
    play.do("c")
    assert play.ended
