"""Who may do what to a task: asks the domain's one place, `domain/access`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain import access, organisation
from engine.domain.access import Reach
from engine.domain.cases import Case
from engine.domain.organisation import User
from engine.instances import WorkItem

#: The name under which the engine itself acts: timers, jobs, sweeps.
SYSTEM = "system"
#: The organisation model in which a team's leader leads staff of several units.
MATRIX = "B_matrix"


def employed(session: Session, username: str) -> None:
    """Check that the user exists. Raises UnknownUser."""
    if username != SYSTEM:
        organisation.user(session, username)


def works(session: Session, username: str, task: WorkItem, mine: Reach | None = None) -> bool:
    """Whether a task, finished or not, is one that the user may work; `mine` if known already."""
    return username == SYSTEM or access.may(session, username, "complete", task, mine)


def reach(session: Session, username: str) -> Reach | None:
    """What the user reaches today; None for the engine itself, which reaches everything."""
    return None if username == SYSTEM else access.reach(session, username)


def in_place_of(mine: Reach | None, task: WorkItem) -> str | None:
    """The absent colleague in whose name the user works this task; None where it is their own."""
    return mine and access.in_place_of(mine, task)


def called(session: Session, username: str) -> str:
    """The person's name, and the user name that tells two of the same name apart."""
    user = session.get(User, username)
    return f"{user.name} ({username})" if user else username


def leads(session: Session, username: str, task: WorkItem, case: Case) -> bool:
    """Whether the user leads the unit that the task lies with."""
    if username == SYSTEM:
        return True
    return (task.unit or case.owner_unit) in access.reach(session, username).led_units


def leads_across(session: Session, username: str, to: str, case: Case) -> bool:
    """Whether the user leads a team's case in a matrix, where work may go to another unit's staff.

    Only to somebody who sees the case already: leading across gives nobody sight of a citizen.
    Source: R3.15 (model B).
    """
    team = organisation.setting(session, "team_enhed")
    return (
        case.organisationsmodel == MATRIX
        and case.owner_unit == team
        and team in access.reach(session, username).led_units
        and access.may_see(session, to, case)
    )


def stands_in(session: Session, username: str, for_whom: str | None) -> bool:
    """Whether the user does the work of an absent colleague today."""
    return for_whom is not None and for_whom in organisation.stands_in_for(session, username)
