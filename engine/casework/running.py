"""How a verb runs: one transaction, and an incident in a transaction of its own when it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, incidents
from engine.casework.refusals import StepFailed
from engine.errors import Refused
from engine.events import Entry, append
from engine.incidents import Incident
from engine.instances import WorkItem
from engine.store import Store

T = TypeVar("T")


class About:
    """What a verb was working on when it failed; filled in as the verb finds out."""

    def __init__(self, verb: str, actor: str, **known: object):
        self.verb, self.actor = verb, actor
        self.known = {name: value for name, value in known.items() if value is not None}

    def found(self, **known: object) -> None:
        self.known |= known


def run(store: Store, about: About, fn: Callable[[Session], T]) -> T:
    """Run one verb. A refusal passes through; any other failure becomes an incident.

    Nothing of a failed verb is saved. Raises StepFailed with the incident's number.
    """
    try:
        return store.write(fn)
    except Refused:
        raise
    except Exception as error:
        number = open_incident(store, about, error)
        raise StepFailed(nummer=number) from error


def open_incident(store: Store, about: About, error: BaseException) -> int:
    """Write down what went wrong, in a transaction of its own; the incident's number."""
    where = {
        name: value
        for name in ("element", "process")
        if (value := getattr(error, name, None)) and isinstance(value, str)
    }
    known = about.known | where

    def write(session: Session) -> int:
        task = session.get(WorkItem, known["task_id"]) if "task_id" in known else None
        again = _open_one(session, known, task)
        if again is not None:
            again.attempts += 1
            again.message, again.detail = incidents.reason(error), incidents.detail(error)
            again.last_at = clock.now()
            return again.id
        incident = Incident(
            verb=about.verb,
            actor=about.actor,
            message=incidents.reason(error),
            detail=incidents.detail(error),
            opened_at=clock.now(),
            last_at=clock.now(),
            **{name: value for name, value in known.items() if hasattr(Incident, name)},
        )
        session.add(incident)
        session.flush()
        if task is not None:
            task.incident_id = incident.id
        _tell_the_trail(session, incident)
        return incident.id

    return store.write(write)


def _open_one(session: Session, known: dict, task: WorkItem | None) -> Incident | None:
    if task is not None and task.incident_id is not None:
        return session.get(Incident, task.incident_id)
    if "job_id" in known:
        query = select(Incident).where(
            Incident.job_id == known["job_id"], Incident.resolved_at.is_(None)
        )
        return session.scalars(query).first()
    return None


def _tell_the_trail(session: Session, incident: Incident) -> None:
    from engine.domain.cases import Case

    if incident.case_id is None:
        return
    case = session.scalars(
        select(Case).where(Case.id == incident.case_id).with_for_update()
    ).first()
    if case is not None:
        facts = {"incident": incident.id, "verb": incident.verb}
        entry = Entry(
            "incident_opened",
            incident.actor,
            instance_id=incident.instance_id,
            process=incident.process,
            element=incident.element,
            facts=facts,
            content={"reason": incident.message},
        )
        append(session, case, [entry])


def resolve(session: Session, incident_id: int, by: str) -> Incident | None:
    """Close an open incident; None when there is none of that number."""
    incident = session.get(Incident, incident_id, with_for_update=True)
    if incident is None or incident.resolved_at is not None:
        return None
    incident.resolved_at, incident.resolved_by = clock.now(), by
    return incident
