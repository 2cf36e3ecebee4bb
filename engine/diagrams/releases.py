"""What is in force, and what a case that began earlier still runs on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from engine import bpmn, clock, forms
from engine.cache import Cache
from engine.definitions import BPMN, FORM, Definition, Release, ReleaseMember
from engine.errors import Broken, Refused
from engine.files import read_form


class UnknownProcess(Refused):
    """Processen {process} er ikke i brug. Spørg procesejeren, om den er udgivet."""


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


def diagram(session: Session, release_id: str, process: str) -> bytes:
    """The diagram of a process as the release has it. Raises UnknownProcess."""
    for definition in _members(session, release_id, BPMN, process):
        return definition.content
    raise UnknownProcess(process=process)


def members(session: Session, release_id: str) -> list[Definition]:
    """The definitions of a release, without their contents."""
    query = (
        select(Definition)
        .join(ReleaseMember, ReleaseMember.definition_id == Definition.id)
        .where(ReleaseMember.release_id == release_id)
        .order_by(Definition.kind, Definition.key)
    )
    return list(session.scalars(query))


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


_programs, _forms = Cache(256), Cache(2_000)
