"""What is stored, as a digest per table: the proof that a refused step has saved nothing at all.

A refused step may write nothing: no row, no event or head of a chain, no incident, and no read,
for opening a page is another act than the one that was refused.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Table, select, tuple_
from sqlalchemy.orm import Session

from engine.definitions import Definition
from engine.domain.cases import Case
from engine.events import Content, Event
from engine.incidents import Incident
from engine.instances import WorkItem
from engine.store import Base, Store

Print = dict[str, str]

#: Large, and covered by the checksum beside it.
_COVERED = {Definition.__table__.c.content}
#: Where an incident leaves its traces: the mark on its task, the head of the case's chain.
_MARKED = {
    WorkItem.__table__: {"incident_id", "revision"},
    Case.__table__: {"event_seq", "event_head", "revision"},
}
_OF_INCIDENT = Event.__table__.c.kind == "incident_opened"


def of(store: Store) -> Print:
    """Table -> digest of all its rows, whatever their order."""
    with store.reading() as session:
        return {t.name: _digest(session, t, _COVERED) for t in Base.metadata.sorted_tables}


def besides_incidents(store: Store) -> Print:
    """The same without incidents and what they leave behind: where a diagram broke, one is kept."""
    events, contents = Event.__table__, Content.__table__
    told = select(events.c.case_id, events.c.seq).where(_OF_INCIDENT)
    kept = {
        events: ~_OF_INCIDENT,
        contents: tuple_(contents.c.case_id, contents.c.seq).not_in(told),
    }
    with store.reading() as session:
        return {
            table.name: _digest(
                session,
                table,
                _COVERED | {table.c[name] for name in _MARKED.get(table, ())},
                kept.get(table),
            )
            for table in Base.metadata.sorted_tables
            if table is not Incident.__table__
        }


def changed(before: Print, after: Print) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in after if before.get(name) != after[name])


def _digest(session: Session, table: Table, without: set, where=None) -> str:
    query = select(*(column for column in table.c if column not in without))
    if where is not None:
        query = query.where(where)
    digest = hashlib.sha256()
    for row in sorted(repr(tuple(row)) for row in session.execute(query)):
        digest.update(row.encode())
        digest.update(b"\n")
    return digest.hexdigest()
