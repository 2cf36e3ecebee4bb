"""The edition of what everybody goes by: tables in force, local values, closing days.

They change seldom and are asked in nearly every step. Each change gives the edition a new name, in
the transaction of the change; what was read under a name is kept for as long as the name stands. A
step learns the name with its first query, and for most steps nothing is left to read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.cache import Cache
from engine.store import Base, new_id

T = TypeVar("T")


class Edition(Base):
    """One row: what the edition in force is called. Names are random, in every database others."""

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]


#: The name in force, as a column of another query; what it gave goes to `says`.
NAME = select(Edition.name).scalar_subquery()


def says(session: Session, name: str | None) -> None:
    """What this session was told the edition is called; None before the first deployment."""
    session.info.setdefault(_NAME, name)


def kept(session: Session, what: str, read: Callable[[], T]) -> T:
    """What `read` gave under the edition in force. Nobody changes it; a session sees one."""
    seen = session.info.setdefault(_SEEN, {})
    if what not in seen:
        if _NAME not in session.info:
            says(session, session.scalar(select(Edition.name)))
        name = session.info[_NAME]
        seen[what] = _kept.get((name, what), read) if name else read()
    return seen[what]


def renew(session: Session) -> None:
    """Something of it has been changed in this session, and flushed."""
    name = new_id()
    if not session.execute(update(Edition.__table__).values(name=name)).rowcount:
        session.execute(insert(Edition.__table__).values(id=1, name=name))
    session.info |= {_NAME: name, _SEEN: {}}


_NAME, _SEEN = "edition", "read_under_the_edition"
_kept = Cache(60)
