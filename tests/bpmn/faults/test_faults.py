"""Errors and escalations: who catches them."""

from __future__ import annotations

import pytest

from engine import bpmn


def raising(code):
    def service(call):
        raise bpmn.BpmnError(code, "det gik ikke", {"grund": code})

    return service


@pytest.mark.parametrize(("code", "caught"), [("E1", "her"), ("E7", "hvad_som_helst")])
def test_an_exact_code_goes_before_an_event_for_every_code(start, case, code, caught):
    case.services["svaer"] = raising(code)
    play = start("fejl")
    assert play.open == [caught]
    assert play.variables == {"grund": code}
    play.do(caught)
    assert play.ended


def test_an_error_goes_through_rooms_items_and_calls_until_somebody_catches_it(start, case):
    case.services["svaer"] = lambda call: (
        raising("E5")(call) if call.item == "anden" else {"gik": call.item}
    )
    play = start("fejl_udad", dele=["første", "anden"])
    assert play.open == ["ude"]
    assert play.variables["grund"] == "E5"
    play.do("ude")
    assert play.ended


def test_an_error_nobody_catches_breaks_the_step(start, case):
    with pytest.raises(bpmn.UncaughtError) as broken:
        start("ugrebet", fejl=True)
    assert (broken.value.element, broken.value.error.code) == ("fejl", "E9")


def test_an_escalation_nobody_catches_breaks_the_step(start):
    with pytest.raises(bpmn.UncaughtEscalation) as broken:
        start("ugrebet", fejl=False)
    assert (broken.value.element, broken.value.code) == ("eskaler", "X9")


def test_after_a_broken_step_the_case_loads_as_it_was(start, case):
    case.services["svaer"] = raising("E1")
    play = start("eskalering")
    state, scopes = play.flow.state(), play.flow.scopes()
    play.flow.complete(play.item("a").id, {"grund": "x"})
    again = bpmn.Flow.load(play.program, case, state, scopes)
    assert [w.element for w in again.work] == ["a"]


def test_an_escalation_beside_leaves_its_thrower_running(start):
    play = start("eskalering")
    play.do("a", grund="uenighed")
    assert play.open == ["b", "hjaelp"]
    play.do("b")
    play.do("hjaelp")
    assert play.ended


def test_an_interrupting_escalation_ends_its_thrower(start):
    play = start("eskalering_afbryder")
    play.do("a")
    assert play.open == ["hjaelp"]
    play.do("hjaelp")
    assert play.ended


def test_any_other_exception_of_a_service_comes_out_as_it_is(start, case):
    def broken(call):
        raise ZeroDivisionError

    case.services["svaer"] = broken
    with pytest.raises(ZeroDivisionError):
        start("fejl")
