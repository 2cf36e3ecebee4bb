"""The whole schema: every module that has tables, so that creating it misses none."""

from __future__ import annotations

from alembic import command
from alembic.config import Config

from engine import diagrams, domain, events, incidents, instances, jobs, outbox, reads
from engine.settings import ROOT
from engine.store import Base, Store

TABLES_ARE_IN = (diagrams, domain, events, incidents, instances, jobs, outbox, reads)


def create(store: Store) -> None:
    """Make every table at once, in an empty database that will not live long."""
    Base.metadata.create_all(store.engine)


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring a database, new or old, up to this version."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "migrations"))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
