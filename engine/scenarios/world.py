"""The databases that stories are played in: each has its own, a copy of one furnished world.

A `Stage` furnishes the world once (tables, demo municipality, shipped diagrams) and copies it for
each story: on SQLite a file, on PostgreSQL a database beside the one named. What was there before
is never opened for writing; everything of the stage's own is called `overligger_play_…`.
"""

from __future__ import annotations

import errno
import fcntl
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url

from engine import clock, diagrams, municipality, schema
from engine.diagrams import shipped
from engine.settings import enter_demo
from engine.store import Store

PREFIX = "overligger_play_"
#: When the world was made: before every story, and the same on every machine.
MADE_AT = datetime(2026, 1, 1)
#: A folder without a lock may be one that somebody is just making.
_YOUNG = 60


class Stage(Protocol):
    """Gives each story a store of its own."""

    def store(self) -> Any:
        """A context manager: a fresh `Store`, gone when the block ends."""


@contextmanager
def stage(
    database_url: str | URL | None = None, files: Mapping[str, bytes] | None = None
) -> Iterator[Stage]:
    """A stage beside the database named, else in the temporary folder.

    `files` are put into use in the world (file name -> bytes); without them, all that is shipped.
    Raises DeployRefused where they do not hold, and SQLAlchemy's errors for a server out of reach.
    """
    enter_demo()
    files = shipped() if files is None else files
    url = make_url(database_url) if database_url else None
    if url is not None and url.get_backend_name() == "postgresql":
        with _databases(url, files) as found:
            yield found
        return
    beside = url.database if url is not None else None
    folder = Path(beside).resolve().parent if beside else Path(tempfile.gettempdir())
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "mappen findes ikke", str(folder))
    with _own_folder(folder) as home:
        yield _Files(home, files)


def furnish(store: Store, files: Mapping[str, bytes]) -> None:
    """Make the tables, load the demo municipality, put the files into use."""
    with clock.travelling(MADE_AT):
        schema.create(store)
        store.write(municipality.load)
        if files:
            store.write(lambda session: _deploy(session, files))


def _deploy(session, files: Mapping[str, bytes]) -> None:
    diagrams.deploy(session, files, by="procesejer-1", demo=True, accept_warnings=True)


# --- SQLite ---------------------------------------------------------------------------------------


class _Files:
    """Stories in SQLite files of one folder, one after the other."""

    def __init__(self, home: Path, files: Mapping[str, bytes]):
        self.home, self.world = home, home / "world.db"
        store = _quick(self.world)
        furnish(store, files)
        store.close()
        # The file alone is copied, so the write-ahead log goes into it.
        plain = create_engine(store.url)
        with plain.connect() as connection:
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        plain.dispose()
        # One store for all: it remembers how its statements are written.
        self.story = home / "story.db"
        self._store, self._turn = _quick(self.story), threading.Lock()

    @contextmanager
    def store(self) -> Iterator[Store]:
        with self._turn:
            shutil.copyfile(self.world, self.story)
            try:
                yield self._store
            finally:
                self._store.close()
                for left in self.home.glob(f"{self.story.name}*"):
                    left.unlink()


def _quick(file: Path) -> Store:
    """A store that does not wait for the disk: a story that loses power is played again."""
    store = Store(URL.create("sqlite", database=str(file)))

    @event.listens_for(store.engine, "connect")
    def hurry(connection, _record):
        connection.execute("pragma synchronous=off")

    return store


@contextmanager
def _own_folder(folder: Path) -> Iterator[Path]:
    """A folder for this process; those that killed processes left behind are removed first."""
    for left in folder.glob(f"{PREFIX}*"):
        _remove_if_left(left)
    with tempfile.TemporaryDirectory(
        prefix=PREFIX, dir=folder, ignore_cleanup_errors=True
    ) as place:
        home = Path(place)
        with (home / "making").open("w") as lock:
            # It is called the lock once it is held: who finds it free may remove the folder.
            fcntl.flock(lock, fcntl.LOCK_EX)
            (home / "making").rename(home / "lock")
            yield home


def _remove_if_left(folder: Path) -> None:
    """Remove the folder when no living process holds its lock."""
    try:
        lock = folder / "lock"
        if not lock.exists():
            left = time.time() - folder.stat().st_mtime > _YOUNG
        else:
            with lock.open("r") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left = True
    except OSError:
        return  # somebody plays there, or it is somebody else's
    if left:
        shutil.rmtree(folder, ignore_errors=True)


# --- PostgreSQL -----------------------------------------------------------------------------------


class _Databases:
    """Stories in a database of one PostgreSQL server, one after the other."""

    def __init__(self, server: URL, admin: Engine, files: Mapping[str, bytes]):
        self.admin, name = admin, f"{PREFIX}{uuid4().hex[:10]}"
        self.world, self.story = f"{name}_world", f"{name}_story"
        self._store, self._turn = Store(server.set(database=self.story)), threading.Lock()
        self.create(self.world)
        try:
            store = Store(server.set(database=self.world))
            try:
                furnish(store, files)
            finally:
                store.close()
        except BaseException:
            self.drop(self.world)
            raise

    @contextmanager
    def store(self) -> Iterator[Store]:
        with self._turn:
            self.create(self.story, like=self.world)
            try:
                yield self._store
            finally:
                self._store.close()
                self.drop(self.story)

    def create(self, name: str, like: str = "template1") -> None:
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')

    def drop(self, name: str) -> None:
        self._say(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def _databases(url: URL, files: Mapping[str, bytes]) -> Iterator[_Databases]:
    server = url.set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        found = _Databases(server, admin, files)
        try:
            yield found
        finally:
            found.drop(found.world)
    finally:
        admin.dispose()
