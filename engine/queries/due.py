"""A due date in working-day words: how many working days are left, or have passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import deadlines, organisation
from engine.domain.calendar import ClosingDay, WorkingDays

LATE, SOON, WELL = "late", "soon", "well"
#: How many working days ahead a due date turns amber, unless decided locally.
SOON_DAYS = 2
#: Further away than this the working days are not counted: the date says enough.
FAR = 60


@dataclass(frozen=True)
class Due:
    """`working_days` until the day (0 today), negative past it; None when it is far away.

    `at` is set when the duty has a time of day (a limit in hours); else the whole day is good.
    """

    day: date
    at: datetime | None
    level: str
    working_days: int | None

    @property
    def late(self) -> bool:
        return self.level == LATE


class DueWords:
    """Turns moments into `Due`; made once for a page."""

    def __init__(self, session: Session):
        closed = frozenset(session.scalars(select(ClosingDay.day)))
        self._today, self._now = clock.today(), clock.now()
        self._count = working_days_around(self._today, closed)
        self._soon = organisation.setting(session, "indbakke.gul_arbejdsdage", SOON_DAYS)

    def of(self, due_at: datetime | None) -> Due | None:
        if due_at is None:
            return None
        day = clock.local(due_at).date()
        # A due date alone is the midnight it begins with: the day itself is still good.
        timed = due_at != deadlines.midnight(day)
        late = self._now >= due_at if timed else day < self._today
        count = self._count.get(day)
        soon = count is not None and count <= self._soon
        level = LATE if late else SOON if soon else WELL
        return Due(day, due_at if timed else None, level, count)


@lru_cache(8)
def working_days_around(today: date, closed: frozenset[date] = frozenset()) -> dict[date, int]:
    """Each near day -> the working days after today up to it, negative for days gone by."""
    days, counted = WorkingDays(closed), {today: 0}
    ahead = behind = 0
    for distance in range(1, FAR + 1):
        near, gone = today + timedelta(days=distance), today - timedelta(days=distance)
        ahead += days.is_open(near)
        behind += days.is_open(gone + timedelta(days=1))
        counted[near], counted[gone] = ahead, -behind
    return counted
