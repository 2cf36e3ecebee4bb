"""Events in the flow and on the border of activities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import bpmn, clock


def test_guards_stand_while_their_task_is_open_and_go_with_it(start):
    play = start("vagter")
    assert play.waits == ["for_sent", "lukket", "nyt", "rykker", "trukket", "ugentlig"]
    play.do("opgave")
    assert (play.open, play.waits) == (["videre"], [])


@pytest.mark.parametrize(
    ("what", "opened"),
    [
        (lambda play: play.fire("for_sent"), "opgiv"),
        (lambda play: play.tell("trukket"), "traek"),
        (lambda play: play.signal("lukket"), "luk"),
    ],
)
def test_an_interrupting_guard_ends_the_task_and_every_other_guard(start, what, opened):
    play = start("vagter")
    what(play)
    assert (play.open, play.waits) == ([opened], [])
    assert play.happened("cancelled") == ["opgave"]
    play.do(opened)
    assert play.ended


def test_a_guard_beside_leaves_the_task_open_and_takes_its_work_id_nowhere(start):
    play = start("vagter")
    before = play.item("opgave").id
    play.tell("nyt")
    play.tell("nyt")
    play.fire("rykker")
    assert play.open == ["opgave", "ryk", "se_nyt", "se_nyt"]
    assert play.item("opgave").id == before
    assert "rykker" not in play.waits


def test_a_cycle_fires_as_often_as_it_says_from_its_anchor_with_the_same_id(start, travel):
    play = start("vagter")
    first = play.timer("ugentlig")
    dues = []
    while "ugentlig" in play.waits:
        assert play.timer("ugentlig").id == first.id
        dues.append(play.timer("ugentlig").due)
        play.fire("ugentlig")
    assert dues == [travel.now() + timedelta(days=7 * n) for n in (1, 2, 3)]
    assert play.open.count("ugens") == 3


def test_after_a_long_sleep_every_missed_occurrence_fires_once(start, travel):
    play = start("vagter")
    play.sleep(travel, days=50)
    assert play.open.count("ugens") == 3
    assert play.open.count("ryk") == 1
    assert "opgave" in play.open


def test_a_moved_deadline_comes_due_when_it_was_moved_to(start, travel):
    play = start("vagter")
    timer = play.timer("rykker")
    play.flow.move_timer(timer.id, datetime(2026, 6, 1, tzinfo=clock.COPENHAGEN))
    play.again()
    assert play.timer("rykker").due == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert play.timer("rykker").id == timer.id
    assert play.happened("timer_moved") == ["rykker"]


def test_a_timer_that_is_gone_is_refused(start):
    play = start("vagter")
    timer = play.timer("rykker")
    play.do("opgave")
    with pytest.raises(bpmn.TimerGone):
        play.flow.fire(timer.id)
    with pytest.raises(bpmn.TimerGone):
        play.flow.move_timer(timer.id, clock.now())


def test_a_message_id_is_no_timer(start):
    play = start("vagter")
    with pytest.raises(bpmn.TimerGone):
        play.flow.fire(play.flow.subscriptions[0].id)


def test_reminders_of_earlier_rounds_stay_open_and_new_ones_are_armed(start, travel):
    play = start("vagt_i_loekke")
    for n in range(1, 4):
        play.sleep(travel, days=2)
        assert play.open == ["opgave"] + ["ryk"] * n
        play.do("opgave", igen=True)
    play.do("opgave", igen=False)
    assert not play.ended
    for _ in range(3):
        play.do("ryk")
    assert play.ended


def test_a_guard_around_a_sub_process_ends_everything_in_it(start):
    play = start("vagt_om_rum")
    play.do("b")
    assert (play.open, play.waits) == (["a"], ["stop", "vent"])
    play.tell("stop", aarsag="flyttet", andet=1)
    assert (play.open, play.waits) == (["stoppet"], [])
    assert play.variables == {"grund": "flyttet"}
    play.do("stoppet")
    assert play.ended


def test_a_link_continues_where_its_name_is_caught(start):
    play = start("led")
    play.do("a")
    assert play.open == ["b"]


def test_a_signal_reaches_everybody_who_waits_and_leaves_the_case_too(start):
    play = start("signaler")
    play.do("a")
    assert play.open == ["b", "c"]
    assert play.variables == {"af": "a", "fra": "a"}
    assert [(t.kind, t.name, t.data) for t in play.thrown] == [
        ("signal", "klar", {"fra": "a"}),
        ("signal", "slut_nu", {}),
    ]


def test_a_signal_nobody_waits_for_is_caught_by_nobody(start):
    assert start("signaler").signal("ukendt") == 0


def test_a_message_nobody_waits_for_is_refused_in_danish(start):
    with pytest.raises(bpmn.NobodyWaits) as refused:
        start("signaler").tell("samtykke_trukket")
    assert "Sagen venter ikke på samtykke_trukket nu" in str(refused.value)


def test_a_terminate_end_takes_the_other_tokens_with_it(start):
    play = start("stop_alt")
    play.do("b")
    assert play.ended
    assert play.happened("cancelled") == ["a"]


def test_a_terminate_end_stays_in_its_room(start):
    play = start("stop_rum")
    play.do("b")
    assert play.open == ["efter", "ude"]


def test_a_path_may_end_without_an_end_event(start):
    play = start("uden_slut")
    play.do("a")
    assert not play.ended
    play.do("b")
    assert play.ended


def test_an_end_event_sends_its_message_with_key_and_mapped_data_only(start):
    play = start("slutbesked", hemmeligt=1)
    [thrown] = play.thrown
    assert (thrown.name, thrown.key, thrown.data) == ("faerdig", "2026-1", {"svar": 42})


def test_each_item_waits_with_its_own_key_and_is_told_by_its_subscription(start):
    play = start("noegler", sager=["A", "B"])
    keys = {s.key: s.id for s in play.flow.subscriptions}
    assert set(keys) == {"A", "B"}
    play.flow.tell("kom", {}, keys["B"])
    play.again()
    assert [s.key for s in play.flow.subscriptions] == ["A"]
    with pytest.raises(bpmn.NobodyWaits):
        play.flow.tell("kom", {}, keys["B"])


def test_a_guard_on_a_multi_instance_ends_every_item(start):
    play = start("noegler", sager=["A", "B"])
    play.tell("kom")
    play.tell("kom")
    assert play.open == ["hver", "hver"]
    play.tell("svar")
    assert play.ended


def test_a_message_goes_to_one_the_innermost_and_there_to_the_one_in_the_flow_first(start):
    play = start("inderst")
    assert play.waits == ["inde", "om_rum", "paa_a"]
    play.tell("hej")
    assert play.waits == ["om_rum", "paa_a"]
    assert play.open == ["a"]
    play.tell("hej")
    assert play.ended


def test_cancelling_ends_the_case_wherever_it_stands(start):
    play = start("vagt_om_rum")
    play.flow.cancel("fejloprettet")
    play.again()
    assert play.ended
    assert (play.open, play.waits) == ([], [])
    assert play.steps[-1].kind == "ended"


def test_a_signal_that_ends_its_own_sender_lets_nothing_of_it_go_on(start, case):
    play = start("eget_signal")
    play.do("a")
    assert play.open == ["stoppet"]
    assert case.calls == []


def test_a_guard_that_says_so_may_have_no_time(start):
    play = start("uden_tid", frist=None)
    assert (play.open, play.waits) == (["opgave"], [])
    assert play.happened("timer_skipped") == ["rykker"]
    assert play.happened("timer_undated") == []
    assert start("uden_tid", frist="P1D").waits == ["rykker"]


@pytest.mark.parametrize(
    ("diagram", "timer"), [("uden_frist", "rykker"), ("venter_paa_intet", "vent")]
)
def test_any_other_timer_without_a_time_waits_for_one_and_the_journal_says_so(
    start, diagram, timer
):
    play = start(diagram, frist=None)
    assert play.waits == []
    assert play.happened("timer_undated") == [timer]
    play.again()
    play.flow.run.scopes.rows[play.flow.run.chain(play.flow.run.top.task_tree)[-1]]["frist"] = "P1D"
    play.flow.run.settle()
    play.again()
    assert play.waits == [timer]
    assert play.happened("timer_armed") == [timer]


def test_a_timer_that_never_got_a_time_goes_with_what_it_guards(start):
    play = start("uden_frist", frist=None)
    play.do("opgave")
    assert play.ended
    assert play.flow.run.waits.undated == {}
