"""The case's states, after the state machine of the domain."""

import pytest

from engine import clock
from engine.domain.cases import CLOSED, TRANSITIONS, Case, ImpossibleMove, move


def a_case(tilstand: str) -> Case:
    return Case(nummer="2026-0001", tilstand=tilstand, opened_at=clock.now())


def test_a_case_moves_along_the_states_of_a_whole_course():
    case = a_case("MODTAGET")
    for tilstand in (
        "SCREENING",
        "TILBUD_GIVET",
        "BETAENKNING",
        "SAMTYKKE_GIVET",
        "KOORDINATOR_UDPEGET",
        "PLAN_UDARBEJDES",
        "PLAN_AFVENTER_BORGER",
        "PLAN_AKTIV",
        "PLAN_REVIDERES",
        "PLAN_AKTIV",
        "AFSLUTNING_FORBEREDES",
        "AFSLUTTET",
        "EFTEROPFOELGNING",
        "ARKIVERET",
    ):
        move(case, tilstand)
    assert case.closed_at is not None


def test_a_state_that_does_not_follow_is_refused():
    with pytest.raises(ImpossibleMove, match="MODTAGET -> PLAN_REVIDERES"):
        move(a_case("MODTAGET"), "PLAN_REVIDERES")


def test_death_may_come_in_any_open_state_but_not_after_closing():
    for tilstand in TRANSITIONS.keys() - CLOSED - {"DOED"}:
        case = a_case(tilstand)
        move(case, "DOED")
        assert case.tilstand == "DOED"
    closed = a_case("AFSLUTTET")
    closed.closed_at = clock.now()
    with pytest.raises(ImpossibleMove):
        move(closed, "DOED")


def test_a_case_put_to_rest_returns_to_where_it_was_and_nowhere_else():
    case = a_case("PLAN_AKTIV")
    move(case, "SAT_I_BERO")
    with pytest.raises(ImpossibleMove):
        move(case, "PLAN_UDARBEJDES")
    move(case, "PLAN_AKTIV")
    assert case.tilstand_foer_bero is None


def test_a_reopened_case_is_open_again():
    case = a_case("AFSLUTNING_FORBEREDES")
    move(case, "AFSLUTTET")
    move(case, "SCREENING")
    assert case.open
    assert case.closed_at is None
