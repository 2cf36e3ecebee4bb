"""Delegated competence as one sees it: what one may decide for others, and what one's unit has given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, cases, delegation, organisation
from engine.domain.cases import Case
from engine.domain.delegation import Delegation
from engine.domain.organisation import Unit
from engine.events import Content, Event
from engine.instances import UNFINISHED, WorkItem
from engine.queries import labels, search
from engine.queries.inbox_names import user_names

#: Whose work may need another unit's law, and who may let them.
ROLES = frozenset({"koordinator", "leder", "chef"})
#: The most of each kind that the page holds.
MOST = 200


@dataclass(frozen=True)
class Line:
    """One delegation; `nummer` and `citizens` are empty where the case does not exist for the reader."""

    id: str
    who: str
    unit: str
    law: str
    types: list[str]
    most: float | None
    first: date
    last: date
    state: str
    decided_by: str
    reference: str
    nummer: str
    citizens: str
    #: Why it was taken back, for those for whom the case exists.
    because: str


@dataclass(frozen=True)
class Asked:
    """A task in which the reader gives a delegation or refuses it."""

    task_id: str
    nummer: str
    citizens: str
    since: date


@dataclass(frozen=True)
class Delegations:
    """`mine` are (number, citizens) of the cases that the reader coordinates and may ask for."""

    held: list[Line]
    given: list[Line]
    leads: bool
    asked: list[Asked]
    mine: list[tuple[str, str]]


def are_there(session: Session, username: str) -> bool:
    """Whether delegation is anything of the user's."""
    return any(role.role in ROLES for role in organisation.roles_of(session, username))


def delegations(session: Session, username: str) -> Delegations:
    """Raises DelegationFindesIkke to those whom delegation does not concern."""
    if not are_there(session, username):
        raise delegation.DelegationFindesIkke
    mine = access.reach(session, username)
    query = delegation.existing(session, username)
    rows = list(
        session.scalars(query.order_by(Delegation.valid_to.desc(), Delegation.id).limit(MOST))
    )
    lines = _lines(session, username, rows)
    return Delegations(
        held=[lines[row.id] for row in rows if row.username in mine.usernames],
        given=[lines[row.id] for row in rows if row.unit in mine.led_units],
        leads=bool(mine.led_units),
        asked=_asked(session, username),
        mine=_coordinated(session, username),
    )


def _lines(session: Session, username: str, rows: list[Delegation]) -> dict[str, Line]:
    numbers, names = _whose(session, username, {row.case_id for row in rows})
    ended = {row.case_id for row in rows if row.state == delegation.WITHDRAWN}
    told = reasons(session, ended & numbers.keys()) if ended else {}
    people = user_names(session, {row.username for row in rows})
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    return {
        row.id: Line(
            id=row.id,
            who=people[row.username],
            unit=units[row.unit],
            law=labels.of(labels.LAWS, row.law_area),
            types=[labels.of(labels.DECISION_TYPES, each) for each in row.decision_types],
            most=row.max_amount,
            first=row.valid_from,
            last=row.valid_to,
            state=row.state,
            decided_by=row.decided_by,
            reference=row.reference,
            nummer=numbers.get(row.case_id, ""),
            citizens=names.get(row.case_id, ""),
            because=told.get(row.id, ""),
        )
        for row in rows
    }


def reasons(session: Session, case_ids: Iterable[str]) -> dict[str, str]:
    """Delegation id -> why it was taken back, in these cases; nothing where that was erased."""
    query = (
        select(Event.facts, Content.content)
        .join(Content, (Content.case_id == Event.case_id) & (Content.seq == Event.seq))
        .where(Event.case_id.in_(case_ids), Event.kind == delegation.WITHDRAWAL)
    )
    return {facts["delegation"]: content["reason"] for facts, content in session.execute(query)}


def _asked(session: Session, username: str) -> list[Asked]:
    query = access.visible_tasks(session, username).where(
        WorkItem.element == delegation.GIVING, WorkItem.state.in_(UNFINISHED)
    )
    tasks = list(session.scalars(query.order_by(WorkItem.created_at, WorkItem.id).limit(MOST)))
    numbers, names = _whose(session, username, {task.case_id for task in tasks})
    return [
        Asked(
            task_id=task.id,
            nummer=numbers.get(task.case_id, ""),
            citizens=names.get(task.case_id, ""),
            since=clock.local(task.created_at).date(),
        )
        for task in tasks
    ]


def _coordinated(session: Session, username: str) -> list[tuple[str, str]]:
    open_ones = select(Case.id).where(
        Case.koordinator == username, Case.tilstand.not_in(cases.CLOSED)
    )
    query = open_ones.order_by(Case.nummer.desc()).limit(MOST)
    numbers, names = _whose(session, username, session.scalars(query).all())
    return sorted((numbers[case_id], names.get(case_id, "")) for case_id in numbers)


def _whose(
    session: Session, username: str, case_ids: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The numbers and the citizens of those of the cases that exist for the reader."""
    seen = access.seen_among(session, username, set(case_ids))
    numbers = dict(session.execute(select(Case.id, Case.nummer).where(Case.id.in_(seen))).all())
    return numbers, search.citizens(session, list(seen), username)
