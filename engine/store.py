"""The database: one declarative base, two engines, one way to write.

SQLite runs in WAL mode with `BEGIN IMMEDIATE` and a process-wide write lock; PostgreSQL as it is.
Reading sessions never write; writing goes through `Store.write`, which owns the transaction.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


class Moment(TypeDecorator):
    """An aware moment in UTC. SQLite drops zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment must be aware: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator):
    """JSON as text, in the order it was written (never jsonb, which sorts keys)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect):
        return None if value is None else orjson.dumps(value).decode()

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
    type_annotation_map = {datetime: Moment, dict: Json, list: Json, str: String}


def new_id() -> str:
    """A random identifier, as text, the same on both databases."""
    return str(uuid.uuid4())
