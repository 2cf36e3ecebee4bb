"""How a figure looks: its value as Danes write it, and its trend as a small line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal

from engine.queries.figures import COUNT, SHARE, Figure, Part, Point
from web.texts import LOCALE, month
from web.texts import gettext as _

WIDTH, HEIGHT, EDGE = 220, 44, 4


@dataclass(frozen=True)
class Line:
    """The months as dots, and the stretches between those that follow each other."""

    width: int
    height: int
    stretches: list[str]
    dots: list[tuple[float, float, str]]


def told(figure: Figure, part: Part) -> str:
    """82 %, 12 dage, 14; what is hidden or empty is said in words."""
    if part.hidden:
        return _("Skjult")
    if part.value is None:
        return "–"
    return valued(figure, part.value)


def valued(figure: Figure, value: float) -> str:
    if figure.kind == SHARE:
        return f"{format_decimal(value, '0', LOCALE)} %"
    number = format_decimal(value, "#,##0.#", LOCALE)
    return number if figure.kind == COUNT else f"{number} {figure.unit}"


def drawn(figure: Figure, points: Sequence[Point]) -> Line | None:
    """The trend; None where there are not two months with something to tell."""
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2 or not any(known):
        return None
    low, high = min(0, *known), max(known) or 1
    step = (WIDTH - 2 * EDGE) / (len(points) - 1)
    dots: list[tuple[float, float, str]] = []
    stretches: list[list[str]] = [[]]
    for number, point in enumerate(points):
        if point.value is None:
            stretches.append([])
            continue
        x = round(EDGE + number * step, 1)
        y = round(HEIGHT - EDGE - (point.value - low) / (high - low) * (HEIGHT - 2 * EDGE), 1)
        dots.append((x, y, f"{month(point.month)}: {valued(figure, point.value)}"))
        stretches[-1].append(f"{x},{y}")
    return Line(WIDTH, HEIGHT, [" ".join(one) for one in stretches if len(one) > 1], dots)
