"""What somebody has typed into a task and not sent yet. Personal: never in a log, never an event.

Every open page of a task (a tab) has a row of its own, so nobody's text overwrites another's. A page
says which rows it was built upon; saving it takes those away. What is left beside it was typed
without knowing of it: a conflict that a person solves. All of it goes when the task is done. It is
sealed with the site's secret key: a CPR number is typed here before it is anybody's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from cryptography.fernet import Fernet
from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.settings import settings
from engine.store import Base


class Draft(Base):
    """The answers of one tab, the latest that it has told."""

    __tablename__ = "drafts"

    task_id: Mapped[str] = mapped_column(ForeignKey("work_items.id"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(40), primary_key=True)
    username: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int]
    saved_at: Mapped[datetime]

    @property
    def answers(self) -> dict[str, Any]:
        return orjson.loads(_box(settings().secret_key).decrypt(self.sealed))

    @answers.setter
    def answers(self, answers: dict[str, Any]) -> None:
        self.sealed = _box(settings().secret_key).encrypt(orjson.dumps(answers))

    @property
    def mark(self) -> str:
        """Names this very version: whoever has read it may replace it, a later one not."""
        return f"{self.tab}:{self.revision}"


@dataclass(frozen=True)
class Saved:
    """What a save found: its own mark, when, and what others have typed without knowing of it."""

    mark: str
    saved_at: datetime
    others: tuple[Draft, ...] = ()


def of(session: Session, task_id: str) -> list[Draft]:
    """The drafts of a task, the latest saved first."""
    query = select(Draft).where(Draft.task_id == task_id)
    return list(session.scalars(query.order_by(Draft.saved_at.desc(), Draft.tab)))


def put(
    session: Session,
    task_id: str,
    tab: str,
    answers: dict[str, Any],
    by: str,
    upon: Collection[str] = (),
) -> Saved:
    """Save a tab's answers in place of the versions it was built upon (their marks).

    Whoever calls has locked the task.
    """
    found = {draft.tab: draft for draft in of(session, task_id)}
    own = found.pop(tab, None)
    if own is None:
        own = Draft(task_id=task_id, tab=tab, revision=0)
        session.add(own)
    own.username, own.answers, own.saved_at = by, answers, clock.now()
    own.revision += 1
    others = []
    for draft in found.values():
        if draft.mark in upon:
            session.delete(draft)
        else:
            others.append(draft)
    session.flush()
    return Saved(own.mark, own.saved_at, tuple(others))


def forget(session: Session, task_ids: Collection[str]) -> None:
    """The tasks are over: what was typed and not sent goes."""
    session.execute(
        delete(Draft)
        .where(Draft.task_id.in_(task_ids))
        .execution_options(synchronize_session=False)
    )


@cache
def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"drafts" + secret.encode()).digest()))
