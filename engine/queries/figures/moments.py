"""Days and moments of a period, as the municipality's own clock has them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement

from engine import clock
from engine.queries.figures.figure import Period


def day(moment: datetime) -> date:
    """The day in Copenhagen."""
    return clock.local(moment).date()


def within(column, period: Period) -> ColumnElement[bool]:
    """The moment lies on one of the period's days."""
    first = datetime.combine(period.first, time(), clock.COPENHAGEN)
    after = datetime.combine(period.last + timedelta(days=1), time(), clock.COPENHAGEN)
    return (column >= first) & (column < after)
