"""Passwords of those who sign in without the municipality's own sign-in: argon2, never readable."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.domain.organisation import User

#: What everybody in the demo municipality signs in with; the sign-in page says so.
DEMO_PASSWORD = "fiktivby"

_hasher = PasswordHasher()


def matches(user: User | None, password: str) -> bool:
    """Whether the password is the user's; as slow for those who do not exist."""
    known = user is not None and user.active and user.password_hash is not None
    try:
        _hasher.verify(user.password_hash if known else _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return known


def hashed(password: str) -> str:
    return _hasher.hash(password)


def give_demo(session: Session) -> None:
    """Let everybody who has no password sign in with the demo's."""
    session.execute(
        update(User).where(User.password_hash.is_(None)).values(password_hash=hashed(DEMO_PASSWORD))
    )


@cache
def _nobodys() -> str:
    return hashed("nobody")
