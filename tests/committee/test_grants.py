"""Sharing a grant between units adds up to the øre."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.budget import kr
from engine.domain.splitting import FordelingPasserIkke, by_year, check_split, shares


def split(*parts):
    return [{"enhed": f"E{n}", "procent": part} for n, part in enumerate(parts)]


@pytest.mark.parametrize(
    ("amount", "parts", "wanted"),
    [
        ("60000", (40, 60), ["24000.00", "36000.00"]),
        ("100", (33.33, 33.33, 33.34), ["33.33", "33.33", "33.34"]),
        ("0.01", (50, 50), ["0.01"]),
        ("10.01", (33.3, 33.3, 33.4), ["3.33", "3.33", "3.35"]),
    ],
)
def test_the_odd_oere_go_to_the_largest_parts(amount, parts, wanted):
    assert [str(part) for _, part in shares(Decimal(amount), split(*parts))] == wanted


@given(
    st.integers(1, 10**11),
    st.lists(st.integers(1, 9_999), min_size=1, max_size=8),
)
def test_the_shares_always_add_up(oere, weights):
    amount = Decimal(oere) / 100
    whole = sum(weights)
    parts = [Decimal(w) * 100 / whole for w in weights[:-1]]
    parts.append(Decimal(100) - sum(parts, Decimal(0)))
    found = shares(amount, split(*[str(p) for p in parts]))
    assert sum((part for _, part in found), Decimal(0)) == amount
    assert all(part > 0 for _, part in found)


@pytest.mark.parametrize("parts", [(40, 59.99), (40, 60.01), (100, 100), ()])
def test_a_split_that_is_not_100_percent_is_refused(parts):
    with pytest.raises(FordelingPasserIkke):
        check_split(split(*parts))


def test_amounts_are_written_as_danes_do():
    assert (kr(Decimal("96000")), kr(Decimal("1234567.5"))) == ("96.000", "1.234.567,50")


@pytest.mark.parametrize(
    ("amount", "first", "months", "wanted"),
    [
        ("30000", date(2026, 11, 1), 3, {2026: 20_000, 2027: 10_000}),
        ("96000", date(2026, 12, 15), 6, {2026: 16_000, 2027: 80_000}),
        ("100", date(2026, 12, 1), 3, {2026: Decimal("33.33"), 2027: Decimal("66.67")}),
        ("100", date(2026, 1, 1), 24, {2026: Decimal("49.92"), 2027: Decimal("50.08")}),
    ],
)
def test_a_grant_over_the_turn_of_the_year_shows_what_each_year_bears(
    amount, first, months, wanted
):
    assert by_year(Decimal(amount), first, months) == wanted
