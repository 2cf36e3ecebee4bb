"""Event sub-processes: every trigger, beside or instead, at any level."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import bpmn


def test_an_interrupting_start_ends_the_case_wherever_it_stands(start):
    for steps in ([], ["a"], ["a", "inde"]):
        play = start("afbryder")
        for element in steps:
            play.do(element)
        play.tell("trukket", aarsag="fortrudt", andet=1)
        assert (play.open, play.waits) == (["trukket_opgave"], [])
        assert play.variables == {"hvorfor": "fortrudt"}
        play.do("trukket_opgave")
        assert play.ended


def test_it_interrupts_once(start):
    play = start("afbryder")
    play.tell("trukket")
    with pytest.raises(bpmn.NobodyWaits):
        play.tell("trukket")


def test_in_a_sub_process_of_a_called_process_only_that_room_is_interrupted(start):
    play = start("afbryder")
    play.do("a")
    assert play.waits == ["stop_kald_start", "stop_rum_start", "trukket_start"]
    play.tell("stop_rum")
    assert (play.open, play.waits) == (["stop_rum_opgave"], ["stop_kald_start", "trukket_start"])
    play.do("stop_rum_opgave")
    assert play.open == ["efter_rum"]


def test_in_a_called_process_only_the_call_is_interrupted(start):
    play = start("afbryder")
    play.do("a")
    play.signal("stop_kald")
    assert (play.open, play.waits) == (["stop_kald_opgave"], ["trukket_start"])
    play.do("stop_kald_opgave")
    assert play.open == ["b"]


def test_beside_the_case_it_starts_again_and_again_and_the_case_ends_with_the_last(start, travel):
    play = start("ved_siden")
    play.tell("klage", nr=1)
    play.tell("klage", nr=2)
    assert play.signal("nyt") == 1
    assert play.open == ["a", "klage_opgave", "klage_opgave", "signal_opgave"]
    play.do("a")
    assert not play.ended
    assert "klage_start" in play.waits
    for element in ("klage_opgave", "klage_opgave", "signal_opgave"):
        play.do(element)
    assert play.ended
    assert play.waits == []


def test_a_timer_of_the_room_does_not_hold_it_open(start, travel):
    play = start("ved_siden")
    play.do("a")
    assert play.ended
    assert play.flow.timers == []


def test_timers_of_the_room_count_from_when_it_opened(start, travel):
    play = start("ved_siden")
    opened = travel.now()
    assert play.timer("rykker_start").due == opened + timedelta(days=14)
    play.sleep(travel, days=100)
    assert play.open == ["a"] + ["maanedlig_opgave"] * 3 + ["rykker_opgave"]
    # 30 January: the last day of February, then the 30th again.
    assert [s.data["due"][:10] for s in play.steps if s.kind == "timer_fired"] == [
        "2026-02-13", "2026-02-28", "2026-03-30", "2026-04-30",
    ]  # fmt: skip


def test_an_interrupting_one_ends_those_beside(start):
    play = start("ved_siden")
    play.tell("klage")
    play.signal("lukket")
    assert (play.open, play.waits) == (["lukket_opgave"], [])
    play.do("lukket_opgave")
    assert play.ended


@pytest.mark.parametrize(
    ("hvad", "opened"),
    [
        ("fejl", ["fejlet_opgave"]),
        ("eskaler", ["eskaleret_opgave"]),
        ("andet", ["b", "hoert_opgave"]),
    ],
)
def test_errors_and_escalations_from_inside_start_it(start, hvad, opened):
    play = start("fejl_overalt")
    assert (play.open, play.waits) == (["a"], [])
    play.do("a", hvad=hvad)
    assert play.open == opened
    for element in opened:
        play.do(element)
    if hvad == "andet":
        play.do("efter")
    assert play.ended


def test_an_error_in_the_errors_own_room_is_not_caught_by_the_same_start_again(start):
    play = start("fejl_i_fejl")
    assert play.open == ["ret"]
    with pytest.raises(bpmn.UncaughtError):
        play.do("ret")


def test_it_is_caught_further_out(start):
    play = start("fejl_i_fejl_ude")
    play.do("ret")
    assert play.open == ["ude"]


def test_a_timer_in_a_sub_process_interrupts_that_room(start, travel):
    play = start("frist_afbryder")
    play.sleep(travel, days=5)
    assert play.open == ["for_sent_opgave"]
    play.do("for_sent_opgave")
    assert play.open == ["efter"]


def test_an_event_sub_process_inside_another_is_armed_while_the_outer_runs(start):
    play = start("i_hinanden")
    assert play.waits == ["ydre_start"]
    play.tell("ydre")
    assert play.waits == ["indre_start"]
    play.tell("indre")
    assert play.open == ["indre_opgave", "ydre_opgave"]
    play.do("ydre_opgave")
    play.do("indre_opgave")
    assert play.ended


def test_each_multi_instance_room_has_its_own(start):
    play = start("hver_sin", enheder=["A", "B"])
    play.tell("stop")
    assert play.open == ["stop_opgave", "svar"]
    play.do("stop_opgave")
    play.do("svar")
    assert play.ended


def test_other_cases_on_the_same_program_are_untouched(start, case):
    play = start("afbryder")
    specs = {n: list(s.task_specs) for n, s in play.program.specs.items()}
    play.tell("trukket")
    fresh = bpmn.Flow.start(play.program, case)
    assert [w.element for w in fresh.work] == ["a"]
    assert {n: list(s.task_specs) for n, s in play.program.specs.items()} == specs
