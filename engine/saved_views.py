"""The inboxes that somebody has put by under a name: the address' query, and nothing of what it shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.errors import Refused
from engine.store import Base, Store, new_id

#: One keeps no more than this; each is counted whenever the inbox is shown.
MOST = 12
LONGEST = 40


class ViewWithoutName(Refused):
    """Skriv et navn på visningen, højst 40 tegn, så du kan kende den igen."""


class ViewNameTaken(Refused):
    """Du har allerede en visning, der hedder {navn}. Vælg et andet navn, eller slet den gamle først."""


class TooManyViews(Refused):
    """Du har allerede 12 visninger. Slet en, du ikke bruger, og gem igen."""


class NoSuchView(Refused):
    """Visningen findes ikke længere. Genindlæs indbakken."""


class SavedView(Base):
    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("username", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"))
    name: Mapped[str] = mapped_column(String(LONGEST))
    query: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime]


def of(session: Session, username: str) -> list[SavedView]:
    """The user's own views by their names."""
    query = select(SavedView).where(SavedView.username == username)
    return sorted(session.scalars(query), key=lambda view: view.name.casefold())


def save(store: Store, username: str, name: str, query: str) -> None:
    """Put the query by. Raises ViewWithoutName, ViewNameTaken, TooManyViews."""

    def write(session: Session) -> None:
        called = _free_name(session, username, name)
        mine = select(func.count()).where(SavedView.username == username)
        if session.scalar(mine) >= MOST:
            raise TooManyViews
        session.add(
            SavedView(username=username, name=called, query=query[:1000], made_at=clock.now())
        )

    store.write(write)


def rename(store: Store, username: str, view_id: str, name: str) -> None:
    """Raises NoSuchView, ViewWithoutName, ViewNameTaken."""

    def write(session: Session) -> None:
        view = _own(session, username, view_id)
        if view.name != name.strip():
            view.name = _free_name(session, username, name)

    store.write(write)


def delete(store: Store, username: str, view_id: str) -> None:
    """Raises NoSuchView."""
    store.write(lambda session: session.delete(_own(session, username, view_id)))


def _own(session: Session, username: str, view_id: str) -> SavedView:
    view = session.get(SavedView, view_id)
    if view is None or view.username != username:
        raise NoSuchView
    return view


def _free_name(session: Session, username: str, name: str) -> str:
    called = name.strip()
    if not called or len(called) > LONGEST:
        raise ViewWithoutName
    same = select(SavedView.id).where(SavedView.username == username, SavedView.name == called)
    if session.scalar(same) is not None:
        raise ViewNameTaken(navn=called)
    return called
