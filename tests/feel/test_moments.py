"""Dates, times and durations, and the Danish clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import feel

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def at(text, context=None):
    return feel.evaluate(text, context or {}, now=lambda: NEW_YEARS_EVE)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ('date("2024-02-29") + duration("P1Y")', "2025-02-28"),
        ('date("2026-03-31") - duration("P1M")', "2026-02-28"),
        ('date("2026-12-20") + duration("P14D")', "2027-01-03"),
        ('date("2026-12-20") + duration("PT36H")', "2026-12-21"),
        ('date("2026-12-20") - date("2026-12-06")', "P14D"),
        ('date and time("2026-03-28T12:00:00") + duration("P1D")', "2026-03-29T12:00:00"),
        # In real time: the night of 29 March has 23 hours.
        (
            'date and time("2026-03-28T12:00:00@Europe/Copenhagen") + duration("P1D")',
            "2026-03-29T13:00:00@Europe/Copenhagen",
        ),
        ('time("23:30:00") + duration("PT1H")', "00:30:00"),
        ('duration("P1Y2M") + duration("P11M")', "P2Y1M"),
        ('duration("P1D") * 1.5', "P1DT12H"),
        ('duration("P1Y") / 2', "P6M"),
        ('-duration("PT90S")', "-PT1M30S"),
        ('abs(duration("-P1D"))', "P1D"),
        (
            'years and months duration(date("2011-12-22"), date("2013-08-24"))',
            "P1Y8M",
        ),
        ('date and time(date("2026-01-01"), time("10:00:00Z"))', "2026-01-01T10:00:00Z"),
        ('date and time("2026-01-01T10:00:00+01:00")', "2026-01-01T10:00:00+01:00"),
        ('last day of month(date("2026-02-03"))', "2026-02-28"),
        ('cycle(3, duration("PT1H"))', "R3/PT1H"),
        ('cycle(null, @"P1M")', "R/P1M"),
        ('cycle(@"P7D")', "R/P7D"),
        ('@"2026-02-03"', "2026-02-03"),
        ("date(2026, 2, 3)", "2026-02-03"),
        ("time(10, 30, 0)", "10:30:00"),
    ],
)
def test_counting_with_dates(text, wanted):
    assert at(f"string({text})") == wanted


@pytest.mark.parametrize(
    "text",
    [
        'date("2026-13-01")',
        'date("2026-02-30")',
        'date("26-02-03")',
        'time("24:00:01")',
        'date and time("2026-01-01T10:00:00+01:00@Europe/Paris")',
        'date and time("2026-01-01T10:00:00@../../etc/passwd")',
        'date and time("2026-01-01T10:00:00+19:00")',
        'duration("P1W")',
        'duration("P")',
        'duration("P1Y1D")',
        'date("9999-12-31") + duration("P1D")',
        'date("2026-01-01") + 1',
        'date("2026-01-01") < date and time("2026-01-01T10:00:00")',
    ],
)
def test_what_is_no_date_is_null(text):
    assert at(text) is None


def test_today_is_the_date_in_copenhagen():
    assert at("today()") == date(2027, 1, 1)
    assert at("now().hour") == 0
    assert at("string(now())") == "2027-01-01T00:30:00@Europe/Copenhagen"


def test_a_wall_clock_time_meeting_an_aware_one_is_copenhagens():
    assert at('date and time("2027-01-01T00:29:00") < now()') is True
    assert at('date and time("2027-01-01T00:31:00") > now()') is True
    assert at('date and time("2027-01-01T00:30:00") = now()') is True
    assert at('now() - date and time("2027-01-01T00:00:00")') == timedelta(minutes=30)


def test_a_moment_from_the_engine_falls_on_its_danish_day():
    assert at("date(oprettet)", {"oprettet": NEW_YEARS_EVE}) == date(2027, 1, 1)


def test_a_moment_written_in_utc_stays_in_utc():
    assert at('date(date and time("2026-12-31T23:30:00Z"))') == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('date("2026-11-22").weekday', 7),
        ('date and time("2026-11-22T10:20:30@Europe/Copenhagen").timezone', "Europe/Copenhagen"),
        ('duration("P1Y2M").months', 2),
        ('duration("P1DT2H3M4S").hours', 2),
        ('day of week(@"2026-11-22")', "Sunday"),
        ('week of year(@"2026-11-22")', 47),
        ('month of year(@"2026-11-22")', "November"),
        ('day of year(@"2026-02-01")', 32),
    ],
)
def test_properties_of_dates(text, wanted):
    assert at(text) == wanted
