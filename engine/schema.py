"""The whole schema: every module that has tables, so that creating it misses none."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

from engine import (
    anchors,
    calendar_feeds,
    diagrams,
    domain,
    drafts,
    edition,
    events,
    imports,
    incidents,
    instances,
    jobs,
    outbox,
    reads,
    saved_views,
    tours,
)
from engine.settings import ROOT
from engine.store import Base, Store

#: The number of the lock that is held while the schema changes.
_UPGRADING = 0x0E11_6E12

TABLES_ARE_IN = (
    anchors,
    calendar_feeds,
    diagrams,
    domain,
    drafts,
    edition,
    events,
    imports,
    incidents,
    instances,
    jobs,
    outbox,
    reads,
    saved_views,
    tours,
)


def create(store: Store) -> None:
    """Make every table at once, in an empty database that will not live long."""
    Base.metadata.create_all(store.engine)


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring a database, new or old, up to this version."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "migrations"))
    with store.engine.begin() as connection:
        if store.is_postgresql:
            # Two machines that start at once: one upgrades, the other waits and finds it done.
            connection.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
