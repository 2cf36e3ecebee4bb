"""Who could coordinate a case: the order, and the reasons that are told with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock
from engine.domain import appointment, candidates, cases, choices, organisation, placement, recusals
from engine.domain.organisation import Absence
from engine.queries.candidates import reasons


@pytest.fixture
def placed(town):
    """A citizen with a need in education, placed in KUI."""
    town.consenting(uddannelse="stort")
    town.write(
        lambda s, c: placement.propose(s, c, "leder-kui", assessment="x", strain=None, unit="KUI")
    )
    return town


def ranked(town) -> list[candidates.Candidate]:
    return town.read(candidates.ranked)


def one(town, username: str) -> candidates.Candidate:
    return next(c for c in ranked(town) if c.username == username)


def carry(town, username: str, count: int) -> None:
    def add(session, case):
        for _ in range(count):
            other = cases.create(session, "koordinering", owner_unit="KUI")
            other.koordinator, other.tilstand = username, "PLAN_AKTIV"

    town.write(add)


def test_the_placed_unit_comes_first_then_who_knows_about_the_need_then_the_lighter(placed):
    carry(placed, "koordinator-1", 2)
    names = [c.username for c in ranked(placed)]
    assert names[:3] == ["koordinator-2", "koordinator-1", "sagsbehandler-kui"]
    assert one(placed, "koordinator-3").placed is False


def test_the_load_is_told_without_and_with_the_case(placed):
    carry(placed, "koordinator-1", 6)
    found = one(placed, "koordinator-1")
    assert (found.before, found.after) == (20, 25)
    assert found.rise == "fra 20 % til 25 %"


def test_who_is_over_the_norm_comes_after_who_is_not_and_demands_a_reason(placed):
    placed.write(lambda s, c: organisation.change_setting(s, "norm.koordinator-2", 1))
    found = one(placed, "koordinator-2")
    assert found.demand == candidates.APPROVAL
    assert ranked(placed)[-1].username == "koordinator-2"


def test_who_knows_the_citizen_comes_before_who_does_not(placed):
    placed.write(lambda s, c: appointment.appoint_deputy(s, c, "sagsbehandler-kui", "leder-kui"))
    assert ranked(placed)[0].username == "sagsbehandler-kui"
    assert "er stedfortræder" in reasons(one(placed, "sagsbehandler-kui"))


def test_who_has_stepped_aside_stands_last_and_cannot_be_chosen(placed):
    placed.write(lambda s, c: recusals.step_aside(c, "koordinator-1", "Nabo"))
    assert ranked(placed)[-1].username == "koordinator-1"
    offered = {row["value"] for row in placed.read(choices.coordinators)}
    assert "koordinator-1" not in offered and "koordinator-2" in offered


def test_an_absence_is_told(placed):
    today = clock.today()
    away = Absence(
        username="koordinator-1",
        deputy="koordinator-2",
        first_day=today,
        last_day=today + timedelta(days=3),
    )
    placed.write(lambda s, c: s.add(away))
    told = reasons(one(placed, "koordinator-1"))
    assert any(reason.startswith("er fraværende til") for reason in told)
    assert "kender til uddannelse" in told


def test_who_is_to_have_no_cases_stands_after_those_who_may(placed):
    placed.write(lambda s, c: organisation.change_setting(s, "norm.koordinator-2", 0))
    found = one(placed, "koordinator-2")
    assert (found.before, found.after, found.rise) == (None, None, "har normen 0")
    assert ranked(placed)[-1].username == "koordinator-2"
