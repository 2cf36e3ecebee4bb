"""Notices: what somebody ought to know of, but which is no task of theirs.

A notice is no row. It is asked for from what causes it (`queries/notices.py`) and is gone when the
cause is. What is kept is who has seen which, and who has had a mail about it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

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
MIDNIGHT = time()


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


@dataclass(frozen=True)
class Terms:
    """What the municipality has decided about notices, read once for all that a page asks."""

    #: At which shares of a deadline's time somebody is told.
    percentages: tuple[int, ...]
    #: At which hour of a working day leaders, and those who have mail, are told.
    hour: int
    #: How long something that has happened and is over stays a notice to those who do not look.
    lasts: timedelta

    @classmethod
    def of(cls, session: Session) -> Terms:
        name, value = organisation.Setting.name, organisation.Setting.value
        query = select(name, value).where(name.in_((PERCENTAGES, HOUR, DAYS)))
        decided = dict(session.execute(query).all())
        return cls(
            tuple(decided.get(PERCENTAGES, DEFAULT_PERCENTAGES)),
            int(decided.get(HOUR, DEFAULT_HOUR)),
            timedelta(days=int(decided.get(DAYS, DEFAULT_DAYS))),
        )

    def hour_of(self, day: date) -> datetime:
        """The set hour of the day."""
        return datetime.combine(day, time(self.hour), clock.COPENHAGEN)

    def last_digest(self, days: WorkingDays) -> datetime:
        """When leaders were last told what is overdue: at the set hour of a working day."""
        today = clock.today()
        at = self.hour_of(today)
        if days.is_open(today) and at <= clock.now():
            return at
        return self.hour_of(days.on_or_before(today - timedelta(days=1)))


class Shares:
    """How much of a deadline's time has gone by now: made once, asked of many deadlines."""

    def __init__(self, percentages: Sequence[int], days: WorkingDays):
        today, next_day = clock.today(), timedelta(days=1)
        self._days, self._now = days, clock.now()
        self._percentages = sorted(percentages, reverse=True)
        # A share of a duty in days is told on the working day before it, that it is over on the
        # one after: what ends before these has been told.
        self._next_open = deadlines.midnight(days.on_or_after(today + next_day))
        self._after_open = deadlines.midnight(days.on_or_before(today) + next_day)

    def passed(self, start: datetime, due_at: datetime) -> tuple[int, datetime] | None:
        """The last share that has gone, in per cent, and when it was told; None before the first."""
        in_days = _whole_day(due_at)
        for percent in self._percentages:
            at = _share(start, due_at, percent)
            if not in_days:
                if at <= self._now:
                    return percent, at
            elif at < (self._next_open if at < due_at else self._after_open):
                return percent, self._told(at, due_at)
        return None

    def _told(self, at: datetime, due_at: datetime) -> datetime:
        day = clock.local(at).date()
        if at < due_at:
            return deadlines.midnight(self._days.on_or_before(day))
        # Nobody is told on a closed day that yesterday was the last.
        return deadlines.midnight(self._days.on_or_after(day))


def moment(start: datetime, due_at: datetime, percent: int, days: WorkingDays) -> datetime:
    """When that share of the time has gone; for a duty in days, the working day's start."""
    at = _share(start, due_at, percent)
    if not _whole_day(due_at) or at >= due_at:
        return at
    return deadlines.midnight(days.on_or_before(clock.local(at).date()))


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


def _share(start: datetime, due_at: datetime, percent: int) -> datetime:
    return start + timedelta(seconds=round((due_at - start).total_seconds() * percent / 100))


def _whole_day(due_at: datetime) -> bool:
    return clock.local(due_at).time() == MIDNIGHT
