"""The story on a screen: calm, in Danish, a heading for each day; colours where there is a tty."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, TYPE_CHECKING

from engine import clock
from engine.scenarios.telling import Line

if TYPE_CHECKING:
    from engine.scenarios.player import Failure, Played

WEEKDAYS = ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag")
MONTHS = (
    "januar februar marts april maj juni juli august september oktober november december".split()
)
#: What a line is called.
CALLED = {
    "case_opened": "sag",
    "referral_joined": "sag",
    "waiting": "opgave",
    "completed": "løst",
    "claimed": "taget",
    "released": "lagt fra",
    "assigned": "fordelt",
    "held": "i bero",
    "hold_ended": "fra bero",
    "timer_fired": "tid",
    "caught": "besked",
    "decided": "regel",
    "chose": "vej",
    "error": "fejl",
    "escalation": "eskaleret",
    "state_changed": "tilstand",
    "owner_changed": "ejer",
    "coordinator_appointed": "koordin.",
    "coordinator_changed": "koordin.",
    "deputy_appointed": "stedfort.",
    "rule_missing": "mangler",
    "letter": "brev",
    "deadline": "frist",
    "refused": "afvist",
    "incident_opened": "hændelse",
    "incident_retried": "igen",
    "set_budget": "budget",
    "set_rule": "beslutter",
    "absent": "fravær",
    "ended": "slut",
}
GREEN, RED, YELLOW, DIM, BOLD, RESET = (
    f"\033[{code}m" for code in ("32", "31", "33", "2", "1", "0")
)
COLOURS = {
    "completed": GREEN,
    "ended": GREEN,
    "refused": YELLOW,
    "error": RED,
    "incident_opened": RED,
    "chose": DIM,
    "deadline": DIM,
}
#: Nobody in particular did it.
NOBODY = ("system", "systemet", None)
#: The widest that is pleasant to read.
WIDEST, MARGIN = 110, 25


def show(played: Played, out: IO[str] | None = None) -> None:
    """Print the story: a heading, its lines day by day, the differences last."""
    out = out or sys.stdout
    paint = Paint(out)
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
    mark = paint(GREEN, "✔") if played.ok else paint(RED, "✘")
    file = paint(DIM, played.story.path.name)
    print(f"\n{mark} {paint(BOLD, played.story.title)}  {file}", file=out)
    day: date | None = None
    last: tuple = ()
    for line in played.told:
        local = clock.local(line.at)
        if local.date() != day:
            print(f"\n  {paint(BOLD, _in_words(local))}{paint(DIM, _later(day, local))}", file=out)
            day, last = local.date(), ()
        now = (line.n, f"{local:%H.%M}")
        where = f"{line.n or '':>4}  {now[1]}" if now != last else " " * 11
        last = now
        for text in _told(line, paint(DIM, where), paint, width):
            print(text.rstrip(), file=out)
    if played.failures:
        print(file=out)
    for failure in played.failures:
        print(paint(RED, _failed(failure)), file=out)


def _told(line: Line, where: str, paint: Paint, width: int) -> Iterator[str]:
    """The line, its reasons below it."""
    kind = paint(COLOURS.get(line.kind, ""), f"{CALLED.get(line.kind, line.kind):<10}")
    who = "" if line.by in NOBODY else f"  · {line.by}"
    first, *rest = textwrap.wrap(line.text + who, width - MARGIN) or [""]
    if who and first.endswith(who.strip()):
        first = first.removesuffix(who.strip()) + paint(DIM, who.strip())
    yield f"  {where}  {kind}{first}"
    for text in rest:
        yield " " * MARGIN + text
    for text in textwrap.wrap(line.why, width - MARGIN):
        yield " " * MARGIN + paint(DIM, text)


def _failed(failure: Failure) -> str:
    where = f"trin {failure.step}" if failure.step else "før første trin"
    return (
        f"  {where} · {failure.path}\n"
        f"      ventet  {_shown(failure.expected)}\n"
        f"      fundet  {_shown(failure.actual)}"
    )


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _in_words(day: datetime) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day}. {MONTHS[day.month - 1]} {day.year}"


def _later(before: date | None, now: datetime) -> str:
    if before is None:
        return ""
    days = (now.date() - before).days
    return f"  {days} {'dag' if days == 1 else 'dage'} senere"


class Paint:
    """Colours on a screen, unless the reader has said no (https://no-color.org)."""

    def __init__(self, out: IO[str]):
        self.on = out.isatty() and not os.environ.get("NO_COLOR")

    def __call__(self, colour: str, text: str) -> str:
        return f"{colour}{text}{RESET}" if self.on and colour and text.strip() else text
