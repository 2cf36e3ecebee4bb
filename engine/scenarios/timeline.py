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
from engine.bpmn import Program
from engine.events import Event
from engine.store import Store

if TYPE_CHECKING:
    from engine.scenarios.player import Played
    from engine.scenarios.story import Step

WEEKDAYS = ("man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn.")
# What an event is called when it is told; kinds that say nothing to people are left out.
TOLD = {
    "completed": "løst",
    "task_opened": "ny opgave",
    "decided": "besluttet efter tabel",
    "fired": "tid",
    "caught": "besked",
    "thrown": "sendt",
    "state_changed": "tilstand",
    "incident": "hændelse",
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
def watching(store: Store, told: list[Line], step: Step, kind: str) -> Iterator[None]:
    """Tell what the trail gained while the block ran."""
    with store.reading() as session:
        last = session.scalar(select(func.max(Event.id))) or 0
    yield
    with store.reading() as session:
        rows = session.scalars(select(Event).where(Event.id > last).order_by(Event.id)).all()
        told.extend(
            Line(step.number, row.at, row.actor, row.kind, row.element, _text(session, row))
            for row in rows
        )


def _text(session: Session, row: Event) -> str:
    facts = row.facts or {}
    name = _name(session, row)
    match row.kind:
        case "decided":
            rules = ", ".join(facts.get("rules") or ()) or "ingen række"
            return f"{facts.get('decision')}: {rules}"
        case "state_changed":
            return f"{facts.get('old') or '—'} → {facts.get('new')}"
        case _:
            why = ", ".join(f"{key}: {value}" for key, value in facts.items() if _plain(value))
            return f"{name} ({why})" if name and why else name or why


def _plain(value: object) -> bool:
    return value is not None and value != "" and not isinstance(value, dict | list)


def _name(session: Session, row: Event) -> str:
    """The element's own Danish name, or its id."""
    if row.element is None:
        return ""
    program = _program(session, row)
    if program is not None and row.process:
        try:
            return program.element(row.process, row.element).name or row.element
        except Exception:
            return row.element
    return row.element


def _program(session: Session, row: Event) -> Program | None:
    from engine import diagrams

    return diagrams.program(session, row.release_id) if row.release_id else None


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
    for line in _told(played.told):
        local = clock.local(line.at)
        when = f"{WEEKDAYS[local.weekday()]} {local:%d.%m.%Y %H.%M}"
        if before is None or local.date() != before.date():
            print(f"  {paint(BOLD, when)}{paint(DIM, _since(before, local))}", file=out)
        before = local
        kind = TOLD.get(line.kind, line.kind)
        colour = {"refused": YELLOW, "incident": RED}.get(line.kind, DIM)
        print(f"    {paint(colour, kind):<12} {line.text}  {paint(DIM, line.by or '')}", file=out)
    for failure in played.failures:
        print(
            paint(
                RED,
                f"  trin {failure.step} · {failure.path}: "
                f"ventet {failure.expected!r}, fundet {failure.actual!r}",
            ),
            file=out,
        )


def _told(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.kind in TOLD or line.kind == "refused"]


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
