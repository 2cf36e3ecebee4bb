"""Danish days: months that clamp, working days, closing days.

The rules and their test vectors are domain.md B1. Public holidays come from the `holidays` library
(category public: store bededag is gone from 2024; 24 and 31 December and 5 June are working days
until the municipality closes them).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

import holidays
from sqlalchemy import Date, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import edition
from engine.store import Base

SATURDAY = 5


class ClosingDay(Base):
    """A day on which the municipality is closed besides the public holidays."""

    __tablename__ = "closing_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    why: Mapped[str] = mapped_column(String(120))


def close(session: Session, day: date, why: str) -> None:
    """Close the municipality for a day. Running deadlines keep theirs."""
    session.add(ClosingDay(day=day, why=why))
    session.flush()
    edition.renew(session)


class WorkingDays:
    """The municipality's working days: Monday to Friday less holidays and closing days."""

    def __init__(self, closing_days: frozenset[date] = frozenset()):
        self._closed = closing_days

    @classmethod
    def of(cls, session: Session) -> WorkingDays:
        """The days as they stand."""

        def read() -> WorkingDays:
            return cls(frozenset(session.scalars(select(ClosingDay.day))))

        return edition.kept(session, "closing_days", read)

    def is_open(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self._closed and not is_holiday(day)

    def add(self, day: date, count: int) -> date:
        """The count-th working day after the day."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_open(day)
        return day

    def on_or_before(self, day: date) -> date:
        while not self.is_open(day):
            day -= timedelta(days=1)
        return day

    def on_or_after(self, day: date) -> date:
        while not self.is_open(day):
            day += timedelta(days=1)
        return day


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_holiday(day: date) -> bool:
    return day in _holidays(day.year)


@cache
def _holidays(year: int) -> holidays.HolidayBase:
    return holidays.Denmark(years=year, categories=("public",))
