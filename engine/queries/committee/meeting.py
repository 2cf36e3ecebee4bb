"""One meeting: when and where, who sits at it, and what is on its agenda."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.domain import committee, minutes
from engine.domain.committee import CommitteeMeeting
from engine.queries.committee import items
from engine.queries.committee.items import Line
from engine.queries.inbox_names import user_names


@dataclass(frozen=True)
class Seat:
    """One member or deputy, and whether they are in the room."""

    username: str
    name: str
    deputy: bool
    present: bool
    stands_in_for: str  # a user name, empty for members
    stands_in_name: str


@dataclass(frozen=True)
class Meeting:
    """`noted`: somebody has noted who came. `needed`: how many must take part in an item."""

    id: str
    held_at: datetime
    papers_close: datetime
    place: str
    cancelled: bool
    because: str
    moved_from: datetime | None
    begun: bool
    noted: bool
    may_change: bool
    leads: bool
    seats: list[Seat]
    present: int
    needed: int
    items: list[Line]
    has_minutes: bool


def meeting(session: Session, username: str, meeting_id: str) -> Meeting:
    """Raises IntetUdvalgsmoede."""
    held = committee.find(session, username, meeting_id)
    leads = committee.leads(session, username)
    found = seats(session, held)
    return Meeting(
        id=held.id,
        held_at=held.held_at,
        papers_close=held.papers_close,
        place=held.place or "",
        cancelled=held.cancelled,
        because=held.changed_because or "",
        moved_from=held.moved_from,
        begun=held.begun,
        noted=held.present is not None,
        may_change=leads and not (held.cancelled or held.begun),
        leads=leads,
        seats=found,
        present=sum(seat.present for seat in found),
        needed=committee.quorum(session, held),
        items=items.lines(session, username, held),
        has_minutes=minutes.of(session, held) is not None,
    )


def seats(session: Session, held: CommitteeMeeting) -> list[Seat]:
    names = user_names(session, held.seats)
    stand_ins = held.stand_ins or {}
    return [
        Seat(
            username=seat,
            name=names.get(seat, seat),
            deputy=seat in held.deputies,
            present=seat in (held.present or []),
            stands_in_for=stand_ins.get(seat, ""),
            stands_in_name=names.get(stand_ins.get(seat, ""), ""),
        )
        for seat in held.seats
    ]
