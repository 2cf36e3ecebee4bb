"""The story told for people: when, who, what, why. Written from the trail, not from the file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.cases import Case
from engine.domain.letters import Letter
from engine.events import Event
from engine.store import Store

if TYPE_CHECKING:
    from engine.scenarios.player import Played
    from engine.scenarios.story import Step

WEEKDAYS = ("man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn.")
# What an event is called when it is told; the rest of the trail is for auditors.
TOLD = {
    "case_opened": "sag åbnet",
    "waiting": "ny opgave",
    "completed": "løst",
    "fired": "tid",
    "caught": "besked",
    "decided": "regel",
    "chose": "vej",
    "state_changed": "tilstand",
    "letter": "brev",
    "refused": "afvist",
    "incident_opened": "hændelse",
    "ended": "slut",
}
GREEN, RED, YELLOW, DIM, BOLD, RESET = (
    "\033[32m",
    "\033[31m",
    "\033[33m",
    "\033[2m",
    "\033[1m",
    "\033[0m",
)


@dataclass(frozen=True)
class Line:
    """One line of the story."""

    n: int
    at: datetime
    by: str | None
    kind: str
    element: str | None
    text: str


@contextmanager
def watching(store: Store, told: list[Line], step: Step) -> Iterator[None]:
    """Tell what the trail and the letters gained while the block ran."""
    with store.reading() as session:
        last = session.scalar(select(func.max(Event.id))) or 0
        known = set(session.scalars(select(Letter.id)))
    yield
    with store.reading() as session:
        rows = session.scalars(select(Event).where(Event.id > last).order_by(Event.id)).all()
        lines = [
            Line(step.number, row.at, row.actor, row.kind, row.element, _text(session, row))
            for row in rows
        ]
        for letter in session.scalars(select(Letter).order_by(Letter.written_at)):
            if letter.id not in known:
                text = f"{letter.code} {letter.title}"
                by = letter.written_by
                lines.append(Line(step.number, letter.written_at, by, "letter", letter.code, text))
        told.extend(sorted(lines, key=lambda line: line.at))


def _text(session: Session, row: Event) -> str:
    """What happened, in the words of the diagram."""
    facts = row.facts or {}
    name = str(facts.get("label") or row.element or "")
    match row.kind:
        case "case_opened":
            return f"{_number(session, row)} ({facts.get('process')})"
        case "waiting":
            return f"{name} → {facts.get('queue')}" if facts.get("queue") else name
        case "decided":
            rules = ", ".join(facts.get("rules") or ()) or "ingen række"
            return f"{facts.get('decision')}: {rules}"
        case "chose":
            way = facts.get("flow_label") or facts.get("target") or facts.get("flow")
            return f"{name} {way}" if way else name
        case "state_changed":
            return f"{facts.get('old') or '—'} → {facts.get('new')}"
        case "incident_opened":
            return f"nr. {facts.get('incident')}"
        case _:
            return name


def _number(session: Session, row: Event) -> str:
    case = session.get(Case, row.case_id)
    return case.nummer if case else ""


def show(played: Played, out: IO[str] | None = None) -> None:
    """Print the story: a heading, a block per step, the differences last."""
    out = out or sys.stdout
    paint = _Paint(out.isatty())
    mark = paint(GREEN, "✔") if played.ok else paint(RED, "✘")
    print(
        f"\n{mark} {paint(BOLD, played.story.title)}  {paint(DIM, played.story.path.name)}",
        file=out,
    )
    before: datetime | None = None
    for line in _of_interest(played.told):
        local = clock.local(line.at)
        when = f"{WEEKDAYS[local.weekday()]} {local:%d.%m.%Y %H.%M}"
        if before is None or local.date() != before.date():
            print(f"  {paint(BOLD, when)}{paint(DIM, _since(before, local))}", file=out)
        before = local
        kind = TOLD.get(line.kind, line.kind)
        colour = {"refused": YELLOW, "incident_opened": RED, "completed": GREEN}.get(line.kind, DIM)
        who = "" if line.by in (None, "system", "systemet") else line.by
        print(f"    {paint(colour, f'{kind:<9}')} {line.text}  {paint(DIM, who)}", file=out)
    for failure in played.failures:
        print(
            paint(
                RED,
                f"  trin {failure.step} · {failure.path}: "
                f"ventet {failure.expected!r}, fundet {failure.actual!r}",
            ),
            file=out,
        )


def _of_interest(lines: list[Line]) -> list[Line]:
    """The lines for people: the work, the time, the rules and the letters, not every arrow."""
    worked = {(line.n, line.element) for line in lines if line.kind == "waiting"}
    tasks = {element for _, element in worked}
    return [
        line
        for line in lines
        if line.kind in TOLD and (line.kind != "completed" or line.element in tasks)
    ]


def _since(before: datetime | None, now: datetime) -> str:
    if before is None:
        return ""
    days = (now.date() - before.date()).days
    return f"  efter {days} {'dag' if days == 1 else 'dage'}"


class _Paint:
    """Colours where there is a screen to show them on."""

    def __init__(self, on: bool):
        self.on = on

    def __call__(self, colour: str, text: str) -> str:
        return f"{colour}{text}{RESET}" if self.on else text
