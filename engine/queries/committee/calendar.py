"""The committee's calendar: the meetings to come and those held, and what waits for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import clock
from engine.diagrams import sight
from engine.domain import access, agenda, ballots, cases, committee, minutes
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.domain.organisation import User
from engine.instances import WorkItem
from engine.queries.committee import items

#: The tasks in which an application waits for a meeting, and a chair's grant for the committee.
TO_AGENDA, TO_RATIFY = "saet_paa_dagsorden", "godkend_hastebevilling"


@dataclass(frozen=True)
class Line:
    """A meeting in the list."""

    id: str
    held_at: datetime
    papers_close: datetime
    place: str
    items: int
    cancelled: bool
    begun: bool
    today: bool
    moved_from: datetime | None
    because: str
    has_minutes: bool


@dataclass(frozen=True)
class Waiting:
    """An application that stands on no agenda yet, or an urgent grant that nobody ratified."""

    task_id: str
    nummer: str
    citizens: str
    what: str
    amount: Decimal
    urgent: bool
    since: datetime


@dataclass(frozen=True)
class Calendar:
    """`voting`: (meeting, number, place) of the item that is voted on now. What is below `next_open` is for those who lead: what waits, and who comes to a new meeting."""

    leads: bool
    voting: tuple[str, int, int] | None
    coming: list[Line]
    held: list[Line]
    next_open: datetime | None
    waiting: list[Waiting]
    urgent: list[Waiting]
    people: list[tuple[str, str, str]]  # user name, name, seat that is proposed
    secretaries: list[str]


def calendar(session: Session, username: str) -> Calendar:
    """Raises IntetUdvalgsmoede to those who have no part in the committee."""
    rows = committee.visible(session, username)
    if not rows and not committee.sits(session, username):
        raise committee.IntetUdvalgsmoede
    leads = committee.leads(session, username)
    found = [_line(session, row) for row in rows]
    over = [line for line in found if line.has_minutes or (line.begun and not line.today)]
    following = committee.next_open(session)
    return Calendar(
        leads=leads,
        voting=_voting(session, [row for row in rows if row.begun and not row.cancelled]),
        coming=[line for line in found if line not in over],
        held=over[::-1],
        next_open=following.held_at if following and following in rows else None,
        waiting=_waiting(session, username, TO_AGENDA) if leads else [],
        urgent=_waiting(session, username, TO_RATIFY) if leads else [],
        people=_people(session, rows) if leads else [],
        secretaries=[session.get_one(User, name).name for name in committee.secretaries(session)],
    )


def _people(session: Session, rows: list[CommitteeMeeting]) -> list[tuple[str, str, str]]:
    """Everybody who may sit at a new meeting: all take part, but who was a deputy at the last one."""
    deputies = rows[-1].deputies if rows else []
    return [
        (user.username, user.name, "stedfortraeder" if user.username in deputies else "medlem")
        for user in committee.members(session)
    ]


def _voting(session: Session, rows: list[CommitteeMeeting]) -> tuple[str, int, int] | None:
    for row in rows[::-1]:
        ballot = ballots.open_at(session, row)
        for place, item in enumerate(agenda.of(session, row), 1):
            if ballot is not None and item.id == ballot.item_id:
                return row.id, item.number, place
    return None


def is_there(session: Session, username: str) -> bool:
    """Whether the user has anything to do in the committee."""
    return committee.sits(session, username)


def _line(session: Session, row: CommitteeMeeting) -> Line:
    return Line(
        id=row.id,
        held_at=row.held_at,
        papers_close=row.papers_close,
        place=row.place or "",
        items=len(agenda.of(session, row)),
        cancelled=row.cancelled,
        begun=row.begun,
        today=clock.local(row.held_at).date() == clock.today(),
        moved_from=row.moved_from,
        because=row.changed_because or "",
        has_minutes=minutes.of(session, row) is not None,
    )


def _waiting(session: Session, username: str, element: str) -> list[Waiting]:
    """By the tasks that lie with the reader: what is no task of theirs waits for somebody else."""
    query = access.visible_tasks(session, username).where(WorkItem.element == element)
    found = []
    for task in session.scalars(query.order_by(WorkItem.created_at, WorkItem.id)):
        case = session.get_one(Case, task.case_id)
        row = application_of(session, task, case)
        seen = access.parts(session, username, case)
        if row is None or access.GRANTS not in seen:
            continue
        found.append(
            Waiting(
                task_id=task.id,
                nummer=case.nummer,
                citizens=items.citizens(session, username, case) if access.PEOPLE in seen else "",
                what=row.what,
                amount=row.amount,
                urgent=row.urgent,
                since=task.created_at,
            )
        )
    return found


def application_of(session: Session, task: WorkItem, case: Case) -> Application | None:
    """The application that a task of its diagram is about."""
    asked = sight.variables(session, task, cases.view(session, case)).get("indstilling_id")
    return session.get(Application, asked) if isinstance(asked, str) else None
