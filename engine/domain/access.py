"""Who sees what: user × role × unit × period meets consent here, and nowhere else.

Every list, page, count, search and verb asks this file. What one may not see does not exist for one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Date, Select, and_, bindparam, false, or_, select, union
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import organisation
from engine.domain.cases import CITIZEN_TYPES, Case, Involvement
from engine.domain.organisation import LEADER_SUFFIX, ROLE_QUEUES, Absence, Role, Unit, User
from engine.instances import UNFINISHED, WorkItem

# Roles that work a unit's queue.
WORKERS = frozenset(
    {"sagsbehandler", "koordinator", "fs_sagsbehandler", "jurist", "procesejer", "partner"}
)
LEADERS = frozenset({"leder", "chef"})


@dataclass(frozen=True)
class Reach:
    """What one person, and those they stand in for today, can reach."""

    usernames: frozenset[str]
    units: frozenset[str]
    led_units: frozenset[str]
    partner_units: frozenset[str]
    roles: frozenset[str]

    @property
    def queues(self) -> frozenset[str]:
        """The queues that are the same whatever the case."""
        return (
            self.units
            | self.led_units
            | {unit + LEADER_SUFFIX for unit in self.led_units}
            | {queue for queue, role in ROLE_QUEUES.items() if role in self.roles}
        )


def reach(session: Session, username: str) -> Reach:
    """The user's own reach today together with that of absent colleagues they stand in for."""
    held = session.execute(_HELD, {"me": username, "day": clock.today()}).all()
    units = {row.unit for row in held if row.role in WORKERS}
    return Reach(
        usernames=frozenset({username, *(row.username for row in held)}),
        units=frozenset(units),
        led_units=frozenset(row.unit for row in held if row.role in LEADERS),
        partner_units=frozenset(row.unit for row in held if row.partner) & units,
        roles=frozenset(row.role for row in held if row.role),
    )


def _held() -> Select:
    """One query, made once: every step of every verb asks it."""
    me, day = bindparam("me"), bindparam("day", type_=Date)
    away = select(Absence.username).where(
        Absence.deputy == me, Absence.first_day <= day, Absence.last_day >= day
    )
    roles = and_(Role.username == User.username, organisation.in_force(Role, day))
    return (
        select(User.username, Role.unit, Role.role, Unit.partner)
        .outerjoin(Role, roles)
        .outerjoin(Unit, Unit.code == Role.unit)
        .where(or_(User.username == me, User.username.in_(away)))
    )


_HELD = _held()


def visible_tasks(session: Session, username: str) -> Select:
    """Select the unfinished work items that the user may work, as `WorkItem` rows."""
    mine = reach(session, username)
    return (
        select(WorkItem)
        .join(Case, Case.id == WorkItem.case_id)
        .where(WorkItem.state.in_(UNFINISHED), Case.locked.is_(False), _in_my_queues(mine))
    )


def may(session: Session, username: str, act: str, thing: WorkItem | Case) -> bool:
    """Whether the user may do this to a task (finished or not) or see a case."""
    if isinstance(thing, Case):
        return may_see(session, username, thing)
    mine = reach(session, username)
    if act == "assign" and thing.unit in mine.led_units:
        return True
    case = session.get_one(Case, thing.case_id)
    return not case.locked and works(mine, thing, case)


def works(mine: Reach, task: WorkItem, case: Case) -> bool:
    """The same as `_in_my_queues`, of one task at hand: a test holds the two together."""
    if task.queue in mine.queues or task.assignee in mine.usernames:
        return True
    near = mine.units | mine.led_units
    match task.queue:
        case "koordinator":
            if case.koordinator is not None:
                return case.koordinator in mine.usernames
            return case.stedfortraeder in mine.usernames or case.owner_unit in near
        case "stedfortraeder":
            return case.stedfortraeder in mine.usernames
        case "ejer":
            return case.owner_unit in near
        case "ejer-leder":
            return case.owner_unit in mine.led_units
        case "henviser":
            return case.referred_by in mine.units
    return False


def visible_cases(session: Session, username: str) -> Select:
    """Select the ids of the cases whose content the user may see."""
    from engine.domain import consent

    mine = reach(session, username)
    today = clock.today()
    own_units = mine.units - mine.partner_units
    taking_part = select(Involvement.case_id).where(
        or_(Involvement.valid_to.is_(None), Involvement.valid_to > today),
        or_(Involvement.unit.in_(own_units), Involvement.username.in_(mine.usernames)),
    )
    responsible = select(Case.id).where(
        or_(
            Case.koordinator.in_(mine.usernames),
            Case.stedfortraeder.in_(mine.usernames),
            Case.owner_unit.in_(own_units),
        )
    )
    working = (
        select(WorkItem.case_id)
        .join(Case, Case.id == WorkItem.case_id)
        .where(
            WorkItem.state.in_(UNFINISHED),
            _in_my_queues(mine),
            # A partner's open task shows the task; the case needs the citizen's consent.
            WorkItem.queue.not_in(mine.partner_units)
            if mine.partner_units
            else WorkItem.id == WorkItem.id,
        )
    )
    parts = [taking_part, responsible, working]
    if mine.partner_units:
        parts.append(consent.disclosed_to(mine.partner_units))
    return select(Case.id).where(
        Case.id.in_(union(*parts)),
        Case.locked.is_(False),
        or_(Case.type.in_(CITIZEN_TYPES), Case.type == "andet"),
    )


def may_see(session: Session, username: str, case: Case) -> bool:
    query = visible_cases(session, username).where(Case.id == case.id)
    return session.scalar(query) is not None


def _in_my_queues(mine: Reach):
    """The SQL condition on WorkItem joined to Case."""
    own = [
        WorkItem.queue.in_(mine.queues) if mine.queues else false(),
        # Somebody gave it to the user by name.
        WorkItem.assignee.in_(mine.usernames),
        and_(WorkItem.queue == "koordinator", Case.koordinator.in_(mine.usernames)),
        and_(WorkItem.queue == "stedfortraeder", Case.stedfortraeder.in_(mine.usernames)),
    ]
    # Nobody coordinates yet, or no longer: the deputy does, and the offering unit's leader sees it.
    own.append(
        and_(
            WorkItem.queue == "koordinator",
            Case.koordinator.is_(None),
            or_(
                Case.stedfortraeder.in_(mine.usernames),
                Case.owner_unit.in_(mine.units | mine.led_units),
            ),
        )
    )
    own.append(and_(WorkItem.queue == "ejer", Case.owner_unit.in_(mine.units | mine.led_units)))
    own.append(and_(WorkItem.queue == "ejer-leder", Case.owner_unit.in_(mine.led_units)))
    own.append(and_(WorkItem.queue == "henviser", Case.referred_by.in_(mine.units)))
    return or_(*own)
