"""The tasks that somebody has chosen in the inbox, and the colleagues who can be given them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.domain.organisation import Role, Unit
from engine.instances import WorkItem
from engine.queries import search
from engine.queries.inbox_names import user_names


@dataclass(frozen=True)
class Chosen:
    """One task; `citizens` and `nummer` are empty where the case is not the user's to see."""

    id: str
    name: str
    citizens: str
    nummer: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.citizens, self.nummer) if part)


@dataclass(frozen=True)
class Colleague:
    """Somebody who may see `number` of the chosen tasks."""

    username: str
    name: str
    units: str
    number: int


def chosen(session: Session, username: str, ids: Iterable[str]) -> list[Chosen]:
    """Those of the tasks that exist for the user, in the order given."""
    wanted = list(dict.fromkeys(ids))
    tasks = _tasks(session, username, wanted)
    seen = access.seen_among(session, username, {task.case_id for task in tasks.values()})
    query = select(Case.id, Case.nummer).where(Case.id.in_(seen))
    numbers = dict(session.execute(query).all())
    citizens = search.citizens(session, list(seen), username)
    return [
        Chosen(id_, task.name, citizens.get(task.case_id, ""), numbers.get(task.case_id, ""))
        for id_ in wanted
        if (task := tasks.get(id_)) is not None
    ]


def colleagues(session: Session, username: str, ids: Iterable[str]) -> list[Colleague]:
    """Those who may be given the tasks, who may see most of them first."""
    tasks = _tasks(session, username, ids).values()
    reaches = access.workers(session, {task.desk for task in tasks if task.desk})
    numbers: Counter[str] = Counter()
    for task in tasks:
        able = {name for name, reach in reaches.items() if task.desk in reach.queues}
        able |= {task.person} if task.person else set()
        numbers.update(able - {task.assignee})
    names, units = user_names(session, numbers), _units(session, numbers)
    found = [
        Colleague(name, names[name], ", ".join(units.get(name, ())), number)
        for name, number in numbers.items()
        if name in names
    ]
    return sorted(found, key=lambda person: (-person.number, person.name))


def _tasks(session: Session, username: str, ids: Iterable[str]) -> dict[str, WorkItem]:
    query = access.visible_tasks(session, username).where(WorkItem.id.in_(list(ids)))
    return {task.id: task for task in session.scalars(query)}


def _units(session: Session, usernames: Iterable[str]) -> dict[str, list[str]]:
    query = (
        select(Role.username, Unit.name)
        .join(Unit, Unit.code == Role.unit)
        .where(Role.username.in_(list(usernames)))
        .distinct()
        .order_by(Role.username, Unit.name)
    )
    found: dict[str, list[str]] = {}
    for name, unit in session.execute(query):
        found.setdefault(name, []).append(unit)
    return found
