"""What an inbox is asked for, and the lanes and conditions that answer it.

Everything that shows or counts tasks builds on `by_lane`, so that a count is the list it names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, deadlines
from engine.domain.access import Lane, Reach
from engine.domain.cases import Case
from engine.domain.people import Party, Person
from engine.instances import DONE, HELD, NEVER, OPEN, WorkItem
from engine.queries.search import escaped
from engine.store import Moment

#: Mine: given to me, or mine by a role in the case. Kolleger: taken by others where I work.
MINE, FREE, OTHERS, RESTING, DONE_TODAY = "mine", "ikke_fordelt", "kolleger", "bero", "loest"
TABS = (FREE, MINE, OTHERS, RESTING, DONE_TODAY)
LATE, TODAY, WEEK, UNDATED = "overskredet", "i_dag", "uge", "uden"
DUE = (LATE, TODAY, WEEK, UNDATED)
#: Queues that are no desk: roles of the case, and what somebody gave the user by name.
COORDINATOR, DEPUTY, CO_COORDINATOR = "koordinator", "stedfortraeder", "medkoordinator"
BY_NAME = "navn"
NOBODY = "ingen"
#: So many cases may bear a name and still be named one by one.
FEW = 1000


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
    #: The cases that the words name, looked up by `sought`; more than FEW stand for many.
    cases: tuple[str, ...] | None = None

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

    @property
    def only_partner(self) -> bool:
        """An outsider: what the case is about shows only where a consent lets it."""
        mine = self.mine
        return bool(mine.units) and mine.units == mine.partner_units and not mine.led_units


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


# The states stand as literals, and in the very words of the indexes, or no database could tell
# that a partial index will do.
_STATES = {state: literal_column(f"'{state}'") for state in (OPEN, HELD, DONE)}
_UNFINISHED = WorkItem.state.in_([_STATES[OPEN], _STATES[HELD]])


def _is(state: str) -> list[ColumnElement[bool]]:
    same = [WorkItem.state == _STATES[state]]
    return same if state == DONE else [*same, _UNFINISHED]


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
    free = WorkItem.assignee.is_(None)
    match tab:
        case "mine":
            return _is(OPEN) if lane.kind == "assignee" else [*_is(OPEN), free]
        case "ikke_fordelt":
            return [*_is(OPEN), free]
        case "kolleger":
            return [*_is(OPEN), WorkItem.assignee.is_not(None)]
        case "bero":
            return _is(HELD)
    return [*_is(DONE), WorkItem.completed_at >= deadlines.midnight(clock.today())]


def _narrowed(viewer: Viewer, asked: Asked) -> list[ColumnElement[bool]]:
    found = []
    if asked.queue and asked.queue != CO_COORDINATOR:
        found.append(_in_queue(viewer.mine, asked.queue))
    if asked.due:
        found.append(due_in(asked.due))
    if asked.kind:
        found.append(WorkItem.name == asked.kind)
    if asked.coordinator and not viewer.only_partner:
        who = None if asked.coordinator == NOBODY else asked.coordinator
        theirs = select(Case.id).where(Case.koordinator == who)  # None becomes IS NULL
        found.append(WorkItem.case_id.in_(theirs))
        found.append(_case_is_seen(viewer, asked))
    if asked.words:
        found.append(_holding(viewer, asked))
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
    """The asked with its words looked up, once for all the lists and counts of a page.

    Few cases of that name are named by their ids. When there are many, each task of the list is
    asked for its citizens, and enough of them are found soon.
    """
    if not asked.words or asked.cases is not None:
        return asked
    numbered = select(Case.id).where(holds(session, Case.nummer, asked.words))
    called = select(Party.case_id).join(Person, Person.id == Party.person_id)
    called = called.where(Party.role == "borger", holds(session, Person.name, asked.words))
    few = tuple(session.scalars(numbered.union(called).limit(FEW + 1)))
    return replace(asked, cases=few)


def holds(session: Session, column: ColumnElement, words: str) -> ColumnElement[bool]:
    """The column holds the words, whatever the case of their letters."""
    like = f"%{escaped(words)}%"
    if session.get_bind().dialect.name == "postgresql":
        return column.ilike(like, escape="\\")
    # SQLite's own LIKE folds a to z and no others; what it lets through is asked once more.
    folded = "".join(letter if letter.isascii() else "_" for letter in like)
    alike = column.like(folded, escape="\\")
    if words.isascii():
        return alike
    return and_(alike, func.lower(column).like(like.lower(), escape="\\"))


def _holding(viewer: Viewer, asked: Asked) -> ColumnElement[bool]:
    """The task's name, the case's number or a citizen's name holds the words."""
    session, asked = viewer.session, sought(viewer.session, asked)
    if len(asked.cases) <= FEW:
        known = WorkItem.case_id.in_(asked.cases)
    else:
        numbered = select(Case.id).where(Case.id == WorkItem.case_id)
        called = (
            select(Party.id)
            .join(Person, Person.id == Party.person_id)
            .where(Party.case_id == WorkItem.case_id, Party.role == "borger")
        )
        known = or_(
            called.where(holds(session, Person.name, asked.words)).exists(),
            numbered.where(holds(session, Case.nummer, asked.words)).exists(),
        )
    known = and_(known, _case_is_seen(viewer, asked))
    return or_(holds(session, WorkItem.name, asked.words), known)


def _case_is_seen(viewer: Viewer, asked: Asked) -> ColumnElement[bool]:
    """The task's case exists for the user: whose it is may be searched and filtered by."""
    partners = viewer.mine.partner_units
    if asked.tab == DONE_TODAY or partners:
        # A task that is done opens its case no longer, and an outsider's only by a consent.
        among = list(asked.cases) if asked.cases is not None and len(asked.cases) <= FEW else None
        seen = access.visible_cases(viewer.session, viewer.username, among)
        return WorkItem.case_id.in_(seen)
    return true()
