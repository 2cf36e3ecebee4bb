"""The whole schema: every module that has tables, so that creating it misses none."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, inspect, select

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
from engine.errors import Refused
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


class UlaeseligDatabase(Refused):
    """Databasen mangler {mangler}: den er lavet, før tabellerne lå fast, og kan ikke bringes op til denne udgave. Flyt eller slet den, og kør overligger init igen."""


def create(store: Store) -> None:
    """Make every table at once, in an empty database that will not live long."""
    Base.metadata.create_all(store.engine)


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring a database, new or old, up to this version.

    Raises UlaeseligDatabase for one that says it is new enough and is not.
    """
    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "migrations"))
    with store.engine.begin() as connection:
        if store.is_postgresql:
            # Two machines that start at once: one upgrades, the other waits and finds it done.
            connection.execute(select(func.pg_advisory_xact_lock(_UPGRADING)))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if revision == "head":
            _must_be_whole(connection)


def _must_be_whole(connection: Connection) -> None:
    found = inspect(connection).get_multi_columns()
    there = {(table, column["name"]) for (_, table), columns in found.items() for column in columns}
    wanted = {
        (table.name, column.name) for table in Base.metadata.tables.values() for column in table.c
    }
    missing = min(wanted - there, default=None)
    if missing:
        raise UlaeseligDatabase(mangler=".".join(missing))
