"""Dates, times and durations: reading and writing them as text, and counting with them.

Python's own types carry them, so years run from 1 to 9999 and seconds to the microsecond.
A date-time without an offset is wall-clock time; when it meets one with an offset it is taken
to be Copenhagen's. `Z` is kept apart from `datetime.UTC`: the former was written by a person
and stays as written, the latter comes from the engine and is shown in Copenhagen's time.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from engine.feel.values import COPENHAGEN, YearsMonthsDuration

ZULU = timezone(timedelta(0), "Z")
MIDNIGHT = time(0)
MICROSECOND = timedelta(microseconds=1)

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?"
    r"(?:(?P<zulu>[zZ])|(?P<offset>[+-]\d\d:\d\d(?::\d\d)?)|@(?P<zone>[A-Za-z0-9_+\-/]{1,40}))?"
)
DATE = re.compile(_DATE, re.ASCII)
TIME = re.compile(_TIME, re.ASCII)
DATE_TIME = re.compile(rf"{_DATE}T{_TIME}", re.ASCII)
YEARS_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
DAYS_TIME = re.compile(
    r"(-)?P(?=[\dT])(?:(\d{1,12})D)?"
    r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15})(?:\.(\d{1,9}))?S)?)?",
    re.ASCII,
)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(name: str) -> tzinfo:
    """The zone of that name; ValueError when there is none."""
    # Only known names reach ZoneInfo, which would look for others among the files.
    if name not in _zones():
        raise ValueError(name)
    return ZoneInfo(name)


def offset(text: str) -> tzinfo:
    """`+02:00` or `-05:30:15`, at most 18 hours."""
    parts = [int(part) for part in text[1:].split(":")]
    hours, minutes, seconds = (*parts, 0)[:3]
    if hours > 18 or minutes > 59 or seconds > 59:
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-size if text[0] == "-" else size)


def read_date(text: str) -> date:
    """A date as the standard writes it; ValueError otherwise."""
    found = DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    return _date(found)


def read_time(text: str) -> time:
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return _time(found)


def read_date_time(text: str) -> datetime:
    """A date-time; a date alone is its midnight."""
    found = DATE_TIME.fullmatch(text)
    if not found:
        return datetime.combine(read_date(text), MIDNIGHT)
    return datetime.combine(_date(found), _time(found))


def read_duration(text: str) -> timedelta | YearsMonthsDuration:
    """Either kind of duration, ISO 8601 without weeks; ValueError otherwise."""
    found = YEARS_MONTHS.fullmatch(text)
    if found:
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonthsDuration(-total if sign else total)
    found = DAYS_TIME.fullmatch(text)
    if not found or text.endswith("T"):
        raise ValueError(text)
    sign, days, hours, minutes, seconds, fraction = found.groups()
    total = timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=_microseconds(fraction),
    )
    return -total if sign else total


def read_any(text: str):
    """What `@"..."` means: the first kind that the text fits."""
    for read in (read_date, read_date_time, read_time, read_duration):
        try:
            return read(text)
        except (ValueError, OverflowError):
            continue
    raise ValueError(text)


def _date(found: re.Match) -> date:
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def _time(found: re.Match) -> time:
    if found["zulu"]:
        zone_ = ZULU
    elif found["offset"]:
        zone_ = offset(found["offset"])
    elif found["zone"]:
        zone_ = zone(found["zone"])
    else:
        zone_ = None
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    return time(hour, minute, second, _microseconds(found["fraction"]), zone_)


def _microseconds(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def write(value) -> str:
    """The text of a date, time or duration, as the constructor functions read it."""
    if isinstance(value, datetime):
        return f"{value.year:04}-{value:%m-%d}T{write_clock(value)}"
    if isinstance(value, date):
        return f"{value.year:04}-{value:%m-%d}"
    if isinstance(value, time):
        return write_clock(value)
    if isinstance(value, timedelta):
        return write_days(value)
    return str(value)


def write_clock(value: time | datetime) -> str:
    text = f"{value:%H:%M:%S}"
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    return text + write_zone(value)


def write_zone(value: time | datetime) -> str:
    where = value.tzinfo
    if where is None:
        return ""
    if isinstance(where, ZoneInfo):
        return f"@{where.key}"
    size = where.utcoffset(value if isinstance(value, datetime) else None)
    return "Z" if not size else write_offset(size)


def write_offset(size: timedelta) -> str:
    sign = "-" if size < timedelta(0) else "+"
    minutes, seconds = divmod(abs(size).seconds, 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def write_days(value: timedelta) -> str:
    if not value:
        return "PT0S"
    size = abs(value)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds}"
    if size.microseconds:
        second += f".{size.microseconds:06}".rstrip("0")
    parts = [(hours, f"{hours}H"), (minutes, f"{minutes}M"), (second != "0", f"{second}S")]
    clock = "".join(text for there, text in parts if there)
    days = f"{size.days}D" if size.days else ""
    return f"{'-' if value < timedelta(0) else ''}P{days}{'T' + clock if clock else ''}"


def seconds(value: timedelta) -> Decimal:
    """The exact length in seconds."""
    return Decimal(value // MICROSECOND).scaleb(-6)


def days(number: Decimal) -> timedelta:
    """The duration of so many seconds, to the microsecond; OverflowError beyond reason."""
    if number.adjusted() > 15:
        raise OverflowError
    return timedelta(microseconds=int(number.scaleb(6).to_integral_value()))


def zone_offset(value: time | datetime) -> timedelta | None:
    """The offset from UTC; of a time in a zone with summer time: that of the year 2000's January."""
    where = value.tzinfo
    if where is None:
        return None
    if isinstance(value, datetime):
        return value.utcoffset()
    return where.utcoffset(datetime(2000, 1, 1))


