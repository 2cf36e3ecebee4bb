"""One item as it lies on the table: what is asked and what it costs, and how the vote goes.

`room` is what stays the same while the item is treated; `live` is what the others change, and says
nothing of the citizen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain import access, agenda, ballots, committee, hearings
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import Ballot
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting, IntetUdvalgsmoede
from engine.domain.escalation import Application
from engine.instances import WorkItem
from engine.queries import labels
from engine.queries.committee import items
from engine.queries.committee.asked import Asked, asked
from engine.queries.committee.calendar import application_of
from engine.queries.committee.items import OUTCOMES, RESULTS, VOTES, Line
from engine.queries.committee.meeting import seats
from engine.queries.inbox_names import user_names

#: The tasks in which the secretary registers what the committee decided.
REGISTERS = ("beslutning", "godkend_hastebevilling")


@dataclass(frozen=True)
class Voter:
    """One who takes part in the item. `vote` is known when the vote is closed; `mine` to oneself."""

    name: str
    deputy_for: str
    has_voted: bool
    vote: str
    dissent: str


@dataclass(frozen=True)
class Vote:
    """One vote on one proposal."""

    id: str
    open: bool
    result: str
    amount: Decimal | None
    conditions: str
    reason: str
    voters: list[Voter]
    cast: int
    may_vote: bool
    mine: str
    my_dissent: str
    outcome: str
    adopted: bool
    ayes: int
    noes: int
    hash: str
    opened_at: datetime


@dataclass(frozen=True)
class Live:
    """What others change while one looks.

    `mark` is another when anything of it is; `vote_mark` when what one may do oneself is, so that
    nobody's half-written words are swept away because a colleague voted.
    """

    mark: str
    vote_mark: str
    noted: bool
    voters: list[str]
    absent: list[str]
    disqualified: list[tuple[str, str]]
    able: int
    needed: int
    votes: list[Vote]
    standing: str
    decided: bool
    postponed_because: str
    hearing_owed: bool
    ready: bool
    elsewhere: int | None  # the number of another item that is voted on now
    elsewhere_place: int
    task_id: str
    may_open: bool

    @property
    def quorate(self) -> bool:
        return self.able >= self.needed

    @property
    def open(self) -> Vote | None:
        return next((vote for vote in self.votes if vote.open), None)


@dataclass(frozen=True)
class Room:
    meeting_id: str
    held_at: datetime
    leads: bool
    sits: bool
    line: Line
    count: int
    previous: int | None
    following: int | None
    case_id: str
    asked: Asked | None
    people: list[tuple[str, str]]


def room(session: Session, username: str, meeting_id: str, number: int) -> Room:
    """Raises IntetUdvalgsmoede."""
    held, item, place, numbers = _find(session, username, meeting_id, number)
    found = items.line(session, username, item, place)
    row = session.get_one(Application, item.application_id)
    names = user_names(session, held.seats)
    at = numbers.index(number)
    return Room(
        meeting_id=held.id,
        held_at=held.held_at,
        leads=committee.leads(session, username),
        sits=username in held.seats,
        line=found,
        count=len(numbers),
        previous=numbers[at - 1] if at else None,
        following=numbers[at + 1] if at + 1 < len(numbers) else None,
        case_id=row.case_id if found.sees else "",
        asked=asked(session, row) if found.sees else None,
        people=[(seat, names.get(seat, seat)) for seat in held.seats],
    )


def live(session: Session, username: str, meeting_id: str, number: int) -> Live:
    """Raises IntetUdvalgsmoede; to who is disqualified or may not know, there is nothing to follow."""
    held, item, _place, _numbers = _find(session, username, meeting_id, number)
    row = session.get_one(Application, item.application_id)
    case = session.get_one(Case, row.case_id)
    if not items.is_seen(session, username, item, case):
        raise IntetUdvalgsmoede
    able = agenda.taking_part(held, item)
    names = user_names(session, held.seats)
    rows = ballots.of(session, item)
    going_on = ballots.open_at(session, held)
    elsewhere = (
        going_on and going_on.item_id != item.id and session.get(AgendaItem, going_on.item_id)
    )
    leads = committee.leads(session, username)
    decided = ballots.decided(session, item) is not None
    owed = bool(hearings.pending(session, case, row.id)) and not item.ratifies
    found = Live(
        mark="",
        vote_mark="",
        noted=held.present is not None,
        voters=[_called(held, seat, names) for seat in able],
        absent=[seat.name for seat in seats(session, held) if not seat.deputy and not seat.present],
        disqualified=[(names.get(name, name), why) for name, why in item.disqualified.items()],
        able=len(able),
        needed=committee.quorum(session, held),
        votes=[_vote(session, username, held, ballot, names) for ballot in rows],
        standing=items.standing(session, item),
        decided=decided,
        postponed_because=item.postponed_because or "",
        hearing_owed=owed,
        ready=item.ready_at is not None,
        elsewhere=elsewhere.number if elsewhere else None,
        elsewhere_place=_place_of(session, held, elsewhere) if elsewhere else 0,
        task_id=_task(session, username, row, case) if leads else "",
        may_open=leads and not decided and going_on is None and item.result is None,
    )
    own = [replace(vote, voters=[], cast=0) if vote.open else vote for vote in found.votes]
    acting = (own, found.noted, found.quorate, found.hearing_owed, found.ready, found.standing)
    acting += (found.postponed_because, found.task_id, found.may_open, found.elsewhere)
    return replace(found, mark=_mark(found), vote_mark=_mark(acting))


def _mark(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _find(
    session: Session, username: str, meeting_id: str, number: int
) -> tuple[CommitteeMeeting, AgendaItem, int, list[int]]:
    held = committee.find(session, username, meeting_id)
    rows = agenda.of(session, held)
    for place, item in enumerate(rows, 1):
        if item.number == number:
            return held, item, place, [row.number for row in rows]
    raise IntetUdvalgsmoede


def _vote(
    session: Session, username: str, held: CommitteeMeeting, ballot: Ballot, names: dict[str, str]
) -> Vote:
    votes = ballots.votes_of(session, ballot)
    known = not ballot.is_open
    ayes, noes = ballots.counted(votes) if known else (0, 0)
    mine = votes.get(username)
    return Vote(
        id=ballot.id,
        open=ballot.is_open,
        result=labels.of(RESULTS, ballot.result),
        amount=ballot.amount,
        conditions=ballot.conditions or "",
        reason=ballot.reason or "",
        voters=[
            Voter(
                name=names.get(member, member),
                deputy_for=names.get(held.stand_ins.get(member, ""), ""),
                has_voted=member in votes,
                vote=VOTES[votes[member].vote] if known and member in votes else "",
                dissent=(votes[member].dissent or "") if known and member in votes else "",
            )
            for member in ballot.able
        ],
        cast=len(votes),
        may_vote=ballot.is_open and username in ballot.able,
        mine=mine.vote if mine else "",
        my_dissent=(mine.dissent or "") if mine else "",
        outcome=labels.of(OUTCOMES, ballot.outcome) if ballot.outcome else "",
        adopted=ballot.outcome == ballots.ADOPTED,
        ayes=ayes,
        noes=noes,
        hash=ballot.hash or "",
        opened_at=ballot.opened_at,
    )


def _called(held: CommitteeMeeting, seat: str, names: dict[str, str]) -> str:
    member = held.stand_ins.get(seat)
    name = names.get(seat, seat)
    return f"{name} (for {names.get(member, member)})" if member else name


def _place_of(session: Session, held: CommitteeMeeting, item: AgendaItem) -> int:
    return [row.id for row in agenda.of(session, held)].index(item.id) + 1


def _task(session: Session, username: str, row: Application, case: Case) -> str:
    """The task in which the reader registers what was decided; empty where there is none now."""
    query = access.visible_tasks(session, username).where(
        WorkItem.case_id == case.id, WorkItem.element.in_(REGISTERS)
    )
    for task in session.scalars(query):
        if application_of(session, task, case) is row:
            return task.id
    return ""
