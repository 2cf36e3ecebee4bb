"""Who may do what to a task: asks the domain's one place, `domain/access.py`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain import access, organisation
from engine.domain.cases import Case
from engine.instances import WorkItem

#: The name under which the engine itself acts: timers, jobs, sweeps.
SYSTEM = "system"


def employed(session: Session, username: str) -> None:
    """Check that the user exists. Raises UnknownUser."""
    if username != SYSTEM:
        organisation.user(session, username)


def works(session: Session, username: str, task: WorkItem) -> bool:
    """Whether a task, finished or not, is one that the user may work."""
    return username == SYSTEM or access.may(session, username, "complete", task)


def leads(session: Session, username: str, task: WorkItem, case: Case) -> bool:
    """Whether the user leads the unit that the task lies with."""
    if username == SYSTEM:
        return True
    return (task.unit or case.owner_unit) in access.reach(session, username).led_units


def stands_in(session: Session, username: str, for_whom: str | None) -> bool:
    """Whether the user does the work of an absent colleague today."""
    return for_whom is not None and for_whom in organisation.stands_in_for(session, username)
