"""What an inbox is asked for, and the lanes and conditions that answer it.

Everything that shows or counts tasks builds on `by_lane`, so that a count is the list it names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    false,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, deadlines
from engine.domain.access import Lane, Reach
from engine.domain.cases import Case
from engine.instances import DONE, HELD, NEVER, OPEN, WorkItem, in_state
from engine.queries import inbox_words
from engine.queries.inbox_words import Cases, Named
from engine.store import Moment, once

#: Mine: given to me, or mine by a role in the case. Kolleger: taken by others where I work.
MINE, FREE, OTHERS, RESTING, DONE_TODAY = "mine", "ikke_fordelt", "kolleger", "bero", "loest"
TABS = (FREE, MINE, OTHERS, RESTING, DONE_TODAY)
LATE, TODAY, WEEK, UNDATED = "overskredet", "i_dag", "uge", "uden"
DUE = (LATE, TODAY, WEEK, UNDATED)
#: Queues that are no desk: roles of the case, and what somebody gave the user by name.
COORDINATOR, DEPUTY, CO_COORDINATOR = "koordinator", "stedfortraeder", "medkoordinator"
BY_NAME = "navn"
NOBODY = "ingen"


@dataclass(frozen=True)
class Cursor:
    """The row that a page begins behind, or ends before."""

    at: datetime
    id: str


@dataclass(frozen=True)
class Asked:
    """A tab, what it is narrowed to, and where in it one stands. None is everything."""

    tab: str | None = None
    queue: str | None = None
    due: str | None = None
    kind: str | None = None
    coordinator: str | None = None
    words: str = ""
    after: Cursor | None = None
    before: Cursor | None = None
    #: What the words name, and the coordinator's cases: looked up by `sought`.
    named: Named | None = None
    coordinated: Cases | None = None

    def from_the_top(self) -> Asked:
        return replace(self, after=None, before=None)


@dataclass(frozen=True)
class Viewer:
    """Whose inbox it is: the reach and the lanes, looked up once for a page."""

    session: Session
    username: str
    mine: Reach
    lanes: list[Lane]

    @classmethod
    def of(cls, session: Session, username: str) -> Viewer:
        mine = access.reach(session, username)
        return cls(session, username, mine, access.lanes(session, mine))

    def seen(self, among: tuple[str, ...] | None) -> Select:
        """Select the cases, `among` these alone, that exist for the user; found once a query."""

        def cases() -> CTE:
            return access.visible_cases(self.session, self.username, among).cte()

        return select(once(self.session, ("seen", self.username, among), cases).c.id)

    @cached_property
    def done_today(self) -> tuple[str, ...] | None:
        """The cases of what was done today where the user works; None where they are many."""
        parts = (part for _, part in by_lane(self, Asked(tab=DONE_TODAY), WorkItem.case_id))
        return inbox_words.few(self.session, union(*parts))

    @property
    def only_partner(self) -> bool:
        """An outsider: what the case is about shows only where a consent lets it."""
        mine = self.mine
        return bool(mine.units) and mine.units == mine.blind_units and not mine.led_units


def sorted_by(tab: str) -> ColumnElement:
    """What a tab is sorted by; what is done comes with the latest first."""
    return WorkItem.completed_at if tab == DONE_TODAY else WorkItem.sort_at


def by_lane(
    viewer: Viewer, asked: Asked, *columns: ColumnElement, apart: bool = False
) -> list[tuple[Lane, Select]]:
    """One select per lane of the tab, narrowed to what was asked; no task is in two of them.

    What only counts needs no order. A list does, and takes the desks of a lane `apart`.
    """
    conditions = _narrowed(viewer, asked)
    if asked.tab == DONE_TODAY:
        conditions.append(access.unlocked())
    return [
        (lane, select(*columns).where(part, *_of_tab(lane, asked.tab), *conditions))
        for lane in viewer.lanes
        if _belongs(lane, asked)
        for part in (lane.apart if apart else (lane.condition,))
    ]


def beyond(tab: str, cursor: Cursor, backwards: bool) -> ColumnElement[bool]:
    """The rows behind the cursor in the tab's order, or before it."""
    row = tuple_(sorted_by(tab), WorkItem.id)
    mark = tuple_(literal(cursor.at, Moment()), literal(cursor.id))
    return row < mark if backwards != (tab == DONE_TODAY) else row > mark


def _belongs(lane: Lane, asked: Asked) -> bool:
    if asked.queue == CO_COORDINATOR and lane.kind != "shared":
        return False
    match asked.tab:
        case "mine":
            return lane.kind in ("assignee", "person")
        case "ikke_fordelt":
            return lane.kind in ("desk", "shared")
        case "kolleger":
            return lane.kind != "assignee"
    return True


