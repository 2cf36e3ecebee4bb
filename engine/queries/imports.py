"""Bringing in cases: what a file would do, how far it has come, and what became of each case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import imports
from engine.domain import appointment, brought_in, organisation
from engine.imports import Fault, Found, ImportResult
from engine.imports.columns import HEADINGS, REPEATED
from engine.imports.reading import Line


@dataclass(frozen=True)
class Trial:
    """A file before anything is saved."""

    id: str
    name: str
    sound: tuple[Found, ...]
    known: tuple[Found, ...]
    faults: tuple[Fault, ...]
    #: How many cases have a fault.
    wrong: int


@dataclass(frozen=True)
class Outcome:
    row: int
    outcome: str
    nummer: str | None
    message: str | None


@dataclass(frozen=True)
class Progress:
    """A file on its way in, or through."""

    id: str
    name: str
    outcomes: tuple[Outcome, ...]
    left: int

    @property
    def total(self) -> int:
        return len(self.outcomes) + self.left

    def count(self, outcome: str) -> int:
        return sum(1 for row in self.outcomes if row.outcome == outcome)


@dataclass(frozen=True)
class Choices:
    """What the form of one case offers."""

    units: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


def choices(session: Session, username: str) -> Choices:
    """Raises MaaIkkeOverfoere."""
    hosts = brought_in.hosts(session, username)
    if not hosts:
        raise brought_in.MaaIkkeOverfoere
    others = session.scalars(select(organisation.Unit).order_by(organisation.Unit.name))
    return Choices(
        units=tuple((unit.code, unit.name) for unit in hosts),
        people=tuple((user.username, user.name) for user in appointment.candidates(session)),
        others=tuple((unit.code, unit.name) for unit in others),
    )


def of_import(session: Session, username: str, import_id: str) -> Trial | Progress:
    """The user's own file: tried where nothing is chosen yet. Raises FilenErVaek."""
    kept = imports.find(session, import_id, username)
    if kept.chosen is None:
        return _trial(session, username, kept)
    query = select(ImportResult).where(ImportResult.import_id == kept.id).order_by(ImportResult.row)
    outcomes = tuple(
        Outcome(row.row, row.outcome, row.nummer, row.message) for row in session.scalars(query)
    )
    left = imports.pending(session, kept) if kept.sealed is not None else []
    return Progress(kept.id, kept.name, outcomes, len(left))


def one(session: Session, username: str, told: dict[str, str], repeated: list[dict]) -> Found:
    """The case of the form, read by the same rules as a row of the file."""
    rows = repeated or [{}]
    keys = dict.fromkeys(key for key, _, _ in REPEATED)
    same = {name: told.get(name, "") for name in ("system", "old_number")}
    lines = [Line(1, {**told, **keys, **rows[0]})]
    lines += [Line(number, {**same, **row}) for number, row in enumerate(rows[1:], start=2)]
    cleaned = [Line(line.number, {k: v or "" for k, v in line.cells.items()}) for line in lines]
    return imports.understand(session, cleaned, username)[0]


def key_of(fault: Fault) -> str:
    """The field of the form that a fault is about."""
    return next(key for key, heading in HEADINGS.items() if heading == fault.column)


def _trial(session: Session, username: str, kept: imports.Import) -> Trial:
    found = imports.understand(session, imports.lines(imports.unsealed(kept)), username)
    wrong = [one for one in found if one.faults]
    return Trial(
        id=kept.id,
        name=kept.name,
        sound=tuple(one for one in found if one.case is not None),
        known=tuple(one for one in found if one.known and not one.faults),
        faults=tuple(fault for one in wrong for fault in one.faults),
        wrong=len(wrong),
    )
