"""Secret addresses at which a calendar program fetches what somebody has to do and when.

A program that fetches cannot sign in, so the address itself is the key: random, shown once, kept as
a digest only, and given up by its owner with one click. It opens no page and no case.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.organisation import User
from engine.errors import Refused
from engine.store import Base, Store, new_id

#: What a calendar holds: one's own, or one's unit's as well.
MINE, UNIT = "mine", "enhed"
MOST = 5


class NoSuchFeed(Refused):
    """Kalenderadressen findes ikke længere. Genindlæs siden."""


class TooManyFeeds(Refused):
    """Du har allerede 5 kalenderadresser. Luk en, du ikke bruger, og lav en ny."""


class Feed(Base):
    __tablename__ = "calendar_feeds"
    __table_args__ = (Index("ix_calendar_feeds_username", "username"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"))
    holds: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def of(session: Session, username: str) -> list[Feed]:
    """The user's own addresses that are open, the oldest first."""
    query = select(Feed).where(Feed.username == username, Feed.revoked_at.is_(None))
    return list(session.scalars(query.order_by(Feed.made_at, Feed.id)))


def make(store: Store, username: str, holds: str = MINE) -> str:
    """The secret of a new address; it cannot be shown again. Raises TooManyFeeds."""
    token = secrets.token_urlsafe(32)

    def write(session: Session) -> None:
        if len(of(session, username)) >= MOST:
            raise TooManyFeeds
        session.add(
            Feed(
                username=username,
                holds=UNIT if holds == UNIT else MINE,
                token_hash=_hashed(token),
                made_at=clock.now(),
            )
        )

    store.write(write)
    return token


def revoke(store: Store, username: str, feed_id: str) -> None:
    """The address opens nothing from now on. Raises NoSuchFeed."""

    def write(session: Session) -> None:
        feed = session.get(Feed, feed_id)
        if feed is None or feed.username != username or feed.revoked_at is not None:
            raise NoSuchFeed
        feed.revoked_at = clock.now()

    store.write(write)


def opened_by(session: Session, token: str) -> Feed | None:
    """The address that the secret opens, while its owner works here and has not closed it."""
    return session.scalar(
        select(Feed)
        .join(User, User.username == Feed.username)
        .where(
            Feed.token_hash == _hashed(token),
            Feed.revoked_at.is_(None),
            User.active.is_(True),
        )
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
