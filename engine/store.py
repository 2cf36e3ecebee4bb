"""The database: one declarative base, two engines, one way to write.

SQLite runs in WAL mode with `BEGIN IMMEDIATE` and a process-wide write lock; PostgreSQL as it is.
Reading sessions never write; writing goes through `Store.write`, which owns the transaction.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import orjson
from sqlalchemy import (
    DDL,
    DateTime,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from engine.errors import Broken, Refused

log = logging.getLogger(__name__)
_ASKED = "asked once"
T = TypeVar("T")


class Moment(TypeDecorator):
    """An aware moment in UTC. SQLite drops zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment must be aware: {value}")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator):
    """JSON as text, in the order it was written (never jsonb, which sorts keys)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect):
        return None if value is None else orjson.dumps(value, default=as_json).decode()

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else orjson.loads(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment, dict: Json, list: Json, str: String}


def as_json(value: Any) -> Any:
    """How values that JSON does not know are written: FEEL numbers as numbers, sets as lists."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set | frozenset | Mapping):
        return dict(value) if isinstance(value, Mapping) else sorted(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


def append_only(table: Table) -> None:
    """Let the database itself refuse UPDATE and DELETE of the table's rows, and to replace one."""
    table.info["append_only"] = True
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(table.name, unique_keys(table), dialect):
            # A percent sign would be a parameter to DDL; there is none in these statements.
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


def guarded(table: Table, statements: Mapping[str, Sequence[str]]) -> None:
    """Let the database itself hold a rule of the table: its triggers as SQL, by dialect."""
    table.info["guards"] = {dialect: list(lines) for dialect, lines in statements.items()}
    for dialect, lines in statements.items():
        for line in lines:
            event.listen(table, "after_create", DDL(line).execute_if(dialect=dialect))


def unique_keys(table: Table) -> list[list[str]]:
    """The columns of each of the table's keys, the primary key first."""
    others = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint)]
    others += [index.columns for index in table.indexes if index.unique]
    keys = [[column.name for column in columns] for columns in others]
    return [[column.name for column in table.primary_key], *sorted(keys)]


def append_only_statements(table: str, keys: list[list[str]], dialect: str) -> list[str]:
    """The triggers of `append_only` as SQL, for migrations too."""
    if dialect == "sqlite":
        return _sqlite_triggers(table, keys)
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        # An INSERT that updates on conflict is an UPDATE to PostgreSQL.
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def _sqlite_triggers(table: str, keys: list[list[str]]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    # INSERT OR REPLACE removes the row of the same key, or of the same rowid, and asks no DELETE
    # trigger. Where no rowid is given it is -1 here, which no row has.
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in key)
        + ")"
        for key in (["rowid"], *keys)
    )
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]


def new_id() -> str:
    """A random identifier, as text, the same on both databases."""
    return str(uuid.uuid4())


class Busy(Refused):
    """Sagen er optaget af andre handlinger lige nu. Intet er gemt. Prøv igen om et øjeblik."""


class Conflict(Exception):
    """A row was changed by somebody else after it was read; the transaction is tried again."""


class ReadingSession(Session):
    """A session that refuses to write: pages read freely and act through verbs."""

    def flush(self, objects=None):
        if self.new or self.dirty or self.deleted:
            raise Broken("a reading session was asked to write")


def once(session: Session, key: tuple, ask: Callable[[], T]) -> T:
    """What `ask` answers; a page asks many times, and its session, which only reads, asks once."""
    if not isinstance(session, ReadingSession):
        return ask()
    known = session.info.setdefault(_ASKED, {})
    if key not in known:
        known[key] = ask()
    return known[key]


