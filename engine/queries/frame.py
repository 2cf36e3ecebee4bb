"""The local frame of a unit, as everybody who works here reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import frame, organisation, people
from engine.domain.cases import Case
from engine.domain.frame import PARTS, Frame
from engine.domain.organisation import UnknownUnit
from engine.instances import WorkItem


@dataclass(frozen=True)
class Part:
    """One part: what holds now, what is decided to hold later, and what held before."""

    key: str
    label: str
    question: str
    now: Frame | None
    later: tuple[Frame, ...]
    before: tuple[Frame, ...]


@dataclass(frozen=True)
class OfUnit:
    code: str
    name: str
    parts: tuple[Part, ...]
    may_write: bool


def of_unit(session: Session, username: str, code: str) -> OfUnit:
    """Raises UnknownUnit, also to partners: the frame is the municipality's own."""
    unit = organisation.unit(session, code)
    if unit.partner or not people.employed_here(session, username):
        raise UnknownUnit
    rows, holding = frame.history(session, code), frame.for_unit(session, code)
    return OfUnit(
        code=code,
        name=unit.name,
        parts=tuple(_part(key, rows, holding) for key in PARTS),
        may_write=frame.may_write(session, username, code),
    )


def for_unit(session: Session, unit: str | None, day: date | None = None) -> list[Frame]:
    """What holds in the unit on the day, for a page that shows it beside its own matter."""
    return frame.for_unit(session, unit, day) if unit else []


@dataclass(frozen=True)
class Laid:
    """What a unit has laid down, for a page that shows several units."""

    code: str
    name: str
    frames: tuple[Frame, ...]


def of_units(session: Session, username: str, codes: Iterable[str]) -> list[Laid]:
    """What holds in each of the units, those that have nothing left out; nothing to partners."""
    if not people.employed_here(session, username):
        return []
    units = [organisation.unit(session, code) for code in dict.fromkeys(codes)]
    laid = [Laid(unit.code, unit.name, tuple(for_unit(session, unit.code))) for unit in units]
    return [one for one in laid if one.frames]


def beside_task(session: Session, username: str, task: WorkItem, case: Case) -> list[Frame]:
    """What holds in the unit whose task it is, else in the one that answers for the case.

    Nothing to partners: the frame is the municipality's own.
    """
    if not people.employed_here(session, username):
        return []
    return for_unit(session, task.unit or case.owner_unit)


def _part(key: str, rows: list[Frame], holding: list[Frame]) -> Part:
    now = next((row for row in holding if row.part == key), None)
    own = [row for row in rows if row.part == key]
    today = clock.today()
    return Part(
        key=key,
        label=PARTS[key][0],
        question=PARTS[key][1],
        now=now,
        later=tuple(row for row in own if row.valid_from > today),
        before=tuple(row for row in own if row.valid_from <= today and row is not now),
    )
