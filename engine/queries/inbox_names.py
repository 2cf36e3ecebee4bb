"""What the inbox calls queues and people, and which one of many a task is about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row, select, union_all
from sqlalchemy.orm import Session

from engine.diagrams import sight
from engine.domain.organisation import LEADER_SUFFIX, Unit, User
from engine.domain.people import Person
from engine.instances import WorkItem

_QUEUES = {
    "koordinator": "Som koordinator",
    "stedfortraeder": "Som stedfortræder",
    "medkoordinator": "Som medkoordinator",
    "navn": "Givet til dig",
    "ejer": "Den ansvarlige enhed",
    "ejer-leder": "Den ansvarlige enheds leder",
    "henviser": "Henviseren",
    "udvalg": "Visitationsudvalget",
    "udvalg-formand": "Udvalgets formand",
    "udvalg-sekretaer": "Udvalgets sekretær",
    "jurist": "Juristen",
}


def queue_names(session: Session, queues: Iterable[str]) -> dict[str, str]:
    """Each queue as people say it: a unit's name, its leaders, or a role."""
    wanted = set(queues)
    codes = {queue.removesuffix(LEADER_SUFFIX) for queue in wanted - _QUEUES.keys()}
    query = select(Unit.code, Unit.name).where(Unit.code.in_(codes))
    units = dict(session.execute(query).all()) if codes else {}
    return {queue: _said(queue, units) for queue in wanted}


def queue_name(session: Session, queue: str) -> str:
    """One queue as people say it."""
    return queue_names(session, [queue])[queue]


def _said(queue: str, units: dict[str, str]) -> str:
    unit = units.get(queue.removesuffix(LEADER_SUFFIX))
    if queue in _QUEUES or unit is None:
        return _QUEUES.get(queue, queue)
    return f"Ledelsen, {unit}" if queue.endswith(LEADER_SUFFIX) else unit


def user_names(session: Session, usernames: Iterable[str | None]) -> dict[str, str]:
    """User name -> the person's name."""
    wanted = {name for name in usernames if name}
    if not wanted:
        return {}
    query = select(User.username, User.name).where(User.username.in_(wanted))
    return dict(session.execute(query).all())


def which_names(session: Session, tasks: Iterable[WorkItem | Row]) -> dict[str, str]:
    """Task id -> which one of many it is: a person, or a unit other than the one that works it."""
    items = {task.id: sight.item(task) for task in tasks if task.item and task.item != task.desk}
    wanted = {item for item in items.values() if isinstance(item, str)}
    if not wanted:
        return {}
    people = select(Person.id, Person.name).where(Person.id.in_(wanted))
    units = select(Unit.code, Unit.name).where(Unit.code.in_(wanted))
    names = dict(session.execute(union_all(people, units)).all())
    return {
        id_: names[item] for id_, item in items.items() if isinstance(item, str) and item in names
    }
