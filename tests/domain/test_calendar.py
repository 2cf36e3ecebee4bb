"""The computation rules and test vectors of the design's deadline table."""

from datetime import date

import pytest

from engine.domain.calendar import WorkingDays, add_months

DAYS = WorkingDays()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_end_with_the_month_where_it_is_shorter(start, months, end):
    assert add_months(start, months) == end


def test_five_working_days_after_23_december_is_new_years_eve_where_the_24th_is_worked():
    assert DAYS.add(date(2026, 12, 23), 5) == date(2026, 12, 31)


def test_a_closing_day_of_the_municipality_is_no_working_day():
    closed = WorkingDays(frozenset({date(2026, 12, 24)}))
    assert closed.add(date(2026, 12, 23), 5) == date(2027, 1, 4)


def test_store_bededag_is_a_working_day_again():
    assert DAYS.is_open(date(2026, 5, 1))
    assert not DAYS.is_open(date(2026, 5, 14))  # Kristi himmelfart


def test_a_latest_day_that_is_closed_is_planned_before_and_a_complaint_day_rolls_forward():
    christmas = date(2026, 12, 25)
    assert DAYS.on_or_before(christmas) == date(2026, 12, 24)
    assert DAYS.on_or_after(christmas) == date(2026, 12, 28)