def instant(value: datetime) -> datetime:
    """The moment in UTC; wall-clock time without an offset is Copenhagen's."""
    try:
        return (value if value.tzinfo else value.replace(tzinfo=COPENHAGEN)).astimezone(UTC)
    except OverflowError:  # within a day of the calendar's ends the offset hardly matters
        return value.replace(tzinfo=UTC)


def difference(a: datetime, b: datetime) -> timedelta:
    """a - b in real time; two wall-clock times are simply subtracted."""
    if a.tzinfo is None and b.tzinfo is None:
        return a - b
    return instant(a) - instant(b)


def time_of_day(value: time) -> timedelta:
    """How long after UTC's midnight; without an offset, after its own."""
    since = timedelta(
        hours=value.hour,
        minutes=value.minute,
        seconds=value.second,
        microseconds=value.microsecond,
    )
    return since - (zone_offset(value) or timedelta(0))


def at_midnight(value: date) -> datetime:
    return datetime.combine(value, MIDNIGHT)


def add_months(value: date, months: int) -> date:
    """The same day so many months later, or the month's last day when it has no such day."""
    years, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise OverflowError
    return value.replace(
        year=years, month=month + 1, day=min(value.day, monthrange(years, month + 1)[1])
    )


def add_days(value, length: timedelta):
    """Date, time or date-time plus a duration of days and time.

    A date counts in whole days, a time wraps at midnight, and a date-time with an offset moves
    in real time: across the start of summer time P1D is 24 hours.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value + length
        return (value.astimezone(UTC) + length).astimezone(value.tzinfo)
    if isinstance(value, date):
        return (at_midnight(value) + length).date()
    return (datetime.combine(date(2000, 1, 1), value) + length % timedelta(days=1)).timetz()


def months_between(start: date, end: date) -> YearsMonthsDuration:
    """Whole calendar months from start to end, negative when end comes first."""
    sign = 1
    if (end.year, end.month, end.day) < (start.year, start.month, start.day):
        start, end, sign = end, start, -1
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day:
        months -= 1
    return YearsMonthsDuration(sign * months)
