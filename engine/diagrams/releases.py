"""What is in force, and what a case that began earlier still runs on."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from engine import bpmn, clock, decisions, forms
from engine.diagrams.definitions import BPMN, DMN, FORM, Definition, Release, ReleaseMember
from engine.diagrams.files import read_form, read_table
from engine.errors import Broken, Refused


class UnknownProcess(Refused):
    """Processen {process} er ikke i brug. Spørg procesejeren, om den er udgivet."""


class UnknownDecision(Broken):
    """A diagram or service asks a table that is not deployed."""


class UnknownForm(Broken):
    """A release lacks a form that one of its tasks names."""


def published(session: Session) -> dict[str, bytes]:
    """The files in force, by file name."""
    query = select(Definition).where(Definition.current).options(undefer(Definition.content))
    return {definition.file: definition.content for definition in session.scalars(query)}


def current_release(session: Session, process: str) -> Release:
    """The release that a case which starts this process now will follow.

    Raises `UnknownProcess`.
    """
    query = select(Release).where(Release.process == process, Release.current)
    release = session.scalar(query)
    if release is None:
        raise UnknownProcess(process=process)
    return release


def program(session: Session, release_id: str) -> bpmn.Program:
    """The compiled diagrams of a release; compiled once per process of this server."""

    def compile_release() -> bpmn.Program:
        process = session.scalar(select(Release.process).where(Release.id == release_id))
        sources = {d.key: d.content for d in _members(session, release_id, BPMN)}
        return bpmn.compile(sources, process)

    return _programs.get(release_id, compile_release)


def form(session: Session, release_id: str, form_id: str) -> forms.Form:
    """A form as the release has it."""

    def find() -> forms.Form:
        for definition in _members(session, release_id, FORM, form_id):
            return read_form(definition.content)
        raise UnknownForm(f"{form_id} in release {release_id}")

    return _forms.get((release_id, form_id), find)


def members(session: Session, release_id: str) -> list[Definition]:
    """The definitions of a release, without their contents."""
    query = (
        select(Definition)
        .join(ReleaseMember, ReleaseMember.definition_id == Definition.id)
        .where(ReleaseMember.release_id == release_id)
        .order_by(Definition.kind, Definition.key)
    )
    return list(session.scalars(query))


def table(session: Session, decision_id: str) -> decisions.Definitions:
    """The table file in force that answers a decision. Raises `UnknownDecision`."""
    definition_id = _tables_in_force(session).get(decision_id)
    if definition_id is None:
        raise UnknownDecision(decision_id)

    def find() -> decisions.Definitions:
        query = select(Definition.content).where(Definition.id == definition_id)
        return read_table(session.scalar(query))

    return _tables.get(definition_id, find)


def decide(
    session: Session, decision_id: str, inputs: Mapping[str, Any], on: date | None = None
) -> decisions.Answer:
    """Ask the table in force; `on` is the day whose rows count (today)."""
    return table(session, decision_id).decide(decision_id, inputs, on=on or clock.today())


@dataclass(frozen=True)
class OwnStart:
    """A start event that needs nobody to open a case: of a message, a signal or a timer.

    `timer` is its text, ISO 8601 (a date or a cycle) or `= FEEL`.
    """

    process: str
    element: str
    kind: str
    name: str | None = None
    timer: str | None = None


def own_starts(session: Session, kind: str, name: str | None = None) -> list[OwnStart]:
    """The start events in force of a kind (message, signal, timer), of one name if given."""
    query = (
        select(Definition.key, Definition.provides)
        .where(Definition.kind == BPMN, Definition.current)
        .order_by(Definition.key)
    )
    found = (OwnStart(key, **start) for key, starts in session.execute(query) for start in starts)
    return [s for s in found if s.kind == kind and name in (None, s.name)]


def started_by(session: Session, message: str) -> str | None:
    """The process that a message starts, or None."""
    return next((start.process for start in own_starts(session, "message", message)), None)


def renew(session: Session) -> list[Release]:
    """Make a release for every process in force whose reach has changed; the new ones.

    Running cases keep the release they have.
    """
    query = select(Definition).where(Definition.current)
    current = {(d.kind, d.key): d for d in session.scalars(query)}
    standing = dict(
        session.execute(select(Release.process, Release.id).where(Release.current)).all()
    )
    made = []
    for kind, process in current:
        if kind != BPMN:
            continue
        reach = _reach(process, current)
        release_id = _digest(process, reach)
        if standing.get(process) == release_id:
            continue
        session.execute(
            update(Release).where(Release.process == process, Release.current).values(current=False)
        )
        made.append(_release(session, release_id, process, reach))
    session.flush()
    return made


def _release(session: Session, release_id: str, process: str, reach: list[Definition]) -> Release:
    release = session.get(Release, release_id)
    if release is not None:
        release.current = True
        return release
    release = Release(id=release_id, process=process, made_at=clock.now(), current=True)
    session.add(release)
    session.flush()
    session.add_all(ReleaseMember(release_id=release_id, definition_id=d.id) for d in reach)
    return release


def _reach(process: str, current: Mapping[tuple[str, str], Definition]) -> list[Definition]:
    """The diagrams and forms that a process reaches through calls, sorted."""
    found: dict[tuple[str, str], Definition] = {}
    waiting = [(BPMN, process)]
    while waiting:
        name = waiting.pop()
        definition = current.get(name)
        if name in found or definition is None:
            continue
        found[name] = definition
        waiting += [(BPMN, key) for key in definition.needs.get("processes", ())]
        waiting += [(FORM, key) for key in definition.needs.get("forms", ())]
    return [found[name] for name in sorted(found)]


def _digest(process: str, reach: Iterable[Definition]) -> str:
    text = "\n".join([process, *(f"{d.kind} {d.key} {d.version} {d.checksum}" for d in reach)])
    return hashlib.sha256(text.encode()).hexdigest()[:36]


def _members(session: Session, release_id: str, kind: str, key: str | None = None):
    query = (
        select(Definition)
        .join(ReleaseMember, ReleaseMember.definition_id == Definition.id)
        .where(ReleaseMember.release_id == release_id, Definition.kind == kind)
        .options(undefer(Definition.content))
    )
    return session.scalars(query.where(Definition.key == key) if key else query)


def _tables_in_force(session: Session) -> dict[str, str]:
    """Decision id -> definition id. Read once per session: a transaction sees one set of tables."""
    if _TABLES not in session.info:
        query = select(Definition.id, Definition.provides).where(
            Definition.kind == DMN, Definition.current
        )
        session.info[_TABLES] = {
            decision: id_ for id_, provides in session.execute(query) for decision in provides
        }
    return session.info[_TABLES]


def forget_tables(session: Session) -> None:
    """A deployment in this session has changed what is in force."""
    session.info.pop(_TABLES, None)


_TABLES = "decision_tables_in_force"


class _Cache:
    """Keeps the values last used. What it holds never changes, so two makers do no harm."""

    def __init__(self, size: int):
        self._size, self._values, self._guard = size, OrderedDict(), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._guard:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


_programs, _forms, _tables = _Cache(256), _Cache(2_000), _Cache(200)
