"""What is stored, as a digest per table: the proof that a refused step has saved nothing at all.

A refused step may write nothing: no row, no event or head of a chain, no incident, and no read,
for opening a page is another act than the one that was refused.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from engine.store import Base, Store

#: What an incident leaves behind: itself, its event, and the mark on its task.
OF_AN_INCIDENT = frozenset(
    ("incidents", "events", "event_contents", "chain_heads", "work_items", "cases")
)


def of(store: Store) -> dict[str, str]:
    """Table -> digest of all its rows, whatever their order."""
    with store.reading() as session:
        return {
            table.name: _digest(session.execute(select(table)).all())
            for table in Base.metadata.sorted_tables
        }


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in after if before.get(name) != after[name])


def _digest(rows) -> str:
    digest = hashlib.sha256()
    for row in sorted(repr(tuple(row)) for row in rows):
        digest.update(row.encode())
        digest.update(b"\n")
    return digest.hexdigest()
