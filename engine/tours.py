"""The first-hour tour: what somebody says they have tried, and that they do not want to be asked.

Most steps are ticked by what the person has really done (`queries/tour.py`); only what leaves no
trace is remembered here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.store import Base, Store

#: The mark of somebody who does not want the tour offered.
HIDDEN = "skjult"


class TourMark(Base):
    """A step that somebody says they have tried, or `HIDDEN`."""

    __tablename__ = "tour_marks"

    username: Mapped[str] = mapped_column(ForeignKey("users.username"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(40), primary_key=True)
    made_at: Mapped[datetime]


def marks(session: Session, username: str) -> set[str]:
    return set(session.scalars(select(TourMark.mark).where(TourMark.username == username)))


def remember(store: Store, username: str, mark: str) -> None:
    """Keep the mark; twice is once."""

    def write(session: Session) -> None:
        if session.get(TourMark, (username, mark)) is None:
            session.add(TourMark(username=username, mark=mark, made_at=clock.now()))

    store.write(write)


def forget(store: Store, username: str, mark: str) -> None:
    def write(session: Session) -> None:
        mine = TourMark.username == username
        session.execute(delete(TourMark).where(mine, TourMark.mark == mark))

    store.write(write)
