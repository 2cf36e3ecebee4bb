"""How the budget looks: a line's money as a bar, and its year as columns of months.

Drawn on the server. Each part has a pattern of its own beside its colour, and the table that stands
with the drawing says the same in numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.queries.budget import Line, Outlook
from web.texts import gettext as _

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 30, 30
SPENT, GRANTED, RESERVED, FREE = "spent", "granted", "reserved", "free"
COMMITTED, EXPECTED = "committed", "expected"


@dataclass(frozen=True)
class Stretch:
    """A part of the bar, in percent of it."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True)
class Box:
    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """The months as stacked columns of what has come together, and the frame as a line across."""

    width: int
    height: int
    boxes: list[Box]
    months: list[tuple[float, str]]
    frame_y: float
    bottom: float


def bar(line: Line) -> list[Stretch]:
    """What is spent, granted and not spent, set aside, and free; empty for a line without money."""
    parts = (
        (SPENT, line.spent),
        (GRANTED, line.granted - line.spent),
        (RESERVED, line.reserved),
        (FREE, line.free),
    )
    found, start = [], 0.0
    for kind, amount in parts:
        width = float(amount / line.total * 100) if line.total else 0.0
        if width:
            found.append(Stretch(kind, round(start, 2), round(width, 2)))
        start += width
    return found


def names() -> dict[str, str]:
    """What the parts of both drawings are called."""
    return {
        SPENT: _("Forbrugt"),
        GRANTED: _("Bevilget, ikke brugt"),
        RESERVED: _("Reserveret"),
        FREE: _("Fri"),
        COMMITTED: _("Bevilget, ikke brugt"),
        EXPECTED: _("Åbne indstillinger"),
    }


def drawn(it: Outlook) -> Drawing | None:
    """The year; None where there is neither money nor anything to spend it on."""
    highest = max(it.total, it.at_year_end)
    if not highest:
        return None
    bottom = HEIGHT - BOTTOM
    scale = (bottom - TOP) / float(highest)
    step = (WIDTH - LEFT - RIGHT) / 12
    letters = _("J F M A M J J A S O N D").split()
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        boxes=list(_boxes(it, scale, step, bottom)),
        months=[
            (round(LEFT + (number + 0.5) * step, 1), letter)
            for number, letter in enumerate(letters)
        ],
        frame_y=round(bottom - float(it.total) * scale, 1),
        bottom=bottom,
    )


def _boxes(it: Outlook, scale: float, step: float, bottom: float) -> Iterator[Box]:
    sums = dict.fromkeys((SPENT, COMMITTED, EXPECTED), Decimal(0))
    for number, month in enumerate(it.months):
        y = bottom
        for kind in sums:
            sums[kind] += getattr(month, kind)
            height = float(sums[kind]) * scale
            y -= height
            if height > 0:
                x = LEFT + number * step + step * 0.15
                yield Box(kind, round(x, 1), round(y, 1), round(step * 0.7, 1), round(height, 1))