class Store:
    """One database. `reading()` gives a session to read with; `write(fn)` runs one transaction."""

    #: How long a writer keeps trying when others hold what it needs, in seconds.
    patience = 20.0

    def __init__(self, url: str | URL):
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        self.engine = _sqlite(self.url) if self.dialect == "sqlite" else _postgresql(self.url)
        self._lock = _process_lock(self.url) if self.dialect == "sqlite" else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading only; it never queues behind the writers."""
        connection = self.engine.connect().execution_options(
            readonly=True, **({"postgresql_readonly": True} if self.is_postgresql else {})
        )
        with connection, ReadingSession(connection, autoflush=False) as session:
            yield session

    def write(self, fn: Callable[[Session], T]) -> T:
        """Run `fn(session)` in one transaction with one commit, and return what it returned.

        When another writer was first, `fn` runs again from the start on a fresh session; so it
        must do nothing outside the session. After `patience` seconds it is `Busy`.
        """
        give_up = time.monotonic() + self.patience
        for attempt in range(1_000_000):
            try:
                with self._lock, Session(self.engine, expire_on_commit=False) as session:
                    with session.begin():
                        result = fn(session)
                return result
            except (Conflict, StaleDataError, DBAPIError) as error:
                if isinstance(error, DBAPIError) and not _is_contention(error, attempt):
                    raise
                if time.monotonic() > give_up:
                    raise Busy from error
                log.info("write tried again (%d): %s", attempt + 1, type(error).__name__)
                time.sleep(min(0.2, 0.005 * 2 ** min(attempt, 6)) * (0.5 + random.random()))
        raise Busy

    @property
    def is_postgresql(self) -> bool:
        return self.dialect == "postgresql"

    def close(self) -> None:
        self.engine.dispose()


# PostgreSQL: serialization failure, deadlock, lock not available (timeout).
_CONTENTION = {"40001", "40P01", "55P03"}
_TAKEN = "23505"


def _is_contention(error: DBAPIError, attempt: int) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state == _TAKEN:
        # Two who make the same first row (a head, a year's number): the second finds it next time.
        return attempt < 2
    locked = ("database is locked", "database table is locked")
    return state in _CONTENTION or str(error.orig).startswith(locked)


_locks: dict[str, threading.Lock] = {}
_locks_guard = threading.Lock()


def _process_lock(url: URL) -> threading.Lock:
    # SQLite's own busy handler is unfair under load; one lock per file keeps the queue short,
    # and no two connections of this process ever write or checkpoint at the same moment.
    with _locks_guard:
        return _locks.setdefault(url.database or "", threading.Lock())


def _sqlite(url: URL) -> Engine:
    driver = _sqlite_driver()
    log.info("SQLite %s through %s", driver.sqlite_version, driver.__name__)
    engine = create_engine(
        url, module=driver, connect_args={"timeout": 30}, pool_size=20, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def configure(connection, _record):
        connection.isolation_level = None  # stops the driver's own implicit BEGIN
        # SQLite's own lower() knows a to z only: Åse would not be found by åse.
        connection.create_function("lower", 1, _lower, deterministic=True)
        for pragma in (
            "journal_mode=wal",
            "synchronous=full",
            "foreign_keys=on",
            "busy_timeout=30000",
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection):
        readonly = connection.get_execution_options().get("readonly")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def _sqlite_driver():
    # Distributions ship SQLite versions with a rare WAL-reset fault (fixed in 3.51.3).
    try:
        import pysqlite3 as driver
    except ImportError:
        import sqlite3 as driver
    return driver


def _postgresql(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    # A lock is waited for shortly; then the transaction is tried again from the start.
    return create_engine(
        url,
        pool_size=20,
        hide_parameters=True,  # what a citizen answered never stands in an error's text
        connect_args={"options": "-c lock_timeout=5000"},
    )


@contextmanager
def beside(url: str | URL) -> Iterator[Store]:
    """A PostgreSQL database of its own on the named server, dropped when the block ends."""
    server = make_url(url).set(drivername="postgresql+psycopg")
    name = f"overligger_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    store = Store(server.set(database=name))
    try:
        yield store
    finally:
        store.close()
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()
