"""Which cases exist for one: those one answers for, takes part in, or has a task of now."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import appointment, consent
from engine.domain.access.reaching import Reach, reach
from engine.domain.access.working import ways_to_me
from engine.domain.cases import CITIZEN_TYPES, Case, Involvement
from engine.domain.people import Party
from engine.instances import WorkItem, unfinished


def visible_cases(session: Session, username: str, among: Collection[str] | None = None) -> Select:
    """Select the ids of the cases whose content the user may see; `among` these alone."""
    mine = reach(session, username)
    ways = _ways(mine)
    if mine.partner_units:
        ways.append(consent.disclosed_to(mine.partner_units))
    if among is not None:
        ways = _of(ways, among)
    return select(Case.id).where(Case.id.in_(union_all(*ways)), existing())


def by_consent_alone(session: Session, username: str, case_ids: Iterable[str]) -> set[str]:
    """Those of these cases, which exist for the user, that they see as an outside partner, by the
    citizen's consent only."""
    mine, seen = reach(session, username), set(case_ids)
    if not mine.partner_units:
        return set()
    return seen - set(session.scalars(union_all(*_of(_ways(mine), seen))))


def knows(session: Session, username: str, case_ids: Iterable[str]) -> ColumnElement[bool]:
    """The SQL condition on `Party`, in cases that exist for the user, that they may know who it is.

    Of a family an outside partner, by consent alone, knows those who said yes.
    """
    outside = by_consent_alone(session, username, case_ids)
    if not outside:
        return true()
    agreed = consent.known_to(reach(session, username).partner_units)
    return or_(Party.case_id.not_in(outside), tuple_(Party.case_id, Party.person_id).in_(agreed))


def _ways(mine: Reach) -> list[Select]:
    """Select the cases by each way there is to one, without the consent that a partner needs."""
    taking_part = select(Involvement.case_id).where(*takes_part_now(mine))
    # A partner's open task shows the task; the case needs the citizen's consent.
    inside = mine.queues - mine.blind_units
    shows = or_(WorkItem.desk.is_(None), WorkItem.desk.not_in(mine.blind_units))
    return [
        taking_part,
        shared(mine),
        # One select each, or SQLite would rather read all cases and all tasks.
        *(select(Case.id).where(way) for way in answered_for(mine)),
        *(
            select(WorkItem.case_id).where(unfinished(), way, shows)
            for way in ways_to_me(mine, inside)
        ),
    ]


def _of(ways: list[Select], among: Iterable[str]) -> list[Select]:
    """Each way looks up these few, instead of all that the user may see."""
    # One parameter for all of them: a page asks of fifty cases in eight ways.
    few = bindparam("among", list(among), String, expanding=True, unique=True)
    return [way.where(way.selected_columns[0].in_(few)) for way in ways]


def whole_cases(session: Session, username: str, among: Collection[str] | None = None) -> Select:
    """Select the ids of the cases that the user sees whole: the same as `parts` says of one."""
    mine = reach(session, username)
    return select(Case.id).where(
        or_(*answered_for(mine), Case.id.in_(shared(mine))),
        Case.id.in_(visible_cases(session, username, among)),
    )


def may_see(session: Session, username: str, case: Case) -> bool:
    """Whether the case exists for the user."""
    return bool(seen_among(session, username, [case.id]))


def seen_among(session: Session, username: str, case_ids: Iterable[str]) -> set[str]:
    """Those of the named cases whose content the user may see."""
    query = visible_cases(session, username, among=list(case_ids))
    return set(session.scalars(query))


def existing() -> ColumnElement[bool]:
    """The SQL condition that a case exists for anybody at all."""
    return and_(Case.locked.is_(False), or_(Case.type.in_(CITIZEN_TYPES), Case.type == "andet"))


def answered_for(mine: Reach) -> tuple[ColumnElement[bool], ...]:
    """The SQL conditions, each with an index of its own, under any of which the user, or the unit
    they work in, answers for the case."""
    return (
        Case.koordinator.in_(mine.usernames),
        Case.stedfortraeder.in_(mine.usernames),
        Case.owner_unit.in_(mine.inner_units),
    )


def shared(mine: Reach) -> Select:
    """Select the ids of the cases that the user co-coordinates today, or is to take over."""
    return appointment.near_to(mine.usernames, clock.today())


def takes_part_now(mine: Reach) -> tuple[ColumnElement[bool], ...]:
    """The SQL conditions that an involvement of today is the user's, or their unit's."""
    row, today = Involvement, clock.today()
    ours = [row.username.in_(mine.usernames)]
    if mine.inner_units:  # or SQLite, asked for none, reads every row
        ours.append(row.unit.in_(mine.inner_units))
    return (
        row.valid_from <= today,
        or_(row.valid_to.is_(None), row.valid_to > today),
        or_(*ours),
    )
