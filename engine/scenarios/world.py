"""The database a story is played in: its own, with the demo municipality and the shipped processes.

On SQLite it is a copy of a file that is made once per process; on PostgreSQL a database beside the
one named, dropped afterwards.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from engine import municipality, schema
from engine.settings import enter_demo, settings
from engine.store import Base, Store, new_id


@contextmanager
def world(database_url: str | None = None) -> Iterator[Store]:
    """A fresh store with the demo municipality; gone when the block ends."""
    enter_demo()
    if database_url and make_url(database_url).get_backend_name() == "postgresql":
        with _beside(database_url) as store:
            furnish(store)
            yield store
        return
    folder = Path(database_url_folder(database_url) or tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="overligger-", dir=folder) as place:
        file = Path(place) / "story.db"
        shutil.copyfile(_furnished(), file)
        store = Store(f"sqlite:///{file}")
        try:
            yield store
        finally:
            store.close()


def database_url_folder(database_url: str | None) -> str | None:
    """The folder of a SQLite file, so that the story's own file lies beside it."""
    if not database_url:
        return None
    file = make_url(database_url).database
    return (
        str(Path(file).resolve().parent) if file and Path(file).resolve().parent.is_dir() else None
    )


def furnish(store: Store) -> None:
    """Make the tables, load the demo municipality, deploy what is shipped."""
    from engine import diagrams

    schema.create(store)
    store.write(municipality.load)
    store.write(
        lambda session: diagrams.deploy(
            session, shipped(), by="procesejer-1", demo=True, accept_warnings=True
        )
    )


def shipped() -> dict[str, bytes]:
    """Every diagram, table and form that comes with the product, by file name."""
    folders = ((settings().processes, ("*.bpmn", "*.dmn")), (settings().forms, ("*.form",)))
    return {
        file.name: file.read_bytes()
        for folder, patterns in folders
        for pattern in patterns
        for file in sorted(folder.glob(pattern))
    }


@cache
def _furnished() -> Path:
    place = Path(tempfile.mkdtemp(prefix="overligger-world-"))
    store = Store(f"sqlite:///{place / 'world.db'}")
    furnish(store)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("select 1")
    store.close()
    _fold_log(place / "world.db")
    return place / "world.db"


def _fold_log(file: Path) -> None:
    """Bring SQLite's write-ahead log into the file, so that the file alone can be copied."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()


@contextmanager
def _beside(database_url: str) -> Iterator[Store]:
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    name = f"overligger_play_{new_id().replace('-', '')[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    store = Store(url.set(database=name))
    try:
        yield store
    finally:
        store.close()
        with admin.connect() as connection:
            connection.execute(text(f'drop database "{name}" with (force)'))
        admin.dispose()


def fingerprint(store: Store) -> str:
    """A digest of all that is stored: equal before and after means that nothing was saved."""
    digest = hashlib.sha256()
    with store.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(table.select()).all()
            digest.update(table.name.encode())
            for row in sorted(repr(tuple(row)) for row in rows):
                digest.update(row.encode())
    return digest.hexdigest()


def change_settings(store: Store, values: Mapping[str, Any]) -> None:
    """The story's own local settings, in place of the demo municipality's."""
    from engine.domain import organisation

    def write(session):
        for name, value in values.items():
            organisation.change_setting(session, name, value)

    store.write(write)
