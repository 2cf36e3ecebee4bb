"""The forecast adds up, month by month, to what the year comes to."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.forecast import ALL_OF_IT, Stretch, assumptions, forecast, granted_share

TODAY = date(2026, 11, 26)
days = st.dates(date(2025, 6, 1), date(2027, 12, 31))
money = st.integers(0, 10**9).map(lambda oere: Decimal(oere) / 100)
stretches = st.lists(st.builds(Stretch, money, days, st.integers(1, 24)), max_size=6)


def seen(months):
    return {m.month: (m.spent, m.committed, m.expected, m.total) for m in months if m.total}


def test_what_is_left_of_a_grant_falls_in_the_months_it_has_left():
    found = forecast(
        2026,
        TODAY,
        spent=[(date(2026, 10, 3), Decimal(5_000))],
        committed=[Stretch(Decimal(20_000), date(2026, 9, 1), 12)],
        applied=[Stretch(Decimal(10_000), date(2026, 12, 1), 6)],
        share=Decimal("0.5"),
    )
    assert seen(found) == {
        10: (5_000, 0, 0, 5_000),
        11: (0, 10_000, 0, 15_000),
        12: (0, 10_000, 5_000, 30_000),
    }


def test_a_grant_whose_months_have_passed_counts_now_until_it_is_settled():
    found = forecast(
        2026,
        TODAY,
        spent=[],
        committed=[Stretch(Decimal(700), date(2026, 1, 1), 3)],
        applied=[],
    )
    assert seen(found) == {11: (0, 700, 0, 700), 12: (0, 0, 0, 700)}


def test_next_years_line_begins_in_january_and_last_years_ends_in_december():
    stretch = [Stretch(Decimal(100), date(2026, 11, 1), 3)]
    nothing = {"spent": [], "applied": []}
    assert seen(forecast(2027, TODAY, committed=stretch, **nothing))[1] == (0, 100, 0, 100)
    assert seen(forecast(2025, TODAY, committed=stretch, **nothing)) == {12: (0, 100, 0, 100)}


@given(
    st.lists(st.tuples(days, money), max_size=6),
    stretches,
    stretches,
    st.integers(2025, 2028),
    days,
)
def test_december_is_everything_to_the_oere_and_nothing_ever_falls(
    spent, committed, applied, year, today
):
    found = forecast(year, today, spent=spent, committed=committed, applied=applied)
    whole = [amount for _, amount in spent] + [s.amount for s in (*committed, *applied)]
    assert found[-1].total == sum(whole, Decimal(0))
    assert [m.month for m in found] == list(range(1, 13))
    totals = [Decimal(0), *(m.total for m in found)]
    assert all(before <= after for before, after in pairwise(totals))
    for name, parts in (("committed", committed), ("expected", applied)):
        told = sum((getattr(m, name) for m in found), Decimal(0))
        assert told == sum((part.amount for part in parts), Decimal(0))
    if year == today.year:
        assert not any(m.committed or m.expected for m in found if m.month < today.month)


def test_the_share_of_what_is_granted_is_told_only_when_there_is_something_to_tell():
    half = (Decimal(100), Decimal(50))
    assert granted_share([half] * 4) is None
    assert granted_share([half] * 5) == Decimal("0.5")
    assert assumptions(None)[-1] == ALL_OF_IT
    assert "50 procent" in assumptions(Decimal("0.5"))[-1]
