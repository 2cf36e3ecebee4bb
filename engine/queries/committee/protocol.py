"""The minutes: what the meeting decided, the hash, and who has approved them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access, committee, minutes
from engine.domain.agenda import AgendaItem
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.organisation import User
from engine.queries import labels
from engine.queries.committee.items import OUTCOMES, RESULTS, VOTES


@dataclass(frozen=True)
class Decision:
    result: str
    amount: Decimal | None
    conditions: str
    reason: str
    outcome: str
    votes: list[tuple[str, str, str]]  # name, vote, dissent
    hash: str


@dataclass(frozen=True)
class Item:
    """`hidden`: the reader was disqualified in it; `closed`: the case is not open to them now."""

    case_id: str  # empty where it is not open
    place: int
    title: str
    ratifies: bool
    hidden: bool
    closed: bool
    disqualified: list[tuple[str, str]]
    postponed_because: str
    decisions: list[Decision]


@dataclass(frozen=True)
class Answer:
    name: str
    answer: str  # godkendt | indsigelse | empty while they have said nothing
    text: str
    at: datetime | None


@dataclass(frozen=True)
class Protocol:
    """`written`: sealed; before that it is what the minutes would say now."""

    meeting_id: str
    held_at: datetime
    place: str
    present: list[str]
    absent: list[str]
    stand_ins: list[tuple[str, str]]
    items: list[Item]
    leads: bool
    written: bool
    written_by: str
    written_at: datetime | None
    remarks: str
    hash: str
    holds: bool
    answers: list[Answer]
    may_answer: bool
    mine: str


def protocol(session: Session, username: str, meeting_id: str) -> Protocol:
    """Raises IntetUdvalgsmoede."""
    held = committee.find(session, username, meeting_id)
    row = minutes.of(session, held)
    told = row.content if row else minutes.content(session, held)
    names = dict(session.execute(select(User.username, User.name)).all())
    standing = minutes.standing(session, row) if row else {}
    mine = standing.get(username)
    return Protocol(
        meeting_id=held.id,
        held_at=held.held_at,
        place=held.place or "",
        present=[names.get(name, name) for name in told["present"]],
        absent=[names.get(name, name) for name in told["absent"]],
        stand_ins=[
            (names.get(deputy, deputy), names.get(member, member))
            for deputy, member in told["stand_ins"].items()
        ],
        items=[
            _item(session, item, place, username, names)
            for place, item in enumerate(told["items"], 1)
        ],
        leads=committee.leads(session, username),
        written=row is not None,
        written_by=names.get(row.written_by, row.written_by) if row else "",
        written_at=row.written_at if row else None,
        remarks=(row.remarks or "") if row else "",
        hash=row.hash if row else "",
        holds=row is not None and minutes.holds(session, row),
        answers=[_answer(name, names, standing) for name in told["present"]] if row else [],
        may_answer=row is not None and username in told["present"],
        mine=mine.answer if mine else "",
    )


def _item(session: Session, item: dict, place: int, username: str, names: dict[str, str]) -> Item:
    row = session.get_one(AgendaItem, item["item"])
    case = session.get_one(Case, session.get_one(Application, row.application_id).case_id)
    hidden = username in item["disqualified"]
    closed = not hidden and access.GRANTS not in access.parts(session, username, case)
    if hidden or closed:
        return Item("", place, "", item["ratifies"], hidden, closed, [], "", [])
    return Item(
        case_id=case.id,
        place=place,
        title=item["title"] or "",
        ratifies=item["ratifies"],
        hidden=False,
        closed=False,
        disqualified=[(names.get(name, name), why) for name, why in item["disqualified"].items()],
        postponed_because=item["postponed_because"] or "",
        decisions=[_decision(one, names) for one in item["ballots"]],
    )


def _decision(ballot: dict, names: dict[str, str]) -> Decision:
    return Decision(
        result=labels.of(RESULTS, ballot["result"]),
        amount=None if ballot["oere"] is None else Decimal(ballot["oere"]) / 100,
        conditions=ballot["conditions"] or "",
        reason=ballot["reason"] or "",
        outcome=labels.of(OUTCOMES, ballot["outcome"]) if ballot["outcome"] else "",
        votes=[
            (names.get(member, member), VOTES[vote], dissent or "")
            for member, (vote, dissent) in ballot["votes"].items()
        ],
        hash=ballot["hash"] or "",
    )


def _answer(name: str, names: dict[str, str], standing: dict) -> Answer:
    said = standing.get(name)
    return Answer(
        name=names.get(name, name),
        answer=said.answer if said else "",
        text=(said.text or "") if said else "",
        at=said.at if said else None,
    )
