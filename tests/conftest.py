"""Databases for every test: a SQLite file of its own, or a PostgreSQL database of its own.

A test that asks for `store` runs on both. The tables are made once per session and copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine

from engine import clock
from engine.settings import enter_demo
from engine.store import Store
from tests import postgres

DATABASES = ("sqlite", "postgresql")


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


@pytest.fixture(params=DATABASES)
def database_url(request, tmp_path) -> Iterator[str | URL]:
    """The URL of a database with all tables, empty, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
    else:
        admin = request.getfixturevalue("postgres_server")
        template = request.getfixturevalue("postgres_template")
        with postgres.database(admin, template) as url:
            yield url


@pytest.fixture
def store(database_url) -> Iterator[Store]:
    """An empty database with all tables, on SQLite and on PostgreSQL."""
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_template, tmp_path) -> Iterator[Store]:
    """An empty database with all tables, for what does not depend on which."""
    file = tmp_path / "test.db"
    shutil.copyfile(sqlite_template, file)
    opened = Store(f"sqlite:///{file}")
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
def fiktivby_url(request, tmp_path) -> Iterator[str | URL]:
    """The URL of a copy of Fiktivby: SQLite, unless parametrised by the name of a database."""
    if getattr(request, "param", "sqlite") == "sqlite":
        file = tmp_path / "site.db"
        shutil.copyfile(request.getfixturevalue("fiktivby"), file)
        yield f"sqlite:///{file}"
    else:
        admin = request.getfixturevalue("postgres_server")
        template = request.getfixturevalue("fiktivby_on_postgres")
        with postgres.database(admin, template) as url:
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
