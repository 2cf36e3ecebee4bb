"""What went wrong and waits for a person: a failed step, or a job that has no tries left."""

from __future__ import annotations

import re
import traceback
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from engine.store import Base

_OPEN = text("resolved_at IS NULL")


class Incident(Base):
    """One fault. Resolved when the step succeeds, or when somebody retries its job."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_incidents_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    verb: Mapped[str]  # open_case, complete, tell, wake, ...
    case_id: Mapped[str | None]
    instance_id: Mapped[str | None]
    task_id: Mapped[str | None]
    job_id: Mapped[int | None]
    process: Mapped[str | None]
    element: Mapped[str | None]
    message: Mapped[str]
    detail: Mapped[str]
    actor: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]


_CPR = re.compile(r"\b\d{6}-?\d{4}\b")


def reason(error: BaseException) -> str:
    """The error in one line, without anything that looks like a CPR number.

    Of a database error only the first line: below it PostgreSQL quotes the whole row.
    """
    text = str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else str(error)
    return _CPR.sub("[cpr]", f"{type(error).__name__}: {text}")[:500]


def detail(error: BaseException) -> str:
    """Where it happened: the frames and error types, never the values.

    The error's text may quote what a citizen answered, so only `reason` carries it, cleaned.
    """
    lines = []
    link: BaseException | None = error
    while link is not None:
        frames = traceback.extract_tb(link.__traceback__)
        lines += [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames]
        lines.append(type(link).__name__)
        link = link.__cause__
    return "\n".join(lines[-60:])
