"""Who sees what: user × role × unit × period meets consent here, and nowhere else.

Every list, page, count, search and verb asks this file. What one may not see does not exist for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    false,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import appointment, organisation
from engine.domain.cases import CITIZEN_TYPES, Case, Involvement
from engine.domain.organisation import LEADER_SUFFIX, ROLE_QUEUES, Absence, Role, Unit, User
from engine.instances import UNFINISHED, WorkItem

#: Whose people work on the rules: they see the task, and never a citizen's case (domain.md C8).
RULES_ONLY = "procesejer"
# Roles that work a unit's queue.
WORKERS = frozenset(
    {"sagsbehandler", "koordinator", "fs_sagsbehandler", "jurist", "procesejer", "partner"}
)
LEADERS = frozenset({"leder", "chef"})
#: Whose tasks in the coordinator's queue a co-coordinator works as well, unless decided locally.
SHARED_PROCESSES = ["opfoelgning"]


@dataclass(frozen=True)
class Reach:
    """What one person, and those they stand in for today, can reach."""

    usernames: frozenset[str]
    units: frozenset[str]
    led_units: frozenset[str]
    #: Units where a task shows itself alone: an outside partner's, and the process owners' own.
    partner_units: frozenset[str]
    roles: frozenset[str]
    #: What the person reaches alone, and each absent colleague; none within these.
    own: Reach | None = None
    colleagues: tuple[tuple[str, Reach], ...] = ()

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
    away = sorted({row.username for row in held} - {username})
    if not away:
        alone = _reach(held, {username})
        return replace(alone, own=alone)
    apart = {
        name: _reach([row for row in held if row.username == name], {name})
        for name in (username, *away)
    }
    return replace(
        _reach(held, {username, *away}),
        own=apart[username],
        colleagues=tuple((name, apart[name]) for name in away),
    )


def _reach(held: Sequence[Row], usernames: set[str]) -> Reach:
    units = {row.unit for row in held if row.role in WORKERS}
    inside = {row.unit for row in held if row.role in WORKERS - {RULES_ONLY} and not row.partner}
    return Reach(
        usernames=frozenset(usernames),
        units=frozenset(units),
        led_units=frozenset(row.unit for row in held if row.role in LEADERS),
        partner_units=frozenset(units - inside),
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
        .where(
            WorkItem.state.in_(UNFINISHED),
            Case.locked.is_(False),
            or_(_in_my_queues(mine), _shared_with_me(session, mine)),
        )
    )


def may(
    session: Session, username: str, act: str, thing: WorkItem | Case, mine: Reach | None = None
) -> bool:
    """Whether the user may do this to a task (finished or not) or see a case.

    `mine` is the user's reach, for the caller who knows it already.
    """
    if isinstance(thing, Case):
        return may_see(session, username, thing)
    mine = mine or reach(session, username)
    case = session.get_one(Case, thing.case_id)
    if act == "assign" and thing.unit in mine.led_units:
        return not case.locked
    return not case.locked and (works(mine, thing, case) or _shares(session, mine, thing, case))


def works(mine: Reach, task: WorkItem, case: Case) -> bool:
    """The same as `_in_my_queues`, of one task at hand: a test holds the two together."""
    desk, person = place(task.queue, case)
    return desk in mine.queues or person in mine.usernames or task.assignee in mine.usernames


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


def visible_cases(session: Session, username: str, among: list[str] | None = None) -> Select:
    """Select the ids of the cases whose content the user may see; `among` these alone."""
    from engine.domain import consent

    mine = reach(session, username)
    today = clock.today()
    own_units = mine.units - mine.partner_units
    taking_part = select(Involvement.case_id).where(*takes_part_now(mine))
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
            or_(WorkItem.desk.is_(None), WorkItem.desk.not_in(mine.partner_units)),
        )
    )
    parts = [taking_part, responsible, working, appointment.shared_with(mine.usernames, today)]
    if mine.partner_units:
        parts.append(consent.disclosed_to(mine.partner_units))
    if among is not None:
        # Each part looks up these few, instead of all that the user may see.
        parts = [part.where(part.selected_columns[0].in_(among)) for part in parts]
    return select(Case.id).where(
        Case.id.in_(union(*parts)),
        Case.locked.is_(False),
        or_(Case.type.in_(CITIZEN_TYPES), Case.type == "andet"),
    )


def may_see(session: Session, username: str, case: Case) -> bool:
    query = visible_cases(session, username, among=[case.id])
    return session.scalar(query) is not None


# The parts of a case that one may see or not (domain.md C8).
PEOPLE, REFERRAL, CONSENTS, PLAN, EFFORTS = (
    "personer",
    "henvisning",
    "samtykker",
    "plan",
    "indsatser",
)
GRANTS, MEETINGS, NOTES, LETTERS, TASKS = "bevillinger", "moeder", "notater", "breve", "opgaver"
TRAIL = "historik"
EVERY_PART = frozenset(
    {PEOPLE, REFERRAL, CONSENTS, PLAN, EFFORTS, GRANTS, MEETINGS, NOTES, LETTERS, TASKS, TRAIL}
)
# A unit that takes part works with the whole plan, and with what it needs for its own part.
_OF_A_UNIT = frozenset({PEOPLE, CONSENTS, PLAN, EFFORTS, GRANTS, MEETINGS, TASKS})
_OF_AN_APPROVER = frozenset({PEOPLE, REFERRAL, CONSENTS, PLAN, EFFORTS, GRANTS, TASKS})
_OF_THE_COMMITTEE = frozenset({PEOPLE, PLAN, EFFORTS, GRANTS})
_OF_THE_LAWYER = frozenset({PEOPLE, GRANTS, LETTERS, TASKS, TRAIL})
# What the citizen has agreed that a partner may know: the plan, and who coordinates.
_OF_A_PARTNER = frozenset({PLAN})


def parts(session: Session, username: str, case: Case) -> frozenset[str]:
    """The parts of a case that exist for the user; none where the case does not."""
    if not may_see(session, username, case):
        return frozenset()
    mine = reach(session, username)
    own_units = mine.units - mine.partner_units
    near = (case.koordinator, case.stedfortraeder)
    if case.owner_unit in own_units or mine.usernames & set(filter(None, near)):
        return EVERY_PART
    shared = appointment.shared_with(mine.usernames, clock.today())
    if session.scalar(shared.where(appointment.Appointment.case_id == case.id)) is not None:
        return EVERY_PART
    seen = set(_OF_A_PARTNER) if mine.partner_units else set()
    if _takes_part(session, mine, case):
        seen |= _OF_A_UNIT
    open_tasks = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    for task in session.scalars(open_tasks):
        # Where it lies says it, not its queue: a task for whoever referred may lie with a partner.
        desk, _person = place(task.queue, case)
        if works(mine, task, case) and desk not in mine.partner_units:
            seen |= _of_queue(task.queue)
    return frozenset(seen)


def takes_part_now(mine: Reach) -> tuple[ColumnElement[bool], ...]:
    """The SQL conditions that an involvement of today is the user's, or their unit's."""
    row, today = Involvement, clock.today()
    own_units = mine.units - mine.partner_units
    return (
        row.valid_from <= today,
        or_(row.valid_to.is_(None), row.valid_to > today),
        or_(row.unit.in_(own_units), row.username.in_(mine.usernames)),
    )


def _takes_part(session: Session, mine: Reach, case: Case) -> bool:
    taking_part = select(Involvement.id).where(
        Involvement.case_id == case.id, *takes_part_now(mine)
    )
    return session.scalar(taking_part.limit(1)) is not None


def _of_queue(queue: str) -> frozenset[str]:
    if queue == "jurist":
        return _OF_THE_LAWYER
    if queue in ROLE_QUEUES:
        return _OF_THE_COMMITTEE
    return _OF_AN_APPROVER if queue.endswith(LEADER_SUFFIX) else _OF_A_UNIT


def shared_processes(session: Session) -> list[str]:
    """The processes whose tasks the coordinator and the co-coordinator share."""
    return organisation.setting(session, "medkoordinator.processer", SHARED_PROCESSES)


def _shares(session: Session, mine: Reach, task: WorkItem, case: Case) -> bool:
    """The same as `_shared_with_me`, of one task at hand."""
    if task.queue != "koordinator" or task.process not in shared_processes(session):
        return False
    query = appointment.shared_with(mine.usernames, clock.today())
    return session.scalar(query.where(appointment.Appointment.case_id == case.id)) is not None


def _shared_with_me(session: Session, mine: Reach):
    """The SQL condition that a task is the coordinator's, and shared with the co-coordinator."""
    return and_(
        WorkItem.queue == "koordinator",
        WorkItem.process.in_(shared_processes(session)),
        WorkItem.case_id.in_(appointment.shared_with(mine.usernames, clock.today())),
    )


