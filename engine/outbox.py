"""What leaves the house: letters, receipts, notices to sector systems.

A row is written in the transaction of the step that causes it, so nothing is sent that did not
happen. Sending is outside every transaction and carries the row's id as idempotency key, as it
may happen twice when the power goes between sending and writing that it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, jobs
from engine.store import Base, Json, Store

WAITING, SENT, FAILED = "waiting", "sent", "failed"
#: A demonstration looked at it and let it lie: nothing left the house, and nothing says it did.
NOT_SENT = "not_sent"
#: What a sender may say became of it; saying nothing means that it was sent.
Sender = Callable[["Outgoing"], str | None]
TRIES = 8

_WAITING = text("state = 'waiting'")
#: A changed rule has moved a day (`casework/rules.py`): the page of notices tells it.
DAY_MOVED = "frist_flyttet"
_DAY_MOVED = text(f"kind = '{DAY_MOVED}'")


class Outgoing(Base):
    """One thing to be sent once. `ref` names the row that holds its content."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(
            "ix_outbox_day_moved",
            "created_at",
            sqlite_where=_DAY_MOVED,
            postgresql_where=_DAY_MOVED,
        ),
        Index("ix_outbox_case_id", "case_id"),
        Index("ix_outbox_ref", "ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    case_id: Mapped[str | None]
    kind: Mapped[str]  # brev, kvittering, ...
    ref: Mapped[str | None]
    facts: Mapped[dict] = mapped_column(Json)
    state: Mapped[str] = mapped_column(default=WAITING)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """The idempotency key for whoever receives it."""
        return f"outbox-{self.id}"


def put(
    session: Session, kind: str, *, case_id: str | None = None, ref: str | None = None, **facts
) -> Outgoing:
    """Something to be sent when the caller's transaction has been committed."""
    now = clock.now()
    row = Outgoing(kind=kind, case_id=case_id, ref=ref, facts=facts, due_at=now, created_at=now)
    session.add(row)
    return row


def send_due(store: Store, senders: Mapping[str, Sender]) -> int:
    """Send everything due through the sender of its kind; how many were sent.

    A sender that returns NOT_SENT has taken the row and sent nothing. What fails is tried again with back-off and stands as `failed` at last; a kind without a
    sender waits.
    """
    sent = 0
    with store.reading() as session:
        query = select(Outgoing).where(
            Outgoing.state == WAITING,
            Outgoing.due_at <= clock.now(),
            Outgoing.kind.in_(list(senders)),
        )
        rows = list(session.scalars(query.order_by(Outgoing.due_at, Outgoing.id).limit(200)))
        session.expunge_all()
    for row in rows:
        try:
            state = senders[row.kind](row) or SENT
        except Exception as error:
            store.write(lambda session, row=row, error=error: _not_sent(session, row.id, error))
        else:
            store.write(lambda session, row=row, state=state: _done(session, row.id, state))
            sent += state == SENT
    return sent


def of(session: Session, kind: str, ref: str) -> Outgoing | None:
    """The row that sends, or has sent, this thing."""
    query = select(Outgoing).where(Outgoing.kind == kind, Outgoing.ref == ref)
    return session.scalars(query.order_by(Outgoing.id.desc()).limit(1)).first()


def again(row: Outgoing) -> None:
    """Somebody has seen to it that it can be sent: it is due now, with all its tries."""
    row.state, row.due_at, row.attempts = WAITING, clock.now(), 0


def _done(session: Session, row_id: int, state: str) -> None:
    row = session.get_one(Outgoing, row_id, with_for_update=True)
    row.state, row.error = state, None
    row.sent_at = clock.now() if state == SENT else None
    row.attempts += 1


def _not_sent(session: Session, row_id: int, error: Exception) -> None:
    row = session.get_one(Outgoing, row_id, with_for_update=True)
    row.attempts += 1
    row.error = type(error).__name__
    row.due_at = clock.now() + jobs.backoff(row.attempts)
    if row.attempts >= TRIES:
        row.state = FAILED
