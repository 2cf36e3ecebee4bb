"""Who is signed in: one row per sign-in, ended by signing out, by time, or by leaving one's job.

The browser holds a random token; the row holds only its hash, so that a copied database opens
nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.organisation import User
from engine.store import Base

#: A working day: afterwards one signs in anew, whatever one was doing.
LASTS = timedelta(hours=12)


class SignIn(Base):
    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def start(session: Session, username: str) -> str:
    """The token of a new sign-in."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        SignIn(token_hash=_hashed(token), username=username, started_at=now, expires_at=now + LASTS)
    )
    return token


def end(session: Session, token: str) -> None:
    row = session.get(SignIn, _hashed(token))
    if row is not None and row.ended_at is None:
        row.ended_at = clock.now()


def user_of(session: Session, token: str) -> User | None:
    """The active user who holds the token, while the sign-in lasts."""
    return session.scalar(
        select(User)
        .join(SignIn, SignIn.username == User.username)
        .where(
            SignIn.token_hash == _hashed(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.now(),
            User.active.is_(True),
        )
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
