"""Which tasks one may work: those that lie where one reaches, were given to one, or are shared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import appointment, organisation
from engine.domain.access.placing import place
from engine.domain.access.reaching import Reach, reach
from engine.domain.cases import Case
from engine.instances import WorkItem, unfinished

#: Whose tasks in the coordinator's queue a co-coordinator works as well, unless decided locally.
SHARED_PROCESSES = ["opfoelgning"]


def visible_tasks(session: Session, username: str) -> Select:
    """Select the unfinished work items that the user may work, as `WorkItem` rows."""
    mine = reach(session, username)
    return (
        select(WorkItem)
        .join(Case, Case.id == WorkItem.case_id)
        .where(
            unfinished(),
            Case.locked.is_(False),
            or_(in_my_queues(mine), _shared_with_me(session, mine)),
        )
    )


def may(
    session: Session, username: str, act: str, task: WorkItem, mine: Reach | None = None
) -> bool:
    """Whether the user may do this to a task, finished or not.

    `mine` is the user's reach, for the caller who knows it already.
    """
    mine = mine or reach(session, username)
    case = session.get_one(Case, task.case_id)
    if act == "assign" and task.unit in mine.led_units:
        return not case.locked
    return not case.locked and (works(mine, task, case) or _shares(session, mine, task, case))


def works(mine: Reach, task: WorkItem, case: Case) -> bool:
    """The same as `in_my_queues`, of one task at hand: a test holds the two together."""
    desk, person = place(task.queue, case)
    return desk in mine.queues or person in mine.usernames or task.assignee in mine.usernames


def in_my_queues(mine: Reach) -> ColumnElement[bool]:
    """The SQL condition that a task is the user's to work."""
    return or_(*ways_to_me(mine, mine.queues))


def ways_to_me(mine: Reach, desks: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    """The SQL conditions, one index each and none of them of cases, under any of which a task of
    these desks is the user's to work."""
    return (
        WorkItem.desk.in_(desks) if desks else false(),
        WorkItem.person.in_(mine.usernames),
        # Somebody gave it to the user by name.
        WorkItem.assignee.in_(mine.usernames),
    )


def _shares(session: Session, mine: Reach, task: WorkItem, case: Case) -> bool:
    """The same as `_shared_with_me`, of one task at hand."""
    if task.queue != "koordinator" or task.process not in _shared_processes(session):
        return False
    query = appointment.shared_with(mine.usernames, clock.today())
    return session.scalar(query.where(appointment.Appointment.case_id == case.id)) is not None


def _shared_with_me(session: Session, mine: Reach) -> ColumnElement[bool]:
    """The SQL condition that a task is the coordinator's, and shared with the co-coordinator."""
    return and_(
        WorkItem.queue == "koordinator",
        WorkItem.process.in_(_shared_processes(session)),
        WorkItem.case_id.in_(appointment.shared_with(mine.usernames, clock.today())),
    )


def _shared_processes(session: Session) -> list[str]:
    """The processes whose tasks the coordinator and the co-coordinator share."""
    return organisation.setting(session, "medkoordinator.processer", SHARED_PROCESSES)


@dataclass(frozen=True)
class Lane:
    """One way in which tasks reach the user: those of their desks, or of a person.

    `kind` is assignee, person, desk or shared. No task lies in two lanes of the same user. `apart`
    says the same desk by desk, or person by person: each of these has an index in a list's order.
    """

    kind: str
    condition: ColumnElement[bool]
    apart: tuple[ColumnElement[bool], ...]


def lanes(session: Session, mine: Reach, shared: bool = True) -> list[Lane]:
    """The lanes that together hold what `visible_tasks` selects; without what a co-coordinator
    shares where it is not `shared`.

    A list takes a page from each part of a lane and merges them: it reads no more than it shows. A
    list of tasks that are done also says `unlocked()`: they lie where they lay.
    """
    found = _own_lanes(mine)
    if shared and session.scalar(appointment.shared_with(mine.usernames, clock.today()).limit(1)):
        item, queues = WorkItem, sorted(mine.queues)
        elsewhere = or_(item.desk.is_(None), item.desk.not_in(queues)) if queues else true()
        both = and_(_shared_with_me(session, mine), *_of_nobody_here(mine), elsewhere, unlocked())
        found.append(Lane("shared", both, (both,)))
    return found


def _own_lanes(mine: Reach) -> list[Lane]:
    me, queues = sorted(mine.usernames), sorted(mine.queues)
    not_given, not_mine = _of_nobody_here(mine)

    def lane(kind: str, column: ColumnElement, keys: list[str], *others) -> Lane:
        apart = tuple(and_(column == key, *others) for key in keys)
        return Lane(kind, and_(column.in_(keys), *others), apart)

    found = [
        lane("assignee", WorkItem.assignee, me, unlocked()),
        lane("person", WorkItem.person, me, not_given),
    ]
    if queues:
        found.append(lane("desk", WorkItem.desk, queues, not_given, not_mine))
    return found


def _of_nobody_here(mine: Reach) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The SQL conditions that a task was not given to the user, and is not theirs by a role."""
    me = sorted(mine.usernames)
    return tuple(
        or_(column.is_(None), column.not_in(me)) for column in (WorkItem.assignee, WorkItem.person)
    )


@cache
def unlocked() -> ColumnElement[bool]:
    """The SQL condition that a task's case is not locked."""
    return ~select(Case.id).where(Case.id == WorkItem.case_id, Case.locked).exists()
