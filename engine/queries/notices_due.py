"""Time that goes: deadlines at half, four fifths and all of it, and what is overdue in a unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, union_all

from engine import clock
from engine.domain import access, deadlines, notices, rules
from engine.domain.calendar import WorkingDays
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.organisation import LEADER_SUFFIX
from engine.domain.rulings import TO_COMPLAIN
from engine.instances import NEVER, OPEN, WorkItem, in_state, unfinished
from engine.queries.notices_kinds import DEADLINE, OVERDUE, QUEUE, Asker, Desk, Notice

#: The most of each that is looked at: of one's own tasks and duties, of what nobody has taken in
#: a queue or a unit, and of what is late in units. Whoever has more is not helped by the rest.
MOST, IN_A_QUEUE, IN_A_DIGEST = 100, 50, 300
#: How many case numbers a line of the digest names, and of how many it is asked which exist.
NAMED, LOOKED_AT = 5, 20

_TASK = (
    WorkItem.id,
    WorkItem.case_id,
    WorkItem.name,
    WorkItem.desk,
    WorkItem.person,
    WorkItem.assignee,
    WorkItem.due_at,
    WorkItem.created_at,
)
_DUTY = (
    Deadline.id,
    Deadline.case_id,
    Deadline.regel,
    Deadline.start,
    Deadline.due_at,
    Deadline.due,
    Deadline.planned,
    Case.nummer,
    Case.owner_unit,
)


def time_gone(asker: Asker) -> Iterator[Notice]:
    """Tasks and duties that lie with the user, and how much of their time has gone.

    A duty that a task meets is told with the task, to whoever has the task. Tasks that nobody has
    taken are told together, once for their queue.
    """
    session, mine = asker.session, asker.mine
    shares = notices.Shares(asker.terms.percentages, WorkingDays.of(session))
    free: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    looked_at: Counter[str] = Counter()
    for task in _tasks(asker):
        nobodys = task.assignee is None and task.person not in mine.usernames
        looked_at[task.desk] += nobodys
        gone = shares.passed(task.start, task.ends)
        if gone is None:
            continue
        if nobodys:
            free[task.desk, gone[0]].append(gone[1])
        else:
            facts = {"what": task.name, "due": task.due_at, "percent": gone[0]}
            yield _deadline(task.id, task.case_id, task.due_at, gone, facts, task.id)
    for (desk, percent), moments in free.items():
        newest = max(moments)
        facts = {"queue": Desk(desk), "count": len(moments), "percent": percent}
        facts["more"] = looked_at[desk] >= IN_A_QUEUE
        key = f"{QUEUE}:{desk}:{percent}:{_day(newest)}"
        yield Notice(key, QUEUE, newest, facts=facts)
    for duty in _duties(asker):
        gone = shares.passed(duty.start, duty.due_at)
        if gone is not None:
            name = rules.name_of(session, duty.regel)
            due = deadlines.midnight(duty.due) if _is_day(duty.due_at) else duty.due_at
            facts = {"what": name, "due": due, "percent": gone[0]}
            yield _deadline(duty.id, duty.case_id, duty.due_at, gone, facts)


def digest(asker: Asker) -> Iterator[Notice]:
    """To leaders, once a working day: how much was overdue in their units, and still is."""
    led = sorted(asker.mine.led_units)
    if not led:
        return
    at = asker.terms.last_digest(WorkingDays.of(asker.session))
    late = chain(_late_tasks(asker, led, at), _late_duties(asker, led, at))
    facts = {} if asker.counting else _by_unit(asker, led, list(late))
    if facts.get("lines") or next(late, None):
        yield Notice(f"{OVERDUE}:{_day(at)}", OVERDUE, at, facts=facts)


def _by_unit(asker: Asker, led: list[str], late: list[_Late]) -> dict:
    """How much is late in each unit, and the first numbers of the cases that exist for the leader."""
    lines = []
    for unit in led:
        here = sorted((one for one in late if one.unit == unit), key=lambda one: one.nummer)
        few = {one.case_id for one in here[:LOOKED_AT]}
        exists = access.seen_among(asker.session, asker.username, few) if few else set()
        numbers = sorted({one.nummer for one in here if one.case_id in exists})
        if here:
            line = {"unit": Desk(unit), "count": len(here), "numbers": numbers[:NAMED]}
            lines.append(line | {"more": len(numbers) > NAMED})
    return {"lines": lines, "count": len(late)}


CAUSES = (time_gone, digest)


class _Task(NamedTuple):
    """An open task; `start` and `ends` are those of the duty that it meets, if there is one."""

    id: str
    case_id: str
    name: str
    desk: str | None
    person: str | None
    assignee: str | None
    due_at: datetime
    start: datetime
    ends: datetime


@dataclass(frozen=True)
class _Late:
    case_id: str
    nummer: str
    unit: str


def _tasks(asker: Asker) -> Iterable[_Task]:
    """Open tasks with a due date that the user has, or may take; not the other led units' own.

    What a co-coordinator shares is told to the coordinator.
    """
    mine = asker.mine
    desks = mine.queues - (mine.led_units - mine.units)
    open_and_dated = (in_state(OPEN), WorkItem.sort_at < NEVER)
    parts = []
    for lane in access.lanes(asker.session, mine, shared=False):
        among = [] if lane.kind == "assignee" else [WorkItem.assignee.is_(None)]
        if lane.kind == "desk":
            among.append(WorkItem.desk.in_(desks))
        for part in lane.apart:
            query = select(WorkItem.id).where(part, *open_and_dated, *among)
            query = query.order_by(WorkItem.sort_at, WorkItem.id)
            most = IN_A_QUEUE if lane.kind == "desk" else MOST
            parts.append(select(query.limit(most).subquery()))
    first = union_all(*parts).subquery()
    beside = (Deadline.start, Deadline.due_at.label("ends"), Deadline.due, Deadline.planned)
    same_case = and_(Deadline.case_id == WorkItem.case_id, Deadline.state == deadlines.OPEN)
    query = select(*_TASK, *beside).join(first, first.c.id == WorkItem.id)
    query = query.outerjoin(Deadline, same_case)
    found: dict[str, _Task] = {}
    for *row, created_at, start, ends, due, planned in asker.session.execute(query):
        due_at = row[-1]
        # A task that is due on a duty's day meets it.
        if _day(due_at) in (due, planned):
            found[row[0]] = _Task(*row, start, ends)
        elif row[0] not in found:
            found[row[0]] = _Task(*row, created_at, _ends(due_at))
    return found.values()


def _duties(asker: Asker) -> list[Row]:
    """Duties that lie with the user and that no task meets."""
    mine, nobody = asker.mine, Case.koordinator.is_(None)
    # One select each: every way has an index of its own.
    ways = [
        Case.koordinator.in_(mine.usernames),
        and_(nobody, Case.stedfortraeder.in_(mine.usernames)),
    ]
    if asker.own_units:
        # A unit that leaves very many to nobody is told of those that have waited longest.
        waiting = select(Case.id).where(
            nobody,
            Case.stedfortraeder.is_(None),
            Case.owner_unit.in_(asker.own_units),
            Case.locked.is_(False),
        )
        ways.append(Case.id.in_(waiting.order_by(Case.opened_at, Case.id).limit(IN_A_QUEUE)))
    return _unmet(asker, ways)


def _open_duties(whose: ColumnElement[bool], most: int) -> Select:
    """The ids of the first of them; what the citizen has until then is no duty of anybody here."""
    query = (
        select(Deadline.id)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.state == deadlines.OPEN,
            Deadline.regel != TO_COMPLAIN,
            Case.locked.is_(False),
            whose,
        )
    )
    return select(query.order_by(Deadline.due_at).limit(most).subquery())


def _unmet(asker: Asker, ways: list[ColumnElement[bool]], most: int = MOST) -> list[Row]:
    """The first of these duties but those that an unfinished task of their case will meet."""
    first = union_all(*(_open_duties(way, most) for way in ways)).subquery()
    beside = and_(WorkItem.case_id == Deadline.case_id, unfinished(), WorkItem.due_at.is_not(None))
    query = (
        select(*_DUTY, WorkItem.due_at.label("task_due_at"))
        .join(first, first.c.id == Deadline.id)
        .join(Case, Case.id == Deadline.case_id)
        .outerjoin(WorkItem, beside)
    )
    found, met = {}, set()
    for row in asker.session.execute(query):
        found[row.id] = row
        if row.task_due_at and _day(row.task_due_at) in (row.due, row.planned):
            met.add(row.id)
    return [row for id_, row in found.items() if id_ not in met]


def _late_tasks(asker: Asker, led: list[str], at: datetime) -> Iterator[_Late]:
    """Of the units' queues, and of those who have a role in their cases. Not the leader's own."""
    desks = [unit + LEADER_SUFFIX for unit in led]
    columns = (WorkItem.case_id, WorkItem.due_at, WorkItem.unit, Case.nummer, Case.owner_unit)
    of_units = WorkItem.unit.in_(led)
    of_roles = and_(WorkItem.unit.is_(None), Case.owner_unit.in_(led))
    parts = []
    for whose in (of_units, of_roles):
        query = (
            select(*columns)
            .join(Case, Case.id == WorkItem.case_id)
            .where(
                whose,
                unfinished(),
                WorkItem.state == OPEN,
                WorkItem.due_at <= at,
                Case.locked.is_(False),
                or_(WorkItem.desk.is_(None), WorkItem.desk.not_in(desks)),
                or_(
                    WorkItem.assignee.is_(None), WorkItem.assignee.not_in(asker.mine.own.usernames)
                ),
            )
        )
        parts.append(select(query.order_by(WorkItem.due_at).limit(IN_A_DIGEST).subquery()))
    for row in asker.session.execute(union_all(*parts)):
        if _ends(row.due_at) <= at:
            yield _Late(row.case_id, row.nummer, row.unit or row.owner_unit)


def _late_duties(asker: Asker, led: list[str], at: datetime) -> Iterator[_Late]:
    late = and_(Case.owner_unit.in_(led), Deadline.due_at <= at)
    for row in _unmet(asker, [late], IN_A_DIGEST):
        yield _Late(row.case_id, row.nummer, row.owner_unit)


def _deadline(id_: str, case_id: str, due, gone, facts: dict, task_id: str | None = None) -> Notice:
    key = f"{DEADLINE}:{id_}:{_day(due)}:{gone[0]}"
    return Notice(key, DEADLINE, gone[1], case_id, task_id, facts)


def _ends(due_at: datetime) -> datetime:
    """A due date alone is the midnight it begins with: the day itself is still good."""
    return due_at if not _is_day(due_at) else deadlines.midnight(_day(due_at) + timedelta(days=1))


def _is_day(moment: datetime) -> bool:
    return clock.local(moment).time() == time()


def _day(moment: datetime) -> date:
    return clock.local(moment).date()
