"""The rows of running processes: instances, work items, subscriptions and variables.

The state of an instance is bytes with a format version, exactly as the adapter wrote them: the
adapter depends on the order of keys, which jsonb would lose. The other tables are indexes over
what the instances wait for, written in the same transaction as the state, so that inboxes and
messages are found without loading a single instance.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, undefer

from engine.store import Base, Json, new_id

#: Written beside each state, so that a later engine knows how to read it.
STATE_FORMAT = 1

RUNNING, ENDED, CANCELLED = "running", "ended", "cancelled"
OPEN, HELD, DONE = "open", "held", "done"
UNFINISHED = (OPEN, HELD)


class Instance(Base):
    """One run of a process for a case."""

    __tablename__ = "instances"
    __table_args__ = (
        Index("ix_instances_case_id", "case_id"),
        Index("ix_instances_release_id", "release_id", "status"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str]
    process: Mapped[str]
    release_id: Mapped[str]
    status: Mapped[str] = mapped_column(default=RUNNING)  # running | ended | cancelled
    revision: Mapped[int] = mapped_column()
    state_format: Mapped[int] = mapped_column(default=STATE_FORMAT)
    state: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    scopes: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None]

    # Two writers that read the same revision: the second finds no row and starts over.
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


#: Loader options for those who want to wake an instance, not only list it.
WITH_STATE = (undefer(Instance.state), undefer(Instance.scopes))


class WorkItem(Base):
    """A task that a person has to do. Claimed means that `assignee` is set."""

    __tablename__ = "work_items"
    __table_args__ = (
        Index(
            "ix_work_items_queue",
            "queue",
            "unit",
            "due_at",
            "id",
            sqlite_where=text("state IN ('open', 'held')"),
            postgresql_where=text("state IN ('open', 'held')"),
        ),
        Index(
            "ix_work_items_unit",
            "unit",
            "due_at",
            "id",
            sqlite_where=text("state IN ('open', 'held')"),
            postgresql_where=text("state IN ('open', 'held')"),
        ),
        Index(
            "ix_work_items_assignee",
            "assignee",
            "due_at",
            "id",
            sqlite_where=text("state IN ('open', 'held')"),
            postgresql_where=text("state IN ('open', 'held')"),
        ),
        Index("ix_work_items_case_id", "case_id", "state"),
        Index("ix_work_items_instance_id", "instance_id", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)  # the adapter's own id of the work
    instance_id: Mapped[str] = mapped_column(ForeignKey("instances.id"))
    case_id: Mapped[str]
    release_id: Mapped[str]
    process: Mapped[str]
    element: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]  # user | manual
    queue: Mapped[str]  # KUI, KUI-leder, koordinator, ejer, udvalg, ...
    unit: Mapped[str | None]  # the unit whose queue it is; none for roles of the case
    form_id: Mapped[str | None]
    item: Mapped[str | None]  # which one, of a multi-instance
    state: Mapped[str] = mapped_column(default=OPEN)  # open | held | done | cancelled
    assignee: Mapped[str | None]
    due_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime]
    hold_until: Mapped[datetime | None]
    hold_reason: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    incident_id: Mapped[int | None] = mapped_column(BigInteger)  # the last try broke here
    revision: Mapped[int] = mapped_column(default=1)

    @property
    def claimed(self) -> bool:
        return self.assignee is not None


class Subscription(Base):
    """A message or signal that an instance waits for."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("ix_subscriptions_case_id", "case_id", "name"),
        Index("ix_subscriptions_key", "name", "key"),
        Index("ix_subscriptions_instance_id", "instance_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instances.id"))
    case_id: Mapped[str]
    kind: Mapped[str]  # message | signal
    name: Mapped[str]
    key: Mapped[str | None]
    process: Mapped[str]
    element: Mapped[str]
    created_at: Mapped[datetime]


class Variable(Base):
    """The present value of one variable in the scope of an instance's own process."""

    __tablename__ = "variables"

    instance_id: Mapped[str] = mapped_column(ForeignKey("instances.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=True)  # null is a value too
    changed_at: Mapped[datetime]
