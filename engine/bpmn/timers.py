"""When a timer is due: ISO 8601 texts counted on the wall clock of Copenhagen.

Months are counted as people and the law count them: 30 November + P3M is 28 February. Days
and longer keep the time of day across the change to summer time; hours and shorter are exact.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.clock import COPENHAGEN

_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?"
    r"(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(?P<times>-1|\d*)/(?:(?P<start>[^/]+)/)?(?P<every>-?P[^/]+)", re.ASCII)
MOST_DIGITS = 9


class BadTime(ValueError):
    """A text that is no date, duration or cycle."""


@dataclass(frozen=True)
class Duration:
    months: int
    days: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        found = _DURATION.fullmatch(text.strip())
        if found is None or any(len(n or "") > MOST_DIGITS for n in found.groups()):
            raise BadTime(f"'{text}' is no ISO 8601 duration")
        part = {k: int(v) for k, v in found.groupdict(default="0").items() if k != "sign"}
        sign = -1 if found["sign"] else 1
        return cls(
            sign * (part["years"] * 12 + part["months"]),
            sign * (part["weeks"] * 7 + part["days"]),
            sign * (part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]),
        )

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """The aware UTC moment that lies this duration, `times` over, after an aware moment."""
        local = moment.astimezone(COPENHAGEN)
        try:
            wall = _add_months(local.replace(tzinfo=None), self.months * times)
            wall += timedelta(days=self.days * times)
            same_day = wall == local.replace(tzinfo=None)
            # Nothing but hours: the moment itself counts, also in the hour that comes twice.
            start = moment if same_day else wall.replace(tzinfo=COPENHAGEN)
            return start.astimezone(UTC) + timedelta(seconds=self.seconds * times)
        except (OverflowError, ValueError) as error:
            raise BadTime(f"{times} times {self} after {moment} is beyond the calendar") from error

    @property
    def positive(self) -> bool:
        return min(self.months, self.days, self.seconds) >= 0 and self != Duration(0, 0, 0)


def _add_months(wall: datetime, months: int) -> datetime:
    index = wall.year * 12 + wall.month - 1 + months
    year, month = index // 12, index % 12 + 1
    day = min(wall.day, monthrange(year, month)[1])
    return wall.replace(year=year, month=month, day=day)


@dataclass(frozen=True)
class Schedule:
    """A timer's next moment. A cycle also knows its anchor, its step and what is left.

    Occurrence number k lies k steps after the anchor, so a monthly cycle from 31 January
    comes on 28 February and again on 31 March. `left` counts the occurrences from this one
    on; None is for ever.
    """

    due: datetime
    every: str | None = None
    anchor: datetime | None = None
    number: int = 1
    left: int | None = 1

    def following(self) -> Schedule | None:
        """What comes after this occurrence, or None."""
        if self.every is None or self.anchor is None or self.left == 1:
            return None
        due = Duration.parse(self.every).after(self.anchor, self.number + 1)
        left = None if self.left is None else self.left - 1
        return Schedule(due, self.every, self.anchor, self.number + 1, left)


def moment(text: str) -> datetime:
    """An aware UTC moment from an ISO date or date-time; without offset it is local time.

    FEEL may write the zone behind it, `@America/New_York`.
    """
    plain, _, zone = text.strip().split("[")[0].partition("@")
    try:
        at = ZoneInfo(zone) if zone else COPENHAGEN
        if "T" not in plain:
            day = date.fromisoformat(plain)
            return datetime(day.year, day.month, day.day, tzinfo=at).astimezone(UTC)
        found = datetime.fromisoformat(plain)
        return (found if found.tzinfo else found.replace(tzinfo=at)).astimezone(UTC)
    except (ValueError, KeyError, OverflowError) as error:
        raise BadTime(f"'{text}' is no ISO 8601 date") from error


def schedule(text: str, now: datetime) -> Schedule | None:
    """When a timer with this text, armed now, comes due; None for a cycle of no times.

    Raises `BadTime`. Cron texts are not understood.
    """
    text = text.strip()
    if text.startswith("R"):
        return _cycle(text, now)
    if text.startswith(("P", "-P")):
        return Schedule(Duration.parse(text).after(now))
    return Schedule(moment(text))


def _cycle(text: str, now: datetime) -> Schedule | None:
    found = _CYCLE.fullmatch(text)
    if found is None or len(found["times"]) > MOST_DIGITS:
        raise BadTime(f"'{text}' is no ISO 8601 cycle such as R3/P7D")
    every = Duration.parse(found["every"])
    if not every.positive:
        raise BadTime(f"'{text}' never gets any further")
    left = int(found["times"]) if found["times"] not in ("", "-1") else None
    if left == 0:
        return None
    if found["start"]:
        # With a start of its own the first occurrence is the start itself.
        start = moment(found["start"])
        return Schedule(start, found["every"], start, 0, left)
    return Schedule(every.after(now), found["every"], now.astimezone(UTC), 1, left)
