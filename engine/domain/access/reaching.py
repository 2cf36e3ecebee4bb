"""How far one reaches today: by one's own roles, and by those of the colleagues one stands in for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy import Date, Row, Select, String, and_, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import organisation
from engine.domain.organisation import LEADER_SUFFIX, ROLE_QUEUES, Absence, Role, Unit, User
from engine.store import once

#: Whose people work on the rules: they see the task, and never a citizen's case (domain.md C8).
RULES_ONLY = "procesejer"
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
    #: Outside organisations that one works for.
    partner_units: frozenset[str]
    #: Units where a task shows itself alone: an outside partner's, and the process owners' own.
    blind_units: frozenset[str]
    roles: frozenset[str]
    #: What the person reaches alone, and each absent colleague; none within these.
    own: Reach | None = None
    colleagues: tuple[tuple[str, Reach], ...] = ()

    @property
    def inner_units(self) -> frozenset[str]:
        """The units whose cases one sees by working there."""
        return self.units - self.blind_units

    @cached_property
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
    today = clock.today()
    return once(session, ("reach", username, today), lambda: _looked_up(session, username, today))


def _looked_up(session: Session, username: str, day: date) -> Reach:
    held = session.execute(_HELD, {"me": username, "day": day}).all()
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


def _reach(held: Sequence[Row], usernames: set[str]) -> Reach:
    units = {row.unit for row in held if row.role in WORKERS}
    on_cases = [row for row in held if row.role in WORKERS - {RULES_ONLY}]
    inside = {row.unit for row in on_cases if not row.partner}
    return Reach(
        usernames=frozenset(usernames),
        units=frozenset(units),
        led_units=frozenset(row.unit for row in held if row.role in LEADERS),
        partner_units=frozenset(row.unit for row in on_cases if row.partner),
        blind_units=frozenset(units - inside),
        roles=frozenset(row.role for row in held if row.role),
    )


def _held() -> Select:
    """One query, made once: every step of every verb asks it."""
    me, day = bindparam("me", type_=String), bindparam("day", type_=Date)
    away = select(Absence.username).where(
        Absence.deputy == me, Absence.first_day <= day, Absence.last_day >= day
    )
    roles = and_(Role.username == User.username, organisation.in_force(Role, day))
    return (
        select(User.username, Role.unit, Role.role, Unit.partner)
        .outerjoin(Role, roles)
        .outerjoin(Unit, Unit.code == Role.unit)
        # Not OR: PostgreSQL would then read everybody.
        .where(User.username.in_(union_all(select(me), away)))
    )


_HELD = _held()
