"""The shared budget: nothing blocks but a reservation, and two never get the last money."""

from decimal import Decimal

import pytest

from engine.domain import budget
from engine.domain.budget import (
    BelowCommitted,
    NoCover,
    NotCommitted,
    NotReserved,
    NotWholeOere,
    UnknownLine,
)
from tests.budget.conftest import ENTRY, LINE, balance, differences, together


def test_two_applications_at_the_same_moment_do_not_both_get_the_last_money(line):
    def ask(number):
        return line.write(
            lambda s: budget.reserve_up_to(s, LINE, Decimal(50_000), subject=f"a{number}", **ENTRY)
        )

    got = together(2, ask)
    assert sorted(got) == [10_000, 50_000]
    assert balance(line)["reserved"] == 60_000
    assert balance(line)["free"] == 0


def test_many_at_once_are_served_until_the_line_is_empty_and_the_rest_are_told(line):
    def ask(number):
        line.write(lambda s: budget.reserve(s, LINE, 7_000, subject=f"a{number}", **ENTRY))
        return "yes"

    got = together(12, ask)
    assert got.count("yes") == 8
    assert all(isinstance(g, NoCover) for g in got if g != "yes")
    assert balance(line)["reserved"] == 56_000


def test_a_request_blocks_nothing(line):
    line.write(lambda s: budget.request(s, LINE, 96_000, subject="a", **ENTRY))
    assert balance(line)["requested"] == 96_000
    assert balance(line)["free"] == 60_000


def test_what_is_missing_is_said_to_the_krone(line):
    with pytest.raises(NoCover, match=r"60\.000 kr\. fri, og der mangler 36\.000"):
        line.write(lambda s: budget.reserve(s, LINE, 96_000, subject="a", **ENTRY))
    assert balance(line)["reserved"] == 0


def test_only_what_is_reserved_can_be_committed_or_released(line):
    line.write(lambda s: budget.reserve(s, LINE, 100, subject="a", **ENTRY))
    for move in (budget.commit, budget.release):
        with pytest.raises(NotReserved):
            line.write(lambda s, m=move: m(s, LINE, 101, subject="a", **ENTRY))
    assert balance(line)["reserved"] == 100


def test_a_committed_amount_that_is_given_back_leaves_the_reservation_alone(line):
    def story(session):
        budget.reserve(session, LINE, 1_000, subject="a", **ENTRY)
        budget.commit(session, LINE, 600, subject="a", unit="MIS", **ENTRY)
        budget.uncommit(session, LINE, 100, subject="a", unit="MIS", **ENTRY)
        return (
            budget.held_by(session, LINE, "a"),
            budget.committed(session, "a"),
            budget.by_unit(session, LINE),
        )

    assert line.write(story) == (400, {LINE: 500}, {"MIS": 500})


def test_the_ledger_adds_up_to_the_line(line):
    def story(session):
        for number in range(5):
            budget.reserve(session, LINE, 1_000 + number, subject=f"a{number}", **ENTRY)
        budget.release(session, LINE, 1_000, subject="a0", **ENTRY)
        budget.commit(session, LINE, 1_001, subject="a1", **ENTRY)
        held = sum((budget.held_by(session, LINE, f"a{n}") for n in range(5)), start=Decimal(0))
        return held, budget.balance(session, LINE)["reserved"]

    held, reserved = line.write(story)
    assert held == reserved == 1_002 + 1_003 + 1_004


def test_a_total_never_goes_below_what_is_bound(line):
    line.write(lambda s: budget.reserve(s, LINE, 50_000, subject="a", **ENTRY))
    with pytest.raises(BelowCommitted):
        line.write(lambda s: budget.set_total(s, LINE, 49_999))
    line.write(lambda s: budget.set_total(s, LINE, 50_000))


def test_a_line_that_does_not_exist_is_said_so(line):
    with pytest.raises(UnknownLine, match="faelles-2031"):
        line.write(lambda s: budget.reserve(s, "faelles-2031", 1, subject="a", **ENTRY))


def test_what_one_application_has_reserved_is_not_released_or_committed_for_another(line):
    line.write(lambda s: budget.reserve(s, LINE, 1_000, subject="a", **ENTRY))
    for move in (budget.commit, budget.release):
        with pytest.raises(NotReserved):
            line.write(lambda s, m=move: m(s, LINE, 1, subject="b", **ENTRY))
    assert balance(line)["reserved"] == 1_000


def test_a_grant_is_used_up_by_the_unit_that_bears_it_and_no_further(line):
    def story(session):
        budget.reserve(session, LINE, 1_000, subject="a", **ENTRY)
        budget.commit(session, LINE, 600, subject="a", unit="MIS", **ENTRY)
        budget.commit(session, LINE, 400, subject="a", unit="JOB", **ENTRY)
        budget.spend(session, LINE, 500, subject="a", unit="MIS", **ENTRY)

    line.write(story)
    found = balance(line)
    assert (found["granted"], found["spent"], found["free"]) == (1_000, 500, 59_000)
    for unit, amount in (("MIS", 101), ("JOB", 401), ("VOK", 1)):
        with pytest.raises(NotCommitted):
            line.write(
                lambda s, u=unit, a=amount: budget.spend(s, LINE, a, subject="a", unit=u, **ENTRY)
            )
    line.write(lambda s: budget.unspend(s, LINE, 100, subject="a", unit="MIS", **ENTRY))
    with line.reading() as session:
        assert budget.spent(session, "a") == {LINE: 400}
        assert budget.unspent(session, "a") == {LINE: 600}
        assert budget.by_unit(session) == {"JOB": 400, "MIS": 600}
        assert budget.spent_by_unit(session, LINE) == {"MIS": 400}


def test_an_application_that_asks_anew_is_not_counted_twice(line):
    for amount in (96_000, 50_000, 70_000):
        line.write(lambda s, a=amount: budget.request(s, LINE, a, subject="a", **ENTRY))
    assert balance(line)["requested"] == 70_000


@pytest.mark.parametrize("amount", ["0.005", "-1", "NaN"])
def test_an_amount_is_whole_oere_and_not_negative(line, amount):
    for move in (budget.reserve, budget.release, budget.request):
        with pytest.raises(NotWholeOere):
            line.write(lambda s, m=move: m(s, LINE, Decimal(amount), subject="a", **ENTRY))
    assert differences(line) == []
