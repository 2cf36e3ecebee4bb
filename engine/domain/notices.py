"""Notices: what somebody ought to know of, but which is no task of theirs.

A notice is no row. It is asked for from what causes it (`queries/notices.py`) and is gone when the
cause is. What is kept is who has seen which, and who has had a mail about it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import deadlines, organisation
from engine.domain.calendar import WorkingDays
from engine.store import Base, Store

#: The municipality's own settings, and what holds where it has decided nothing.
PERCENTAGES, DEFAULT_PERCENTAGES = "paamindelser", (50, 80, 100)
HOUR, DEFAULT_HOUR = "beskeder.klokken", 8
DAYS, DEFAULT_DAYS = "beskeder.dage", 14


class Seen(Base):
    """Somebody has seen a notice. The key names its cause, and how far that had come."""

    __tablename__ = "notices_seen"

    username: Mapped[str] = mapped_column(ForeignKey("users.username"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime]


class Mailed(Base):
    """Somebody has had the mail of an occasion: a day, or something told at once."""

    __tablename__ = "notice_mails"

    username: Mapped[str] = mapped_column(ForeignKey("users.username"), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(120), primary_key=True)
    at: Mapped[datetime]


def seen(session: Session, username: str) -> set[str]:
    """The keys of the notices that the user has seen."""
    return set(session.scalars(select(Seen.key).where(Seen.username == username)))


def mark_seen(
    session: Session, username: str, keys: Collection[str], current: Collection[str]
) -> None:
    """The user has seen these; marks of what is no longer `current` are of no more use."""
    before = seen(session, username)
    gone = before - set(current)
    if gone:
        session.execute(delete(Seen).where(Seen.username == username, Seen.key.in_(gone)))
    now = clock.now()
    session.add_all(
        Seen(username=username, key=key, seen_at=now)
        for key in sorted(set(keys) & set(current) - before)
    )


def passed(
    start: datetime, due_at: datetime, percentages: Sequence[int], days: WorkingDays
) -> tuple[int, datetime] | None:
    """The last of these percentages of the time that has gone, and when it was told; or None."""
    for percent in sorted(percentages, reverse=True):
        at = moment(start, due_at, percent, days)
        if at >= due_at and _whole_day(due_at):
            # Nobody is told on a closed day that yesterday was the last.
            at = deadlines.midnight(days.on_or_after(clock.local(at).date()))
        if at <= clock.now():
            return percent, at
    return None


def moment(start: datetime, due_at: datetime, percent: int, days: WorkingDays) -> datetime:
    """When that share of the time has gone; for a duty in days, the working day's start."""
    whole = due_at - start
    at = start + timedelta(seconds=round(whole.total_seconds() * percent / 100))
    if not _whole_day(due_at) or at >= due_at:
        return at
    return deadlines.midnight(days.on_or_before(clock.local(at).date()))


def last_digest(session: Session) -> datetime:
    """When leaders were last told what is overdue: at the set hour of a working day."""
    days, today = WorkingDays.of(session), clock.today()
    at = digest_on(session, today)
    if days.is_open(today) and at <= clock.now():
        return at
    return digest_on(session, days.on_or_before(today - timedelta(days=1)))


def digest_on(session: Session, day) -> datetime:
    """The set hour of the day."""
    hour = int(organisation.setting(session, HOUR, DEFAULT_HOUR))
    return datetime.combine(day, time(hour), clock.COPENHAGEN)


def percentages(session: Session) -> list[int]:
    """At which shares of a deadline's time somebody is told."""
    return list(organisation.setting(session, PERCENTAGES, DEFAULT_PERCENTAGES))


def lasts(session: Session) -> timedelta:
    """How long something that has happened and is over stays a notice to those who do not look."""
    return timedelta(days=int(organisation.setting(session, DAYS, DEFAULT_DAYS)))


def mail_once(session: Session, username: str, occasion: str) -> bool:
    """Take note that the user gets the mail of the occasion; False where they have had it."""
    # The user's row is locked first: of two pumps the second finds the mark.
    query = select(organisation.User).where(organisation.User.username == username)
    session.scalars(query.with_for_update()).one()
    if session.get(Mailed, (username, occasion)) is not None:
        return False
    session.add(Mailed(username=username, occasion=occasion, at=clock.now()))
    return True


def see(store: Store, username: str, keys: Collection[str], current: Collection[str]) -> None:
    """As `mark_seen`, in a transaction of its own."""
    store.write(lambda session: mark_seen(session, username, keys, current))


def _whole_day(due_at: datetime) -> bool:
    return due_at == deadlines.midnight(clock.local(due_at).date())
