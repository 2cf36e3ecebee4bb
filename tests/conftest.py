"""Databases for every test: a SQLite file of its own, or a PostgreSQL database of its own.

A test that asks for `store` runs on both. The tables are made once per session and copied to one
address, where the engine is warm.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import URL, create_engine

from engine import clock
from engine.settings import enter_demo
from engine.store import Store
from tests import postgres, warm

DATABASES = ("sqlite", "postgresql")
#: Where the long files are. They come first, so that no worker is left alone with one at the end.
LONG = ("browser", "barrier", "scenarios_runner", "acceptance", "benchmarks", "cli")

# A test draws the same examples everywhere, and takes the time it takes.
hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.parent.name, len(LONG)))


def _create(url: str | URL) -> None:
    from engine import schema

    store = Store(url)
    schema.create(store)
    store.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A SQLite file with the tables and nothing in them."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    _create(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> URL:
    """The administrator's URL; fails, never skips, when no server can be had."""
    admin = postgres.start()
    postgres.drop_leftovers(admin)
    return admin


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Iterator[str]:
    """The name of a PostgreSQL database with the tables and nothing in them."""
    with postgres.database(postgres_server) as url:
        _create(url)
        yield url.database


@pytest.fixture
def empty_url(request, tmp_path) -> Iterator[str | URL]:
    """The URL of a database without any table. Parametrised by `request.param`."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with postgres.database(request.getfixturevalue("postgres_server")) as url:
            yield url


@pytest.fixture(scope="session")
def database_file(tmp_path_factory) -> Path:
    """The file that is each test's SQLite database in turn."""
    return tmp_path_factory.mktemp("databases") / "test.db"


@contextmanager
def copied(template: Path, file: Path) -> Iterator[str]:
    """The URL of a copy of a SQLite file, which is gone afterwards."""
    assert not file.exists(), "a test has one database"
    shutil.copyfile(template, file)
    try:
        yield f"sqlite:///{file}"
    finally:
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()


@contextmanager
def copied_on(kind: str, request, file: str, database: str) -> Iterator[str | URL]:
    """The same on either kind of database; the templates are named by their fixtures."""
    if kind == "sqlite":
        with copied(request.getfixturevalue(file), request.getfixturevalue("database_file")) as url:
            yield url
    else:
        admin = request.getfixturevalue("postgres_server")
        name = f"overligger_test_{os.getpid()}_place"
        with postgres.database(admin, request.getfixturevalue(database), name) as url:
            yield url


@pytest.fixture(params=DATABASES)
def database_url(request) -> Iterator[str | URL]:
    """The URL of a database with all tables, empty, on SQLite and on PostgreSQL."""
    with copied_on(request.param, request, "sqlite_template", "postgres_template") as url:
        yield url


@pytest.fixture
def store(database_url) -> Iterator[Store]:
    """An empty database with all tables, on SQLite and on PostgreSQL."""
    opened = warm.store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_template, database_file) -> Iterator[Store]:
    """An empty database with all tables, for what does not depend on which."""
    with copied(sqlite_template, database_file) as url:
        opened = warm.store(url)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def fiktivby(tmp_path_factory) -> Path:
    """A SQLite file with the demo municipality, all that is shipped, and people who may sign in."""
    file = tmp_path_factory.mktemp("fiktivby") / "fiktivby.db"
    store = Store(f"sqlite:///{file}")
    _furnish(store)
    store.close()
    # The file alone is copied, so the write-ahead log goes into it.
    plain = create_engine(store.url)
    with plain.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    plain.dispose()
    return file


@pytest.fixture(scope="session")
def fiktivby_on_postgres(postgres_server: URL) -> Iterator[str]:
    """The name of a PostgreSQL database with what `fiktivby` holds."""
    with postgres.database(postgres_server) as url:
        store = Store(url)
        _furnish(store)
        store.close()
        yield url.database


def _furnish(store: Store) -> None:
    from tests.web.fiktivby import furnished

    furnished(store)


@pytest.fixture
def fiktivby_url(request) -> Iterator[str | URL]:
    """The URL of a copy of Fiktivby: SQLite, unless parametrised by the name of a database."""
    kind = getattr(request, "param", "sqlite")
    with copied_on(kind, request, "fiktivby", "fiktivby_on_postgres") as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def demonstration() -> None:
    """All tests are of fictitious people, whichever of them comes first."""
    enter_demo()


@pytest.fixture
def virtual_clock() -> Iterator[clock.VirtualClock]:
    """Monday 5 January 2026, nine o'clock in Copenhagen, until the test moves it."""
    with clock.travelling(datetime(2026, 1, 5, 9)) as travelling:
        yield travelling
