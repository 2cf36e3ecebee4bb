"""Calendar arithmetic of timers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.bpmn.timers import BadTime, Duration, moment, schedule
from engine.clock import COPENHAGEN


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-30T09:00", "P3M", "2027-02-28T09:00"),
        ("2026-01-31T09:00", "P1M", "2026-02-28T09:00"),
        ("2026-08-31T09:00", "P6M", "2027-02-28T09:00"),
        ("2024-02-29T09:00", "P1Y", "2025-02-28T09:00"),
        ("2024-02-29T09:00", "P4Y", "2028-02-29T09:00"),
        ("2026-03-28T09:00", "P1D", "2026-03-29T09:00"),
        ("2026-10-24T09:00", "P1W", "2026-10-31T09:00"),
        ("2026-03-31T09:00", "-P1M", "2026-02-28T09:00"),
        ("2026-01-31T09:00", "P1M1D", "2026-03-01T09:00"),
    ],
)
def test_months_end_where_the_month_ends_and_days_keep_the_time_of_day(start, duration, end):
    assert Duration.parse(duration).after(local(start)) == local(end)


def test_hours_are_exact_when_the_clocks_change():
    before = local("2026-03-29T01:30")
    assert Duration.parse("PT1H").after(before) == local("2026-03-29T03:30")
    assert Duration.parse("PT24H").after(local("2026-03-28T09:00")) == local("2026-03-29T10:00")


def test_the_hour_that_comes_twice_is_counted_from_the_moment_itself():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert Duration.parse("PT1H").after(second) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-07-15", "2027-07-14T22:00+00:00"),
        ("2027-01-15", "2027-01-14T23:00+00:00"),
        ("2027-07-15T09:00:00", "2027-07-15T07:00+00:00"),
        ("2027-07-15T09:00:00Z", "2027-07-15T09:00+00:00"),
        ("2027-07-15T09:00:00-05:00", "2027-07-15T14:00+00:00"),
        ("2027-07-15T09:00:00@Europe/Copenhagen", "2027-07-15T07:00+00:00"),
        ("2027-07-15T09:00:00@America/New_York", "2027-07-15T13:00+00:00"),
        ("2027-07-15T09:00:00+02:00[Europe/Copenhagen]", "2027-07-15T07:00+00:00"),
    ],
)
def test_a_date_is_midnight_in_copenhagen_and_a_time_without_offset_is_local(text, expected):
    assert moment(text) == datetime.fromisoformat(expected)


def test_a_monthly_cycle_keeps_to_the_day_it_began_on():
    now, days = local("2026-01-31T09:00"), []
    at = schedule("R/P1M", now)
    for _ in range(5):
        days.append(at.due.astimezone(COPENHAGEN).strftime("%m-%d %H"))
        at = at.following()
    assert days == ["02-28 09", "03-31 09", "04-30 09", "05-31 09", "06-30 09"]


def test_a_cycle_ends_after_its_number_of_times():
    at, dues = schedule("R3/P7D", local("2026-01-01T09:00")), []
    while at is not None:
        dues.append(at.due)
        at = at.following()
    assert [d.day for d in dues] == [8, 15, 22]


def test_a_cycle_with_a_start_fires_first_at_its_start():
    at = schedule("R2/2026-03-01T00:00:00/P1D", local("2026-01-01T09:00"))
    assert [at.due, at.following().due] == [local("2026-03-01T00:00"), local("2026-03-02T00:00")]
    assert at.following().following() is None


def test_a_cycle_of_no_times_is_no_timer():
    assert schedule("R0/P1D", local("2026-01-01T09:00")) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P3", "3 dage", "P1M2", "R/P0D", "R/", "R3", "0 0 9 * * *", "R/-P1D",
        "2026-13-01", "P9999999999D", "P999999Y", "None", "R3/P1D\nR3", "PT1.5H", "P٣D",
        "2027-07-15T09:00:00@Ingen/Steder",
    ],
)  # fmt: skip
def test_what_is_no_time_is_said_to_be_none(text):
    with pytest.raises(BadTime):
        schedule(text, local("2026-01-01T09:00"))
