"""What the inbox calls queues and people, and which one of many a task is about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine.diagrams import sight
from engine.domain import access
from engine.domain.organisation import LEADER_SUFFIX, Unit, User
from engine.domain.people import Party, Person
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


def which_names(session: Session, username: str, tasks: Iterable[WorkItem | Row]) -> dict[str, str]:
    """Task id -> which one of many it is: a person, or a unit other than the one that works it.

    The tasks are of cases that exist for the user; whom they may not know there has no name.
    """
    items = {
        task.id: (task.case_id, item)
        for task in tasks
        if task.item and task.item != task.desk and isinstance(item := sight.item(task), str)
    }
    if not items:
        return {}
    case_ids, wanted = (set(column) for column in zip(*items.values(), strict=True))
    people = (
        select(Party.case_id, Person.id, Person.name)
        .join(Person, Person.id == Party.person_id)
        .where(Party.case_id.in_(case_ids), Person.id.in_(wanted))
        .where(access.knows(session, username, case_ids))
    )
    units = select(Unit.code, Unit.name).where(Unit.code.in_(wanted))
    names = {(case_id, person): name for case_id, person, name in session.execute(people)}
    called = dict(session.execute(units).all())
    found = {id_: names.get(item) or called.get(item[1]) for id_, item in items.items()}
    return {id_: name for id_, name in found.items() if name}
