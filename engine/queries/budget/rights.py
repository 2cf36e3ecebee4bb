"""What one may do with the shared budget, for pages that show only the buttons that open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.domain import budget
from engine.errors import Refused


@dataclass(frozen=True)
class Rights:
    """`notes`: bills on grants; `decides`: what the units pay, and which lines there are."""

    notes: bool
    decides: bool


def rights(session: Session, username: str) -> Rights:
    return Rights(
        notes=_may(budget.must_note, session, username),
        decides=_may(budget.must_decide, session, username),
    )


def is_there(session: Session, username: str) -> bool:
    """Whether the shared budget exists for the reader."""
    return _may(budget.must_read, session, username)


def _may(must: Callable[[Session, str], None], session: Session, username: str) -> bool:
    try:
        must(session, username)
    except Refused:
        return False
    return True
