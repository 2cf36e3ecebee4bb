"""The job table: everything that has to happen by itself, sooner or later.

Timers, asynchronous services, holds, changed rules and sweeps are rows here and nowhere else. A row
is deleted in the transaction that carries out its effect, so delivery is at least once and effect
exactly once; a job that is gone has been done. After a failure it is tried again with back-off,
and with no tries left it stands as an incident until a person retries it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Index, Integer, Select, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.store import Base, Json

WAITING, INCIDENT, SPENT = "waiting", "incident", "spent"
TIMER, SERVICE, HOLD, RECOUNT = "timer", "service", "hold", "recount"
START, SWEEP = "start", "sweep"

#: How many times a job is tried before it becomes an incident.
TRIES = 3
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=30), timedelta(hours=6)

_WAITING = text("state = 'waiting'")


class Job(Base):
    """One thing that is to happen by itself at `due_at`."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_jobs_case_id", "case_id"),
        Index("ix_jobs_instance_id", "instance_id", "ref"),
        {"sqlite_autoincrement": True},  # an id never comes back after its job is done
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    kind: Mapped[str]  # timer | service | hold | recount | start | sweep
    state: Mapped[str] = mapped_column(default=WAITING)  # waiting | incident | spent
    due_at: Mapped[datetime]
    case_id: Mapped[str | None]
    instance_id: Mapped[str | None]
    ref: Mapped[str | None]  # the adapter's timer or work id, the held task, the sweep
    process: Mapped[str | None]
    element: Mapped[str | None]
    payload: Mapped[dict | None] = mapped_column(Json)
    tries: Mapped[int] = mapped_column(default=TRIES)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime]


def add(session: Session, kind: str, due_at: datetime, **columns) -> Job:
    """A new job in the caller's transaction; `columns` as in `Job`."""
    job = Job(kind=kind, due_at=due_at, created_at=clock.now(), **columns)
    session.add(job)
    return job


def due(until: datetime, limit: int = 200) -> Select:
    """The ids of what is due, in the order in which it has to happen. Loads nothing else."""
    return (
        select(Job.id)
        .where(Job.state == WAITING, Job.due_at <= until)
        .order_by(Job.due_at, Job.id)
        .limit(limit)
    )


def next_due(session: Session) -> datetime | None:
    """When something next happens by itself, or None."""
    return session.scalar(select(func.min(Job.due_at)).where(Job.state == WAITING))


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failures: doubling, with a ceiling."""
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** max(0, attempts - 1))


def cancel(session: Session, instance_id: str, refs: Iterable[str]) -> None:
    """Take away jobs that an instance no longer waits for."""
    session.execute(
        Job.__table__.delete().where(Job.instance_id == instance_id, Job.ref.in_(list(refs)))
    )


def move(session: Session, instance_id: str, ref: str, due_at: datetime) -> None:
    """Give one waiting job another moment."""
    session.execute(
        update(Job).where(Job.instance_id == instance_id, Job.ref == ref).values(due_at=due_at)
    )
