"""The queues that the reader works, in numbers that open the inbox: as long as the lists they name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.domain.organisation import LEADER_SUFFIX
from engine.queries import inbox_counts
from engine.queries.figures.scope import Scope
from engine.queries.inbox_asked import FREE, LATE, OTHERS, Asked, Viewer
from engine.queries.inbox_counts import Count
from engine.queries.inbox_names import queue_names

#: (tab, due) of each number of a queue: what nobody has taken, what colleagues have, late of each.
NUMBERS = ((FREE, None), (FREE, LATE), (OTHERS, None), (OTHERS, LATE))


@dataclass(frozen=True)
class Queue:
    """A queue, and the inbox' list behind each of `NUMBERS` with its length."""

    name: str
    lists: list[tuple[Asked, Count]]


def worked(session: Session, username: str, chosen: Scope) -> list[Queue]:
    """The unit's own queue and its leaders', as far as the reader works them."""
    if chosen.unit is None:
        return []
    viewer = Viewer.of(session, username)
    desks = [
        desk for desk in (chosen.unit, chosen.unit + LEADER_SUFFIX) if desk in viewer.mine.queues
    ]
    names = queue_names(session, desks)
    found = []
    for desk in desks:
        asked = [Asked(tab=tab, queue=desk, due=due) for tab, due in NUMBERS]
        lists = [(each, inbox_counts.total(session, viewer, each)) for each in asked]
        found.append(Queue(names[desk], lists))
    return found
