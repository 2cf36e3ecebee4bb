"""A vote on a proposal, who voted what in it, and its seal."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal

import orjson
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import committee
from engine.domain.agenda import AgendaItem
from engine.domain.budget import Kroner, kr
from engine.domain.committee import CommitteeMeeting
from engine.errors import Refused
from engine.store import Base, Json, append_only, guarded, new_id

FOR, AGAINST, ABSTAINS = "for", "imod", "undlader"
#: What became of a proposal. One lapses when those who vote are others than when it was opened.
ADOPTED, FALLEN, LAPSED = "vedtaget", "forkastet", "bortfaldet"


class IngenSaadanAfstemning(Refused):
    """Afstemningen findes ikke. Åbn punktet igen."""


class Ballot(Base):
    """One vote on one proposal for one item."""

    __tablename__ = "ballots"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_items.id"), index=True)
    number: Mapped[int]
    result: Mapped[str] = mapped_column(String(30))
    amount: Mapped[Decimal | None] = mapped_column(Kroner)
    conditions: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    #: Who may vote, and who of them has the chair's vote.
    able: Mapped[list] = mapped_column(Json)
    chair: Mapped[str | None] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(60))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(60))
    outcome: Mapped[str | None] = mapped_column(String(20))
    hash: Mapped[str | None] = mapped_column(String(64))

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Vote(Base):
    """One member's vote in one ballot. Written once; of several the last one counts."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("ballot_id", "member", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    ballot_id: Mapped[str] = mapped_column(ForeignKey("ballots.id"), index=True)
    member: Mapped[str] = mapped_column(ForeignKey("users.username"))
    number: Mapped[int]
    vote: Mapped[str] = mapped_column(String(20))
    dissent: Mapped[str | None] = mapped_column(Text)
    cast_at: Mapped[datetime]


append_only(Vote.__table__)
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the ballot is closed'); END"
_CLOSED = "SELECT 1 FROM ballots WHERE id = NEW.ballot_id AND closed_at IS NOT NULL"
_CLOSED_FUNCTION = (
    "CREATE OR REPLACE FUNCTION ballot_is_closed() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ballot is closed'; END $$"
)
_LATE_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_late_vote() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF EXISTS ({_CLOSED}) THEN RAISE EXCEPTION 'the ballot is closed'; END IF; "
    "RETURN NEW; END $$"
)
guarded(
    Ballot.__table__,
    {
        "sqlite": [
            "CREATE TRIGGER ballots_no_update BEFORE UPDATE ON ballots "
            f"WHEN OLD.closed_at IS NOT NULL {_REFUSE}",
            f"CREATE TRIGGER ballots_no_delete BEFORE DELETE ON ballots {_REFUSE}",
            # INSERT OR REPLACE asks no DELETE trigger of the row whose place it takes.
            "CREATE TRIGGER ballots_no_replace BEFORE INSERT ON ballots "
            "WHEN EXISTS (SELECT 1 FROM ballots WHERE rowid = NEW.rowid OR id = NEW.id "
            f"OR (item_id = NEW.item_id AND number = NEW.number)) {_REFUSE}",
        ],
        "postgresql": [
            _CLOSED_FUNCTION,
            "CREATE TRIGGER ballots_no_update BEFORE UPDATE ON ballots FOR EACH ROW "
            "WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION ballot_is_closed()",
            "CREATE TRIGGER ballots_no_delete BEFORE DELETE OR TRUNCATE ON ballots "
            "FOR EACH STATEMENT EXECUTE FUNCTION ballot_is_closed()",
        ],
    },
)
guarded(
    Vote.__table__,
    {
        "sqlite": [
            "CREATE TRIGGER votes_not_late BEFORE INSERT ON votes "
            f"WHEN EXISTS ({_CLOSED}) {_REFUSE}",
        ],
        "postgresql": [
            _LATE_FUNCTION,
            "CREATE TRIGGER votes_not_late BEFORE INSERT ON votes FOR EACH ROW "
            "EXECUTE FUNCTION refuse_late_vote()",
        ],
    },
)


def begin(session: Session, item: AgendaItem, by: str, able: list[str], **proposal) -> Ballot:
    last = latest(session, item)
    seated = set(committee.chairs(session)) & set(able)
    ballot = Ballot(
        item_id=item.id,
        number=last.number + 1 if last else 1,
        able=sorted(able),
        chair=min(seated, default=None),
        opened_at=clock.now(),
        opened_by=by,
        **proposal,
    )
    session.add(ballot)
    session.flush()
    return ballot


def seal_up(session: Session, ballot: Ballot, by: str, outcome: str) -> None:
    ballot.outcome = outcome
    ballot.hash = seal(session, ballot)
    ballot.closed_at, ballot.closed_by = clock.now(), by
    session.flush()


def find(session: Session, ballot_id: str) -> Ballot:
    """The ballot, its row locked. Raises IngenSaadanAfstemning."""
    found = session.scalar(select(Ballot).where(Ballot.id == ballot_id).with_for_update())
    if found is None:
        raise IngenSaadanAfstemning
    return found


def of(session: Session, item: AgendaItem) -> list[Ballot]:
    """Every vote on the item, the first one first."""
    query = select(Ballot).where(Ballot.item_id == item.id)
    return list(session.scalars(query.order_by(Ballot.number)))


def latest(session: Session, item: AgendaItem) -> Ballot | None:
    query = select(Ballot).where(Ballot.item_id == item.id)
    return session.scalar(query.order_by(Ballot.number.desc()).limit(1))


def decided(session: Session, item: AgendaItem) -> Ballot | None:
    """The ballot that carried the item's proposal, or on a chair's grant the one that took a view."""
    final = (ADOPTED, FALLEN) if item.ratifies else (ADOPTED,)
    return next((row for row in of(session, item) if row.outcome in final), None)


def open_at(session: Session, held: CommitteeMeeting) -> Ballot | None:
    """The vote that is open at the meeting."""
    query = (
        select(Ballot)
        .join(AgendaItem, AgendaItem.id == Ballot.item_id)
        .where(AgendaItem.meeting_id == held.id, Ballot.closed_at.is_(None))
    )
    return session.scalar(query.limit(1))


def votes_of(session: Session, ballot: Ballot) -> dict[str, Vote]:
    """The vote of each member that counts, by user name."""
    query = select(Vote).where(Vote.ballot_id == ballot.id).order_by(Vote.member, Vote.number)
    return {row.member: row for row in session.scalars(query)}


def counted(votes: dict[str, Vote]) -> tuple[int, int]:
    """(for, against)"""
    said = [row.vote for row in votes.values()]
    return said.count(FOR), said.count(AGAINST)


def seal(session: Session, ballot: Ballot) -> str:
    """The hash of what was voted on, by whom and how: the minutes hold it."""
    told = {
        "ballot": ballot.id,
        "item": ballot.item_id,
        "result": ballot.result,
        "oere": oere(ballot.amount),
        "conditions": ballot.conditions,
        "reason": ballot.reason,
        "able": ballot.able,
        "outcome": ballot.outcome,
        "votes": {
            member: [row.vote, row.dissent] for member, row in votes_of(session, ballot).items()
        },
    }
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def oere(amount: Decimal | None) -> int | None:
    """An amount as it is sealed: one text for one amount."""
    return None if amount is None else int(amount * 100)


def words_of(ballot: Ballot) -> str:
    """What the proposal comes to."""
    if ballot.amount is None:
        return ballot.result
    return f"{ballot.result}, {kr(ballot.amount)} kr."
