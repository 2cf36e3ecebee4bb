"""Dates, times and durations: making them, and asking the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timezone
from decimal import Decimal

from engine.feel import moments
from engine.feel.registry import builtin
from engine.feel.values import COPENHAGEN

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = (
    "January February March April May June July August September October November December"
).split()


def whole(number: Decimal) -> int:
    """The number as an int; ValueError when it has decimals or is out of all proportion."""
    if number != number.to_integral_value() or abs(number) > 10**12:
        raise ValueError(number)
    return int(number)


def day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@builtin("now()")
def now(run):
    """The present moment as Copenhagen's clocks show it."""
    return run.now().astimezone(COPENHAGEN)


@builtin("today()")
def today(run):
    """The date in Copenhagen."""
    return run.now().astimezone(COPENHAGEN).date()


@builtin("date(from: string|date|datetime)")
def date_from(from_):
    return moments.read_date(from_) if isinstance(from_, str) else day_of(from_)


@builtin("date(year: number, month: number, day: number)")
def date_of(year, month, day):
    return date(whole(year), whole(month), whole(day))


@builtin("time(from: string|time|date|datetime)")
def time_from(from_):
    if isinstance(from_, str):
        return moments.read_time(from_)
    if isinstance(from_, datetime):
        return from_.timetz()
    # A date is its midnight by UTC (DMN 1.5, 10.3.4.1).
    return from_ if isinstance(from_, time) else time(0, tzinfo=moments.ZULU)


@builtin("time(hour: number, minute: number, second: number, offset?: days?)")
def time_of(hour, minute, second, offset=None):
    if not 0 <= second < 60:
        return None
    zone = None
    if offset is not None:
        zone = moments.ZULU if not offset else timezone(offset)
    micro = int((second - int(second)).scaleb(6))
    return time(whole(hour), whole(minute), int(second), micro, zone)


@builtin("date and time(from: string|datetime|date)")
def date_and_time_from(from_):
    if isinstance(from_, str):
        return moments.read_date_time(from_)
    return from_ if isinstance(from_, datetime) else moments.at_midnight(from_)


@builtin("date and time(date: date|datetime, time: time)")
def date_and_time_of(date, time):
    return datetime.combine(day_of(date), time)


@builtin("date and time(date: datetime, timezone: string)")
def date_and_time_in(date, timezone):
    """The same moment in another zone."""
    zone = moments.zone(timezone)
    return date.replace(tzinfo=zone) if date.tzinfo is None else date.astimezone(zone)


@builtin("duration(from: string|days|months)")
def duration(from_):
    return moments.read_duration(from_) if isinstance(from_, str) else from_


@builtin("years and months duration(from: date|datetime, to: date|datetime)")
def years_and_months_duration(from_, to):
    return moments.months_between(day_of(from_), day_of(to))


@builtin("day of year(date: date|datetime)")
def day_of_year(date):
    return Decimal(date.timetuple().tm_yday)


@builtin("day of week(date: date|datetime)")
def day_of_week(date):
    return WEEKDAYS[date.weekday()]


@builtin("month of year(date: date|datetime)")
def month_of_year(date):
    return MONTHS[date.month - 1]


@builtin("week of year(date: date|datetime)")
def week_of_year(date):
    """The week's number by ISO 8601, as Danish calendars count."""
    return Decimal(date.isocalendar().week)


@builtin("last day of month(date: date|datetime)")
def last_day_of_month(date):
    """Camunda's."""
    return day_of(date).replace(day=monthrange(date.year, date.month)[1])


@builtin("cycle(repetitions: number?, interval: days|months)")
def cycle(repetitions, interval):
    """Camunda's: the text of a timer that comes again, without end where no number is given."""
    times = "" if repetitions is None else whole(repetitions)
    return f"R{times}/{moments.write(interval)}"


@builtin("cycle(interval: days|months)")
def cycle_for_ever(interval):
    return cycle(None, interval)
