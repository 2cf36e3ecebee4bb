"""The page of one's own absence: what is registered, and who can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import absences
from engine.domain.organisation import User
from engine.queries.inbox_names import user_names


@dataclass(frozen=True)
class Away:
    """One absence that is not over. `may_end`: the reader may end it."""

    id: str
    who: str
    deputy: str
    first: date
    last: date
    now: bool
    may_end: bool
    for_me: bool


@dataclass(frozen=True)
class Absences:
    """`people`: whose absence the reader may register, themselves first. `deputies`: for the one chosen."""

    away: list[Away]
    people: list[User]
    deputies: list[User]


def absences_of(session: Session, me: User, chosen: str | None = None) -> Absences:
    """What the reader may know: their own absences, those they stand in for, and those they lead."""
    led = absences.led_by(session, me.username)
    rows = absences.running(session, [me.username, *(user.username for user in led)])
    names = user_names(session, {name for row in rows for name in (row.username, row.deputy)})
    mine = {me.username, *(user.username for user in led)}
    today = clock.today()
    return Absences(
        away=[
            Away(
                id=row.id,
                who=names[row.username],
                deputy=names[row.deputy],
                first=row.first_day,
                last=row.last_day,
                now=row.first_day <= today,
                may_end=row.username in mine,
                for_me=row.deputy == me.username,
            )
            for row in rows
            if row.username in mine or row.deputy == me.username
        ],
        people=[me, *led],
        deputies=absences.deputies(session, chosen if chosen in mine else me.username, me.username),
    )
