"""The story on a screen: calm, in Danish, a heading for each day; colours where there is a tty."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
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
    "fell_away": "bortfaldt",
    "svar_rettet": "rettet",
    "timer_fired": "tid",
    "caught": "besked",
    "decided": "regel",
    "chose": "vej",
    "error": "fejl",
    "escalation": "eskaleret",
    "state_changed": "tilstand",
    "owner_changed": "ejer",
    "coordinator_appointed": "udpeget",
    "coordinator_changed": "skifte",
    "deputy_appointed": "udpeget",
    "rule_missing": "regel",
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
}
QUIET = frozenset({"chose"})
#: First the deed, then why, then what came of it.
DEED, REASON, RESULT, DUTY, NEXT, WAY, END, OTHER = range(8)
RANK = {
    **dict.fromkeys(("timer_fired", "caught", "case_opened", "referral_joined"), DEED),
    **dict.fromkeys(("completed", "claimed", "released", "assigned", "held", "hold_ended"), DEED),
    **dict.fromkeys(("set_budget", "set_rule", "absent", "refused"), DEED),
    **dict.fromkeys(("decided", "rule_missing"), REASON),
    **dict.fromkeys(("state_changed", "owner_changed", "letter"), RESULT),
    **dict.fromkeys(("coordinator_appointed", "coordinator_changed", "deputy_appointed"), RESULT),
    "deadline": DUTY,
    "waiting": NEXT,
    "chose": WAY,
    "ended": END,
}
#: Nobody in particular did it.
NOBODY = ("system", None)
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
    for (number, at), lines in groupby(played.told, key=lambda line: (line.n, line.at)):
        local = clock.local(at)
        if local.date() != day:
            print(f"\n  {paint(BOLD, _in_words(local))}{paint(DIM, _later(day, local))}", file=out)
            day = local.date()
        where = paint(DIM, f"{number or '':>4}  {local:%H.%M}")
        for text in _block(list(lines), where, paint, width):
            print(text.rstrip(), file=out)
    if played.failures:
        print(file=out)
    for failure in played.failures:
        print(paint(RED, _failed(failure)), file=out)


def _block(lines: list[Line], where: str, paint: Paint, width: int) -> Iterator[str]:
    """What happened at one moment of one step: the deed, its reasons, what came of it."""
    lines = [line for line in lines if not _taken_to_do(line, lines)]
    ordered = sorted(lines, key=lambda line: RANK.get(line.kind, OTHER))
    said, who = set(), None
    for line in _ways_in_one(ordered):
        if (line.kind, line.text) in said:
            continue
        said.add((line.kind, line.text))
        by = None if line.by in NOBODY or line.by == who else line.by
        who = by or who
        yield from _told(line, by, where, paint, width)
        where = " " * 11


def _taken_to_do(line: Line, lines: list[Line]) -> bool:
    """Whether a task was taken only to be done at once: who did it has taken it, plainly."""
    return line.kind == "claimed" and any(
        other.kind == "completed" and other.element == line.element for other in lines
    )


def _ways_in_one(lines: list[Line]) -> Iterator[Line]:
    """The ways chosen at gateways, side by side."""
    ways = [line for line in lines if line.kind == "chose"]
    for line in lines:
        if line.kind != "chose":
            yield line
        elif line is ways[0]:
            yield replace(line, text=" · ".join(dict.fromkeys(way.text for way in ways)))


def _told(line: Line, by: str | None, where: str, paint: Paint, width: int) -> Iterator[str]:
    """One line, its reason below it."""
    quiet = DIM if line.kind in QUIET else ""
    wrapped = textwrap.wrap(line.text, width - MARGIN) or [""]
    texts = [paint(quiet, text) for text in wrapped]
    if by and MARGIN + len(wrapped[-1]) + 2 + len(by) > width:
        texts.append(paint(DIM, by))
    elif by:
        texts[-1] += paint(DIM, f"  {by}")
    kind = f"{CALLED.get(line.kind, line.kind):<10}"
    yield f"  {where}  {paint(COLOURS.get(line.kind, ''), kind)}{texts[0]}"
    for text in texts[1:]:
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
