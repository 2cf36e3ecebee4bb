"""The committee's minutes: written from what was decided, sealed, and approved by those who were there.

The text of the minutes is the agenda, who took part, the proposals and the votes, as they stand in
the ballots. Its hash names theirs, so minutes that no longer match the votes show it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import orjson
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import agenda, ballots, organisation
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import Ballot
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.errors import Refused
from engine.store import Base, Json, append_only, new_id

APPROVED, OBJECTS = "godkendt", "indsigelse"
#: The municipality's own setting: how many days those who were there have to approve the minutes.
APPROVAL, DEFAULT_APPROVAL = "udvalg.godkendelse_dage", 14


class PunkterMangler(Refused):
    """Punkt {punkter} er hverken afgjort eller udskudt. Afgør eller udskyd dem, og skriv så referatet."""


class ReferatetErSkrevet(Refused):
    """Referatet er skrevet og kan ikke skrives om. Bemærkninger skrives som indsigelser og følger med."""


class ReferatetErIkkeSkrevet(Refused):
    """Referatet er ikke skrevet endnu. Sekretæren skriver det, når alle punkter er behandlet."""


class IkkeMed(Refused):
    """Kun de medlemmer og stedfortrædere, der var med til mødet, godkender referatet."""


class IndsigelseUdenTekst(Refused):
    """Skriv, hvad der er forkert i referatet."""


class Minutes(Base):
    """The minutes of one meeting. Written once."""

    __tablename__ = "committee_minutes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("committee_meetings.id"), unique=True)
    content: Mapped[dict] = mapped_column(Json)
    remarks: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime]


class MinutesAnswer(Base):
    """One member approves the minutes, or objects."""

    __tablename__ = "committee_minutes_answers"
    __table_args__ = (UniqueConstraint("minutes_id", "member", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    minutes_id: Mapped[str] = mapped_column(ForeignKey("committee_minutes.id"), index=True)
    member: Mapped[str] = mapped_column(ForeignKey("users.username"))
    number: Mapped[int]
    answer: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


append_only(Minutes.__table__)
append_only(MinutesAnswer.__table__)


def write(session: Session, held: CommitteeMeeting, by: str, remarks: str = "") -> Minutes:
    """Put down what the meeting decided. Raises ReferatetErSkrevet, PunkterMangler."""
    if of(session, held) is not None:
        raise ReferatetErSkrevet
    items = agenda.of(session, held)
    open_ = [
        str(place)
        for place, item in enumerate(items, 1)
        if not (item.postponed_because or item.result or ballots.decided(session, item))
    ]
    if open_:
        raise PunkterMangler(punkter=", ".join(open_))
    told = content(session, held)
    row = Minutes(
        meeting_id=held.id,
        content=told,
        remarks=remarks.strip() or None,
        hash=digest(told, remarks.strip() or None),
        written_by=by,
        written_at=clock.now(),
    )
    session.add(row)
    days = organisation.setting(session, APPROVAL, DEFAULT_APPROVAL)
    held.closes_on = clock.today() + timedelta(days=days + 1)
    session.flush()
    for item in items:
        application = session.get_one(Application, item.application_id)
        agenda.let_in(session, session.get_one(Case, application.case_id))
    return row


def answer(session: Session, row: Minutes, member: str, said: str, text: str = "") -> MinutesAnswer:
    """The member approves, or objects with a text; the last answer counts.

    Raises IkkeMed, IndsigelseUdenTekst.
    """
    if member not in row.content["present"] or said not in (APPROVED, OBJECTS):
        raise IkkeMed
    if said == OBJECTS and not text.strip():
        raise IndsigelseUdenTekst
    before = [a for a in answers(session, row) if a.member == member]
    found = MinutesAnswer(
        minutes_id=row.id,
        member=member,
        number=len(before) + 1,
        answer=said,
        text=text.strip() or None,
        at=clock.now(),
    )
    session.add(found)
    session.flush()
    return found


def content(session: Session, held: CommitteeMeeting) -> dict:
    """What the minutes say, from the rows as they stand; user names, and no name of a citizen."""
    ran = [(item, ballots.of(session, item)) for item in agenda.of(session, held)]
    there = held.present
    if there is None:
        # Nobody noted who came: those who took part in what was decided.
        there = sorted({name for _item, rows in ran for ballot in rows for name in ballot.able})
    return {
        "meeting": held.id,
        "held_at": held.held_at.isoformat(),
        "present": list(there),
        "absent": [member for member in held.members if member not in there],
        "stand_ins": dict(held.stand_ins or {}),
        "items": [_item(session, item, rows) for item, rows in ran],
    }


def digest(told: dict, remarks: str | None) -> str:
    """The hash of the minutes."""
    whole = {"content": told, "remarks": remarks}
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()


def holds(session: Session, row: Minutes) -> bool:
    """Whether the minutes still say what the ballots do, and every ballot is as it was sealed."""
    held = session.get_one(CommitteeMeeting, row.meeting_id)
    items = agenda.of(session, held)
    sealed = [ballot for item in items for ballot in ballots.of(session, item)]
    return digest(content(session, held), row.remarks) == row.hash and all(
        ballot.hash == ballots.seal(session, ballot) for ballot in sealed
    )


def of(session: Session, held: CommitteeMeeting) -> Minutes | None:
    return session.scalar(select(Minutes).where(Minutes.meeting_id == held.id))


def answers(session: Session, row: Minutes) -> list[MinutesAnswer]:
    query = select(MinutesAnswer).where(MinutesAnswer.minutes_id == row.id)
    return list(session.scalars(query.order_by(MinutesAnswer.at, MinutesAnswer.number)))


def standing(session: Session, row: Minutes) -> dict[str, MinutesAnswer]:
    """Each member's answer that counts."""
    return {found.member: found for found in answers(session, row)}


def _item(session: Session, item: AgendaItem, rows: list[Ballot]) -> dict:
    return {
        "item": item.id,
        "number": item.number,
        "title": item.title,
        "ratifies": item.ratifies,
        "disqualified": dict(item.disqualified),
        "postponed_because": item.postponed_because,
        "ballots": [_ballot(session, ballot) for ballot in rows],
    }


def _ballot(session: Session, ballot: Ballot) -> dict:
    votes = ballots.votes_of(session, ballot)
    return {
        "result": ballot.result,
        "oere": ballots.oere(ballot.amount),
        "conditions": ballot.conditions,
        "reason": ballot.reason,
        "able": ballot.able,
        "outcome": ballot.outcome,
        "votes": {member: [row.vote, row.dissent] for member, row in votes.items()},
        "hash": ballot.hash,
    }
