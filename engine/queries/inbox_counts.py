"""How many tasks stand behind each tab and each choice of a filter: the length of the list it opens.

Counting is bounded: a tab is counted to some hundreds, its filters over two thousand tasks;
beyond that the number is "at least".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.domain.cases import Case
from engine.instances import NEVER, WorkItem
from engine.queries import inbox_asked
from engine.queries.inbox_asked import Asked, Viewer
from engine.queries.inbox_names import queue_name, queue_names, user_names

#: A tab is counted no further than this: nobody works a longer list from its top.
ENOUGH = 500
#: The filters of a tab are counted over no more rows than this.
WIDE = 2000


@dataclass(frozen=True)
class Count:
    """How many; `more` when there are at least so many."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)


@dataclass(frozen=True)
class Choice:
    """One value of a filter and the length of the list it opens."""

    value: str
    label: str
    count: Count


@dataclass(frozen=True)
class Choices:
    """The choices of each filter, the other filters as asked, and the tab's own length."""

    total: Count
    queue: list[Choice]
    due: list[Choice]
    kind: list[Choice]
    coordinator: list[Choice]


def tabs(session: Session, viewer: Viewer, asked: Asked) -> dict[str, Count]:
    """The length of each tab with the filters as asked."""
    parts = []
    for tab in inbox_asked.TABS:
        narrowed = replace(asked.from_the_top(), tab=tab)
        for _lane, part in inbox_asked.by_lane(viewer, narrowed, WorkItem.id):
            few = part.limit(ENOUGH + 1).subquery()
            parts.append(
                select(literal(tab).label("tab"), func.count().label("n")).select_from(few)
            )
    counted: Counter[str] = Counter()
    if parts:
        for tab, number in session.execute(union_all(*parts)):
            counted[tab] += number
    return {tab: _capped(counted[tab], ENOUGH) for tab in inbox_asked.TABS}


def total(session: Session, viewer: Viewer, asked: Asked) -> Count:
    """The length of one list, as `tabs` counts it."""
    numbers = [
        session.scalar(select(func.count()).select_from(part.limit(ENOUGH + 1).subquery()))
        for _lane, part in inbox_asked.by_lane(viewer, asked.from_the_top(), WorkItem.id)
    ]
    return _capped(sum(numbers), ENOUGH)


def names(session: Session, asked: Asked) -> dict[str, str | None]:
    """What the chosen queue, type and coordinator are called; None where none is chosen."""
    who = asked.coordinator
    return {
        "queue": asked.queue and queue_name(session, asked.queue),
        "kind": asked.kind,
        "coordinator": who and user_names(session, [who]).get(who, who),
    }


def choices(session: Session, viewer: Viewer, asked: Asked) -> Choices:
    """Every filter's choices, counted from one pass over the tab."""
    groups, more = _groups(session, viewer, asked)
    coordinator = None if viewer.only_partner else asked.coordinator
    chosen = {"queue": asked.queue, "due": asked.due, "kind": asked.kind}
    chosen |= {"coordinator": coordinator}
    chosen = {filter_: value for filter_, value in chosen.items() if value}

    def counted(filter_: str) -> Counter[str]:
        numbers: Counter[str] = Counter()
        others = {name: value for name, value in chosen.items() if name != filter_}
        for group in groups:
            if not others or group.passes(others):
                for value in group.values(filter_):
                    numbers[value] += group.number
        if filter_ in chosen:
            numbers.setdefault(chosen[filter_], 0)
        return numbers

    queues, people = counted("queue"), counted("coordinator")
    queue_said, names = queue_names(session, queues), user_names(session, people)
    all_of_them = sum(group.number for group in groups if group.passes(chosen))
    due = counted("due")
    return Choices(
        total=Count(all_of_them, more),
        queue=_sorted(queues, queue_said.__getitem__, more),
        due=[Choice(value, value, Count(due[value], more)) for value in inbox_asked.DUE],
        kind=_sorted(counted("kind"), str, more),
        coordinator=[]
        if viewer.only_partner
        else _sorted(people, lambda name: names.get(name, name), more),
    )


@dataclass(frozen=True)
class _Group:
    """Tasks that no filter can tell apart."""

    queue: str
    bucket: str
    kind: str
    coordinator: str
    number: int

    def values(self, filter_: str) -> tuple[str, ...]:
        """The choices of the filter that these tasks stand behind."""
        if filter_ == "due":
            # What is due today is due this week as well.
            return (self.bucket, inbox_asked.WEEK) if self.bucket == "i_dag" else (self.bucket,)
        return (getattr(self, filter_),)

    def passes(self, chosen: dict[str, str]) -> bool:
        return all(value in self.values(filter_) for filter_, value in chosen.items())


def _groups(session: Session, viewer: Viewer, asked: Asked) -> tuple[list[_Group], bool]:
    wide = Asked(tab=asked.tab, words=asked.words, named=asked.named)
    bucket = case(
        (WorkItem.sort_at == NEVER, inbox_asked.UNDATED),
        *((inbox_asked.due_in(due), due) for due in (inbox_asked.LATE, inbox_asked.TODAY)),
        (inbox_asked.due_in(inbox_asked.WEEK), inbox_asked.WEEK),
        else_="",
    ).label("bucket")
    found, seen = [], 0
    columns = (WorkItem.desk, WorkItem.queue, WorkItem.person, WorkItem.name, WorkItem.case_id)
    parts = []
    for lane, part in inbox_asked.by_lane(viewer, wide, *columns, bucket):
        few = part.limit(WIDE + 1).subquery()
        what = (few.c.desk, few.c.queue, few.c.person, few.c.name, few.c.bucket, Case.koordinator)
        parts.append(
            select(literal(lane.kind).label("lane"), *what, func.count().label("number"))
            .join(Case, Case.id == few.c.case_id)
            .group_by(*what)
        )
    for row in session.execute(union_all(*parts)) if parts else ():
        queue = inbox_asked.queue_of(viewer.mine, row.lane, row.desk, row.queue, row.person)
        coordinator = row.koordinator or inbox_asked.NOBODY
        found.append(_Group(queue, row.bucket, row.name, coordinator, row.number))
        seen += row.number
    return found, seen > WIDE


def _capped(number: int, cap: int) -> Count:
    return Count(min(number, cap), number > cap)


def _sorted(numbers: Counter[str], label: Callable[[str], str], more: bool) -> list[Choice]:
    """By their Danish labels; nobody comes last."""
    found = [Choice(value, label(value), Count(number, more)) for value, number in numbers.items()]
    return sorted(found, key=lambda c: (c.value == inbox_asked.NOBODY, c.label.casefold()))
