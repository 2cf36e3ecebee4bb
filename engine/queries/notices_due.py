"""Time that goes: deadlines at half, four fifths and all of it, and what is overdue in a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from engine import clock
from engine.domain import access, deadlines, notices, rules
from engine.domain.calendar import WorkingDays
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.organisation import LEADER_SUFFIX
from engine.domain.rulings import TO_COMPLAIN
from engine.instances import OPEN, UNFINISHED, WorkItem
from engine.queries.inbox_names import queue_names
from engine.queries.notices_kinds import DEADLINE, OVERDUE, QUEUE, Asker, Notice

#: The most of each that is looked at: whoever has more is not helped by the rest.
MOST = 300
#: How many case numbers a line of the digest names.
NAMED = 5

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


def time_gone(asker: Asker) -> Iterator[Notice]:
    """Tasks and duties that lie with the user, and how much of their time has gone.

    A duty that a task meets is told with the task, to whoever has the task. Tasks that nobody has
    taken are told together, once for their queue.
    """
    session = asker.session
    tasks, duties = _tasks(asker), _duties(asker)
    open_in = _open_in(asker, {task.case_id for task in tasks})
    days, shares = WorkingDays.of(session), notices.percentages(session)
    free: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    for task in tasks:
        duty = open_in.get((task.case_id, _day(task.due_at)))
        start = duty.start if duty else task.created_at
        gone = notices.passed(start, duty.due_at if duty else _ends(task.due_at), shares, days)
        if gone is None:
            continue
        if task.assignee is None and task.person not in asker.mine.usernames:
            free[task.desk, gone[0]].append(gone[1])
        else:
            facts = {"what": task.name, "due": task.due_at, "percent": gone[0]}
            yield _deadline(task.id, task.case_id, task.due_at, gone, facts, task.id)
    said = queue_names(session, {desk for desk, _ in free})
    for (desk, percent), moments in free.items():
        newest = max(moments)
        facts = {
            "queue": said[desk],
            "desk": desk,
            "count": len(moments),
            "percent": percent,
        }
        key = f"{QUEUE}:{desk}:{percent}:{_day(newest)}"
        yield Notice(key, QUEUE, newest, facts=facts)
    for duty in duties:
        gone = notices.passed(duty.start, duty.due_at, shares, days)
        if gone is not None:
            name = rules.name_of(session, duty.regel)
            due = deadlines.midnight(duty.due) if _is_day(duty.due_at) else duty.due_at
            facts = {"what": name, "due": due, "percent": gone[0]}
            yield _deadline(duty.id, duty.case_id, duty.due_at, gone, facts)


def digest(asker: Asker) -> Iterator[Notice]:
    """To leaders, once a working day: how much was overdue in their units, and still is."""
    led, session = sorted(asker.mine.led_units), asker.session
    if not led:
        return
    at = notices.last_digest(session)
    late = [*_late_tasks(asker, led, at), *_late_duties(asker, led, at)]
    if not late:
        return
    exists = access.seen_among(session, asker.username, {one.case_id for one in late})
    lines, said = [], queue_names(session, led)
    for unit in led:
        here = [one for one in late if one.unit == unit]
        numbers = sorted({one.nummer for one in here if one.case_id in exists})
        if here:
            line = {"unit": said[unit], "code": unit, "count": len(here)}
            lines.append(line | {"numbers": numbers[:NAMED], "more": len(numbers) > NAMED})
    total = sum(line["count"] for line in lines)
    facts = {"lines": lines, "count": total}
    yield Notice(f"{OVERDUE}:{_day(at)}", OVERDUE, at, facts=facts)


CAUSES = (time_gone, digest)


@dataclass(frozen=True)
class _Late:
    case_id: str
    nummer: str
    unit: str
    day: date


def _tasks(asker: Asker) -> list:
    """Open tasks with a due date that the user has, or may take; not the other led units' own."""
    session, mine = asker.session, asker.mine
    desks = mine.queues - (mine.led_units - mine.units)
    parts = []
    for lane in access.lanes(session, mine):
        query = select(*_TASK).where(
            lane.condition, WorkItem.state == OPEN, WorkItem.due_at.is_not(None)
        )
        if lane.kind == "shared":
            continue  # the coordinator is told
        if lane.kind != "assignee":
            query = query.where(WorkItem.assignee.is_(None))
        if lane.kind == "desk":
            query = query.where(WorkItem.desk.in_(desks))
        if lane.kind != "assignee":
            query = query.where(access.unlocked())
        parts.append(select(query.order_by(WorkItem.sort_at, WorkItem.id).limit(MOST).subquery()))
    return list(session.execute(union_all(*parts))) if parts else []


