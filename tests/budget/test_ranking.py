"""The proposal never exceeds what is left, leaves nothing out that would fit, and says why."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.ranking import NECESSARY, Candidate, propose

money = st.integers(0, 50_000).map(lambda oere: Decimal(oere) / 100)
years = st.dictionaries(st.integers(2026, 2028), money, min_size=1)
candidates = st.lists(
    st.builds(
        Candidate,
        key=st.uuids().map(str),
        amounts=years,
        waiting_since=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        priority=st.integers(1, 3),
        necessary=st.booleans(),
    ),
    max_size=10,
    unique_by=lambda each: each.key,
)


def asked(key, amount, priority=1, since=date(2026, 11, 1), year=2026, **more):
    return Candidate(key, {year: Decimal(amount)}, since, priority, **more)


@given(candidates, st.dictionaries(st.integers(2026, 2028), money))
def test_what_is_proposed_fits_and_what_is_left_out_does_not(waiting, remaining):
    found = propose(waiting, remaining)
    by_key = {each.key: each for each in waiting}
    assert sorted([*found.chosen, *(each.key for each in found.left_out)]) == sorted(by_key)
    for year in range(2026, 2029):
        there = remaining.get(year, Decimal(0))
        taken = sum((by_key[key].amounts.get(year, Decimal(0)) for key in found.chosen), Decimal(0))
        assert taken <= there
        assert found.left.get(year, Decimal(0)) == there - taken
    for each in found.left_out:
        assert each.why and each.missing
        asks = by_key[each.key].amounts
        assert any(asks[year] > found.left.get(year, Decimal(0)) for year in each.missing)


def test_the_order_is_kept_and_a_smaller_one_behind_may_still_fit():
    waiting = [
        asked("small", 10, priority=3),
        asked("large", 90, priority=2),
        asked("first", 50),
        asked("later", 40, priority=2, since=date(2026, 11, 2)),
    ]
    found = propose(waiting, {2026: Decimal(100)})
    assert found.chosen == ["first", "later", "small"]
    (left_out,) = found.left_out
    assert (left_out.key, left_out.missing) == ("large", {2026: 40})
    assert "50 kr. tilbage på budgettet for 2026, og der mangler 40 kr." in left_out.why


def test_a_necessary_need_comes_first_and_is_never_told_no_for_want_of_money():
    waiting = [asked("wish", 60), asked("need", 80, priority=3, necessary=True)]
    assert propose(waiting, {2026: Decimal(100)}).chosen == ["need"]
    found = propose(waiting, {2026: Decimal(70)})
    assert found.chosen == ["wish"]
    assert found.left_out[0].why.endswith(NECESSARY)


def test_a_year_without_a_budget_is_said_so():
    (left_out,) = propose([asked("a", 1, year=2028)], {2026: Decimal(5)}).left_out
    assert left_out.why == "Der er ikke åbnet et budget for 2028."