def _of_tab(lane: Lane, tab: str) -> list[ColumnElement[bool]]:
    match tab:
        case "mine":
            return [in_state(OPEN)] if lane.kind == "assignee" else [in_state(OPEN), _FREE]
        case "ikke_fordelt":
            return [in_state(OPEN), _FREE]
        case "kolleger":
            return [in_state(OPEN), _TAKEN]
        case "bero":
            return [in_state(HELD)]
    return [in_state(DONE), WorkItem.completed_at >= deadlines.midnight(clock.today())]


_FREE, _TAKEN = WorkItem.assignee.is_(None), WorkItem.assignee.is_not(None)


def _narrowed(viewer: Viewer, asked: Asked) -> list[ColumnElement[bool]]:
    found = []
    if asked.queue and asked.queue != CO_COORDINATOR:
        found.append(_in_queue(viewer.mine, asked.queue))
    if asked.due:
        found.append(due_in(asked.due))
    if asked.kind:
        found.append(WorkItem.name == asked.kind)
    asked = sought(viewer.session, asked)
    if asked.coordinator and not viewer.only_partner:
        each = _coordinated_by(asked.coordinator).where(Case.id == WorkItem.case_id)
        found.append(asked.coordinated.have(each))
        found.append(_case_is_seen(viewer, asked.tab, asked.coordinated))
    if asked.words:
        seen = _case_is_seen(viewer, asked.tab, asked.named.cases)
        found.append(inbox_words.naming(viewer.session, asked.named, seen))
    return found


def _in_queue(mine: Reach, queue: str) -> ColumnElement[bool]:
    """The same as `queue_of`, as a condition: a test holds the two together."""
    item = WorkItem
    my_role = item.person.in_(mine.usernames)
    elsewhere = or_(item.person.is_(None), item.person.not_in(mine.usernames))
    if queue in (COORDINATOR, DEPUTY):
        return and_(my_role, item.queue == queue)
    if queue == BY_NAME:
        nowhere = or_(item.desk.is_(None), item.desk.not_in(mine.queues))
        return and_(elsewhere, nowhere, item.assignee.in_(mine.usernames))
    return and_(elsewhere, item.desk == queue) if queue in mine.queues else literal(False)


def queue_of(mine: Reach, lane: str, desk: str | None, queue: str, person: str | None) -> str:
    """Which of the user's queues a task of that lane stands in."""
    if person in mine.usernames:
        return queue
    if desk in mine.queues:
        return desk
    return CO_COORDINATOR if lane == "shared" else BY_NAME


def due_in(due: str) -> ColumnElement[bool]:
    """The tasks of a due filter. A whole day is its first moment, and good until it is over."""
    at, now = WorkItem.sort_at, clock.now()
    today, tomorrow, monday = moments()
    match due:
        case "overskredet":
            return and_(at <= now, at != today)
        case "i_dag":
            return and_(at >= today, at < tomorrow, or_(at == today, at > now))
        case "uge":
            return and_(at >= today, at < monday, or_(at == today, at > now))
    return at == NEVER


def moments() -> tuple[datetime, datetime, datetime]:
    """When today, tomorrow and next week begin."""
    today = clock.today()
    days = (today, today + timedelta(days=1), today + timedelta(days=7 - today.weekday()))
    return tuple(deadlines.midnight(day) for day in days)


def sought(session: Session, asked: Asked) -> Asked:
    """The asked with its words and its coordinator looked up, once for all of a page."""
    named, theirs = asked.named, asked.coordinated
    if asked.words and (named is None or named.cases.word != asked.words):
        asked = replace(asked, named=inbox_words.look_up(session, asked.words))
    if asked.coordinator and (theirs is None or theirs.word != asked.coordinator):
        few = inbox_words.few(session, _coordinated_by(asked.coordinator))
        asked = replace(asked, coordinated=Cases(asked.coordinator, few))
    return asked


def _coordinated_by(coordinator: str) -> Select:
    who = None if coordinator == NOBODY else coordinator
    return select(Case.id).where(Case.koordinator == who)  # None becomes IS NULL


def _case_is_seen(viewer: Viewer, tab: str, cases: Cases) -> ColumnElement[bool]:
    """The task's case exists for the user: whose it is may be searched and filtered by."""
    among = cases.ids
    # A task that is done opens its case no longer, and an outsider's only by a consent.
    if tab == DONE_TODAY:
        among = viewer.done_today if among is None else among
    elif not viewer.mine.blind_units:
        return true()
    return false() if among == () else WorkItem.case_id.in_(viewer.seen(among))
