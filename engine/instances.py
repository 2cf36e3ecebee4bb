"""The rows of running processes: instances, work items, subscriptions and variables.

The state of an instance is bytes with a format version, exactly as the adapter wrote them: the
adapter depends on the order of keys, which jsonb would lose. The other tables are indexes over
what the instances wait for, written in the same transaction as the state, so that inboxes and
messages are found without loading a single instance.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    and_,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, undefer, validates

from engine.store import Base, Json, new_id

#: Written beside each state, so that a later engine knows how to read it.
STATE_FORMAT = 1

RUNNING, ENDED, CANCELLED = "running", "ended", "cancelled"
OPEN, HELD, DONE = "open", "held", "done"
UNFINISHED = (OPEN, HELD)
#: Where tasks without a due date sort: behind all others.
NEVER = datetime(9999, 12, 30, tzinfo=UTC)


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


_OPEN = f"state = '{OPEN}'"
_UNFINISHED = f"state IN ('{OPEN}', '{HELD}')"
_STANDS = text("state <> 'cancelled'")


def _lane(name: str, whose: str, order: str, where: str) -> Index:
    """An index over some work items only, those of one desk or person in the order of a list."""
    return Index(name, whose, order, "id", sqlite_where=text(where), postgresql_where=text(where))


class WorkItem(Base):
    """A task that a person has to do. Claimed means that `assignee` is set.

    `desk` and `person` say where the task lies now: what its queue means in its case, kept in step
    with the case by `casework/saving.py` (`domain/access: place`).
    """

    __tablename__ = "work_items"
    __table_args__ = (
        # The lanes of the inbox: each is read in its own order, and only as far as a page goes.
        _lane("ix_work_items_free", "desk", "sort_at", where=f"{_OPEN} AND assignee IS NULL"),
        _lane("ix_work_items_taken", "desk", "sort_at", where=f"{_OPEN} AND assignee IS NOT NULL"),
        _lane("ix_work_items_held", "desk", "sort_at", where=f"state = '{HELD}'"),
        _lane("ix_work_items_done", "desk", "completed_at", where=f"state = '{DONE}'"),
        _lane("ix_work_items_person", "person", "sort_at", where=_UNFINISHED),
        _lane("ix_work_items_person_done", "person", "completed_at", where=f"state = '{DONE}'"),
        _lane("ix_work_items_assignee", "assignee", "sort_at", where=_UNFINISHED),
        _lane("ix_work_items_assignee_done", "assignee", "completed_at", where=f"state = '{DONE}'"),
        _lane("ix_work_items_unit", "unit", "due_at", where=_UNFINISHED),
        Index("ix_work_items_case_id", "case_id", "state"),
        Index("ix_work_items_instance_id", "instance_id", "state"),
        # Which names there are. Not for finding one's tasks by name: the lanes are shorter.
        Index("ix_work_items_name", "name", sqlite_where=_STANDS, postgresql_where=_STANDS),
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
    desk: Mapped[str | None]  # the queue of a unit, its leaders or a role where it lies
    person: Mapped[str | None]  # who answers for it by a role in the case
    form_id: Mapped[str | None]
    item: Mapped[str | None]  # which one, of a multi-instance
    state: Mapped[str] = mapped_column(default=OPEN)  # open | held | done | cancelled
    assignee: Mapped[str | None]
    due_at: Mapped[datetime | None]
    sort_at: Mapped[datetime] = mapped_column(default=NEVER)  # due_at, or the end of time
    follow_up_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime]
    hold_until: Mapped[datetime | None]
    hold_reason: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    incident_id: Mapped[int | None] = mapped_column(BigInteger)  # the last try broke here
    revision: Mapped[int] = mapped_column(default=1)

    @validates("due_at")
    def _sorted_by_due(self, _name: str, due: datetime | None) -> datetime | None:
        self.sort_at = due or NEVER
        return due

    @property
    def claimed(self) -> bool:
        return self.assignee is not None


# Conditions on states stand in the very words of the indexes: by a parameter no database could
# tell that one will do. They are made once: most pages ask by many of them.


@cache
def unfinished() -> ColumnElement[bool]:
    """The SQL condition that a task is open or held."""
    return WorkItem.state.in_([literal_column(f"'{state}'") for state in UNFINISHED])


@cache
def in_state(state: str) -> ColumnElement[bool]:
    """The SQL condition that a task is in this state."""
    same = WorkItem.state == literal_column(f"'{state}'")
    return and_(same, unfinished()) if state in UNFINISHED else same


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
