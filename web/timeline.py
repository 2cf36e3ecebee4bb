"""Efforts of all units on one time line: where each bar lies, for a picture drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine import clock
from engine.domain.calendar import add_months
from engine.queries.case.efforts import Bar
from web.texts import month

WIDTH, NAMES, LANE, GAP = 1200, 220, 36, 28


@dataclass(frozen=True)
class Tick:
    x: float
    name: str


@dataclass(frozen=True)
class Drawn:
    title: str
    x: float
    y: float
    width: float
    live: bool
    collides: bool


@dataclass(frozen=True)
class Lane:
    name: str
    y: float
    bars: list[Drawn]


@dataclass(frozen=True)
class Chart:
    width: int
    height: float
    ticks: list[Tick]
    lanes: list[Lane]
    today: float | None


def chart(efforts: Sequence[Bar]) -> Chart | None:
    """The picture; None where no effort has a day it begins. What has no end runs off the edge."""
    dated = [bar for bar in efforts if bar.starts]
    if not dated:
        return None
    today = clock.today()
    first = min(*(bar.starts for bar in dated), today).replace(day=1)
    ends = [bar.ends for bar in dated if bar.ends]
    last = max(*ends, *(bar.starts for bar in dated), today, first + timedelta(days=85))
    last = add_months(last.replace(day=1), 1)

    def across(day: date) -> float:
        return round(NAMES + (WIDTH - NAMES) * (day - first).days / (last - first).days, 1)

    lanes, y = [], float(GAP)
    for unit in dict.fromkeys(bar.unit for bar in dated):
        bars, top = [], y
        for bar in (bar for bar in dated if bar.unit == unit):
            x, end = across(bar.starts), across(min(bar.ends or last, last))
            bars.append(Drawn(bar.title, x, y, max(end - x, 6), bar.live, bool(bar.collides_with)))
            y += LANE
        lanes.append(Lane(unit, top, bars))
    return Chart(WIDTH, y, _ticks(first, last, across), lanes, across(today))


def _ticks(first: date, last: date, across) -> list[Tick]:
    """A line for each month, or for every third where there are many."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if months <= 12 else 3 if months <= 36 else 12
    days = [add_months(first, n) for n in range(0, months, step)]
    return [Tick(across(day), month(day)) for day in days]