def _open_in(asker: Asker, case_ids: set[str]) -> dict[tuple[str, date], Deadline]:
    """(case, day) -> the open duty of that day: a task that is due then meets it."""
    query = select(Deadline).where(Deadline.case_id.in_(case_ids), Deadline.state == deadlines.OPEN)
    found = {}
    for row in asker.session.scalars(query):
        found[row.case_id, row.planned] = found[row.case_id, row.due] = row
    return found


def _duties(asker: Asker) -> list[Deadline]:
    """Duties that lie with the user and that no task meets."""
    mine, session = asker.mine, asker.session
    nobody = Case.koordinator.is_(None)
    owned = and_(nobody, Case.stedfortraeder.is_(None), Case.owner_unit.in_(asker.own_units))
    whose = or_(
        Case.koordinator.in_(mine.usernames),
        and_(nobody, Case.stedfortraeder.in_(mine.usernames)),
        owned,
    )
    rows = list(session.scalars(_open_duties(whose).order_by(Deadline.due_at).limit(MOST)))
    met = _with_tasks(asker, {row.case_id for row in rows})
    return [row for row in rows if not {(row.case_id, row.due), (row.case_id, row.planned)} & met]


def _open_duties(whose: ColumnElement[bool]):
    """What the citizen has until then is no duty of anybody here."""
    return (
        select(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.state == deadlines.OPEN,
            Deadline.regel != TO_COMPLAIN,
            Case.locked.is_(False),
            whose,
        )
    )


def _with_tasks(asker: Asker, case_ids: set[str]) -> set[tuple[str, date]]:
    query = select(WorkItem.case_id, WorkItem.due_at).where(
        WorkItem.case_id.in_(case_ids),
        WorkItem.state.in_(UNFINISHED),
        WorkItem.due_at.is_not(None),
    )
    return {(row.case_id, _day(row.due_at)) for row in asker.session.execute(query)}


def _late_tasks(asker: Asker, led: list[str], at: datetime) -> Iterator[_Late]:
    """Of the units' queues, and of those who have a role in their cases. Not the leader's own."""
    desks = [unit + LEADER_SUFFIX for unit in led]
    columns = (WorkItem.case_id, WorkItem.due_at, WorkItem.unit, Case.nummer, Case.owner_unit)
    of_units = WorkItem.unit.in_(led)
    of_roles = and_(WorkItem.unit.is_(None), Case.owner_unit.in_(led))
    for whose in (of_units, of_roles):
        query = (
            select(*columns)
            .join(Case, Case.id == WorkItem.case_id)
            .where(
                whose,
                WorkItem.state == OPEN,
                WorkItem.due_at <= at,
                Case.locked.is_(False),
                or_(WorkItem.desk.is_(None), WorkItem.desk.not_in(desks)),
                or_(
                    WorkItem.assignee.is_(None), WorkItem.assignee.not_in(asker.mine.own.usernames)
                ),
            )
        )
        for row in asker.session.execute(query.order_by(WorkItem.due_at).limit(MOST)):
            if _ends(row.due_at) <= at:
                yield _Late(row.case_id, row.nummer, row.unit or row.owner_unit, _day(row.due_at))


def _late_duties(asker: Asker, led: list[str], at: datetime) -> Iterator[_Late]:
    query = _open_duties(Case.owner_unit.in_(led)).where(Deadline.due_at <= at)
    query = query.add_columns(Case.nummer, Case.owner_unit)
    rows = asker.session.execute(query.order_by(Deadline.due_at).limit(MOST)).all()
    met = _with_tasks(asker, {row.case_id for row, _, _ in rows})
    for row, nummer, unit in rows:
        if not {(row.case_id, row.due), (row.case_id, row.planned)} & met:
            yield _Late(row.case_id, nummer, unit, row.due)


def _deadline(id_: str, case_id: str, due, gone, facts: dict, task_id: str | None = None) -> Notice:
    key = f"{DEADLINE}:{id_}:{_day(due)}:{gone[0]}"
    return Notice(key, DEADLINE, gone[1], case_id, task_id, facts)


def _ends(due_at: datetime) -> datetime:
    """A due date alone is the midnight it begins with: the day itself is still good."""
    return due_at if not _is_day(due_at) else deadlines.midnight(_day(due_at) + timedelta(days=1))


def _is_day(moment: datetime) -> bool:
    return moment == deadlines.midnight(_day(moment))


def _day(moment: datetime) -> date:
    return clock.local(moment).date()
