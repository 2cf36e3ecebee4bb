"""Where a task lies in its case: at a desk or with a person, and in whose place somebody works it."""

from __future__ import annotations

from sqlalchemy import Row

from engine.domain.access.reaching import Reach
from engine.domain.cases import Case
from engine.domain.organisation import LEADER_SUFFIX
from engine.instances import WorkItem


def place(queue: str, case: Case) -> tuple[str | None, str | None]:
    """Where a task of the queue lies in this case: (desk, person).

    The desk is the queue of a unit, its leaders or a role; the person answers by a role in the case.
    A task of a locked case lies nowhere.
    """
    owner = case.owner_unit
    if case.locked:
        return None, None
    match queue:
        case "koordinator" if case.koordinator is not None:
            return None, case.koordinator
        case "koordinator":
            # Nobody coordinates yet, or no longer: the deputy does, and the owner's people see it.
            return owner, case.stedfortraeder
        case "stedfortraeder":
            return None, case.stedfortraeder
        case "ejer":
            return owner, None
        case "ejer-leder":
            return owner and owner + LEADER_SUFFIX, None
        case "henviser":
            return case.referred_by, None
    return queue, None


def in_place_of(mine: Reach, task: WorkItem | Row) -> str | None:
    """The absent colleague whose task this is; None where it is the user's own to work."""
    if not mine.colleagues:
        return None
    if task.assignee is not None:
        return next((name for name, _ in mine.colleagues if name == task.assignee), None)
    if task.person in mine.own.usernames or task.desk in mine.own.queues:
        return None
    for name, theirs in mine.colleagues:
        if task.person == name or task.desk in theirs.queues:
            return name
    return None
