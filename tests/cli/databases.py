"""The database of a folder of its own, and how a test looks into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import diagrams
from engine.store import Store

DB = "sqlite:///egen/test.db"


def in_database(read: Callable[[Session], Any], url: Any = DB) -> Any:
    store = Store(url)
    try:
        with store.reading() as session:
            return read(session)
    finally:
        store.close()


def versions(session: Session) -> list[tuple[str, int]]:
    """(key, version) of all that is deployed."""
    rows = session.execute(select(diagrams.Definition.key, diagrams.Definition.version))
    return sorted(tuple(row) for row in rows)