def _in_my_queues(mine: Reach):
    """The SQL condition that a task is the user's to work: one index each, none of them of cases."""
    return or_(
        WorkItem.desk.in_(mine.queues) if mine.queues else false(),
        WorkItem.person.in_(mine.usernames),
        # Somebody gave it to the user by name.
        WorkItem.assignee.in_(mine.usernames),
    )


@dataclass(frozen=True)
class Lane:
    """One way in which tasks reach the user: those of one desk, or of one person.

    `kind` is assignee, person, desk or shared. No task lies in two lanes of the same user.
    """

    kind: str
    key: str
    condition: ColumnElement[bool]


def lanes(session: Session, mine: Reach, apart: bool = True) -> list[Lane]:
    """The lanes that together hold what `visible_tasks` selects, each with an index of its own.

    A list takes a page from each lane and merges them: it reads no more than it shows. What only
    counts needs no order, and takes the lanes of a kind together (`apart` false). A list of tasks
    that are done also says `unlocked()`: they lie where they lay.
    """
    item, me, queues = WorkItem, sorted(mine.usernames), sorted(mine.queues)
    not_given = or_(item.assignee.is_(None), item.assignee.not_in(me))
    not_mine = or_(item.person.is_(None), item.person.not_in(me))

    def of(kind: str, column, keys: list[str], *others) -> list[Lane]:
        parts = [[key] for key in keys] if apart else [keys] if keys else []
        return [
            Lane(kind, part[0], and_(column == part[0] if apart else column.in_(part), *others))
            for part in parts
        ]

    found = of("assignee", item.assignee, me, unlocked())
    found += of("person", item.person, me, not_given)
    found += of("desk", item.desk, queues, not_given, not_mine)
    if session.scalar(appointment.shared_with(mine.usernames, clock.today()).limit(1)):
        elsewhere = or_(item.desk.is_(None), item.desk.not_in(queues)) if queues else true()
        shared = and_(_shared_with_me(session, mine), not_given, not_mine, elsewhere, unlocked())
        found.append(Lane("shared", "medkoordinator", shared))
    return found


def workers(session: Session, desks: Iterable[str]) -> dict[str, Reach]:
    """Everybody whose own roles today reach one of the desks, by user name."""
    wanted = set(desks)
    units = {desk.removesuffix(LEADER_SUFFIX) for desk in wanted}
    roles = [role for queue, role in ROLE_QUEUES.items() if queue in wanted]
    query = (
        select(User.username, Role.unit, Role.role, Unit.partner)
        .join(Role, Role.username == User.username)
        .join(Unit, Unit.code == Role.unit)
        .where(User.active, organisation.in_force(Role, clock.today()))
        .where(or_(Role.unit.in_(units), Role.role.in_(roles)))
    )
    held: dict[str, list[Row]] = {}
    for row in session.execute(query):
        held.setdefault(row.username, []).append(row)
    found = {name: _reach(rows, {name}) for name, rows in held.items()}
    return {name: reach for name, reach in found.items() if reach.queues & wanted}


def unlocked() -> ColumnElement[bool]:
    """The SQL condition that a task's case is not locked."""
    return ~select(Case.id).where(Case.id == WorkItem.case_id, Case.locked).exists()


def seen_among(session: Session, username: str, case_ids: Iterable[str]) -> set[str]:
    """Those of the named cases whose content the user may see."""
    query = visible_cases(session, username, among=list(case_ids))
    return set(session.scalars(query))


def by_consent_alone(session: Session, username: str, case_ids: Iterable[str]) -> set[str]:
    """Those of the cases that the user sees as an outside partner, by the citizen's consent only.

    Of a family such a partner knows those who said yes (`consent.known_to`).
    """
    if not reach(session, username).partner_units:
        return set()
    named = session.scalars(select(Case).where(Case.id.in_(list(case_ids))))
    return {case.id for case in named if parts(session, username, case) == _OF_A_PARTNER}
