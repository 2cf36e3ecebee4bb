"""How the committee decides an item: a proposal, each member's own vote, and a seal on both.

A ballot is open until it is closed; then neither it nor a vote can be changed, by the database's
own triggers. A member who changes their mind casts once more while it is open, and the last vote
counts. An item may be voted on again when the first proposal falls.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal

import orjson
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import agenda, committee, grants, hearings
from engine.domain.agenda import AgendaItem, GrundMangler, PunktetErAfgjort
from engine.domain.budget import Kroner, kr
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.errors import Refused
from engine.store import Base, Json, append_only, guarded, new_id

FOR, AGAINST, ABSTAINS = "for", "imod", "undlader"
#: What became of a proposal. One lapses when those who vote are others than when it was opened.
ADOPTED, FALLEN, LAPSED = "vedtaget", "forkastet", "bortfaldet"


class IkkeBeslutningsdygtigt(Refused):
    """Der er {antal} habile medlemmer til stede, og udvalget skal være mindst {mindst} for at afgøre noget. Indkald stedfortrædere, eller udskyd punktet."""


class StemmerIkke(Refused):
    """{hvem} kan ikke stemme i dette punkt: kun de medlemmer og stedfortrædere, der er til stede og habile, stemmer, og kun én gang."""


class IntetFlertal(Refused):
    """Der er {for_} stemmer for og {imod} imod, så der er ikke flertal for det resultat, du registrerer."""


class MoedetErIkkeBegyndt(Refused):
    """Der kan først stemmes på mødedagen, når det er noteret, hvem der er til stede."""


class PapirerneErIkkeKlar(Refused):
    """Papirerne til punktet er ikke gjort klar, så der kan ikke stemmes endnu. Sekretæren har opgaven i indbakken."""


class AfstemningErAaben(Refused):
    """Der er en åben afstemning ved mødet. Luk den først."""


class AfstemningenErLukket(Refused):
    """Afstemningen er lukket, og stemmerne kan ikke ændres."""


class IngenHarStemt(Refused):
    """Ingen har stemt endnu. Vent på medlemmerne, eller udskyd punktet."""


class IngenSaadanAfstemning(Refused):
    """Afstemningen findes ikke. Åbn punktet igen."""


class ForslagPasserIkke(Refused):
    """Vælg, hvad der stemmes om, og skriv begrundelsen. Et delvist forslag skal have et beløb under det ansøgte."""


class AndreStemmer(Refused):
    """Medlemmerne har stemt i mødet, og det, du registrerer, er noget andet. Afstemningen kan ikke ændres; lad felterne stå, som de er udfyldt."""


class AndetResultat(Refused):
    """Udvalget har vedtaget noget andet ({vedtaget}). Registrér det, der er vedtaget."""


class ForslagetFaldt(Refused):
    """Forslaget blev ikke vedtaget. Stem om et nyt forslag, eller udskyd punktet."""


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


def put(
    session: Session,
    item: AgendaItem,
    by: str,
    *,
    result: str,
    reason: str,
    amount: Decimal | None = None,
    conditions: str | None = None,
) -> Ballot:
    """Open the vote on a proposal.

    Raises MoedetErIkkeBegyndt, PunktetErAfgjort, PapirerneErIkkeKlar, AfstemningErAaben,
    IkkeBeslutningsdygtigt, hearings.PartshoeringMangler, ForslagPasserIkke.
    """
    held = session.get_one(CommitteeMeeting, item.meeting_id)
    row = session.get_one(Application, item.application_id)
    if held.present is None or clock.local(held.held_at).date() > clock.today():
        raise MoedetErIkkeBegyndt
    if decided(session, item):
        raise PunktetErAfgjort
    if item.ready_at is None:
        raise PapirerneErIkkeKlar
    if open_at(session, held) is not None:
        raise AfstemningErAaben
    able = agenda.taking_part(held, item)
    must_be_able(session, held, able)
    _check_proposal(item, row, result, amount, reason)
    if result in grants.DECISIONS and hearings.pending(
        session, session.get_one(Case, row.case_id), row.id
    ):
        raise hearings.PartshoeringMangler
    return _begin(
        session,
        item,
        by,
        able,
        result=result,
        reason=reason.strip(),
        amount=row.amount if result == grants.GRANTED else amount,
        conditions=(conditions or "").strip() or None,
    )


def cast(session: Session, ballot: Ballot, member: str, vote: str, dissent: str = "") -> Vote:
    """The member's own vote, in place of an earlier one. Raises AfstemningenErLukket, StemmerIkke."""
    if not ballot.is_open:
        raise AfstemningenErLukket
    if member not in ballot.able or vote not in (FOR, AGAINST, ABSTAINS):
        raise StemmerIkke(hvem=member)
    before = select(Vote).where(Vote.ballot_id == ballot.id, Vote.member == member)
    row = Vote(
        ballot_id=ballot.id,
        member=member,
        number=len(session.scalars(before).all()) + 1,
        vote=vote,
        dissent=dissent.strip() or None,
        cast_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def close(session: Session, ballot: Ballot, by: str) -> str:
    """No more votes: what became of the proposal. Raises AfstemningenErLukket, IngenHarStemt."""
    if not ballot.is_open:
        raise AfstemningenErLukket
    votes = votes_of(session, ballot)
    if not votes:
        raise IngenHarStemt
    ayes, noes = counted(votes)
    chairs = votes.get(ballot.chair or "")
    carried = committee.adopted(session, ayes, noes, chairs and chairs.vote)
    _seal(session, ballot, by, ADOPTED if carried else FALLEN)
    return ballot.outcome


def lapse(session: Session, ballot: Ballot, by: str) -> None:
    """Those who may vote are not the same any more: the proposal has to be put again."""
    _seal(session, ballot, by, LAPSED)


def register(
    session: Session,
    item: AgendaItem,
    by: str,
    *,
    result: str,
    present: list[str] | None,
    votes: list[dict] | None,
    **proposal,
) -> Ballot:
    """What the secretary registers of a meeting: the vote that was taken in it, or one that was not.

    A vote that members cast themselves stands, and what is registered must say the same. Where
    nobody opened a vote, the ballot is written and sealed here; no vote at all is agreement.
    Raises AfstemningErAaben, ForslagetFaldt, AndetResultat, AndreStemmer, IkkeBeslutningsdygtigt,
    StemmerIkke, IntetFlertal.
    """
    last = latest(session, item)
    if last is not None and last.outcome != LAPSED:
        _must_be_the_same(session, last, result, proposal.get("amount"), present, votes)
        return last
    held = session.get_one(CommitteeMeeting, item.meeting_id)
    able = _registered_able(held, item, present)
    must_be_able(session, held, able)
    cast_now: dict[str, str] = {}
    for row in votes or []:
        if row["medlem"] not in able or row["medlem"] in cast_now:
            raise StemmerIkke(hvem=row["medlem"])
        cast_now[row["medlem"]] = row["stemme"]
    ballot = _begin(session, item, by, able, result=result, **proposal)
    for member, vote in sorted(cast_now.items()):
        cast(session, ballot, member, vote)
    ayes, noes = counted(votes_of(session, ballot))
    if cast_now and not committee.adopted(session, ayes, noes, cast_now.get(ballot.chair or "")):
        raise IntetFlertal(for_=ayes, imod=noes)
    _seal(session, ballot, by, ADOPTED)
    return ballot


def may_be_put_off(session: Session, item: AgendaItem, result: str) -> None:
    """Raise unless the item can be postponed or sent back: AfstemningErAaben, AndetResultat."""
    last = latest(session, item)
    if last is not None and last.is_open:
        raise AfstemningErAaben
    carried = decided(session, item)
    if carried is not None and carried.result != result:
        raise AndetResultat(vedtaget=_words(carried))


def postpone(session: Session, item: AgendaItem, why: str) -> None:
    """The item is not decided at this meeting. Raises GrundMangler and what `may_be_put_off` does."""
    may_be_put_off(session, item, grants.POSTPONED)
    if not why.strip():
        raise GrundMangler
    item.postponed_because = why.strip()


def must_agree(session: Session, item: AgendaItem, approved: bool) -> None:
    """What is registered of a chair's grant is what was voted. Raises AfstemningErAaben, AndreStemmer."""
    last = latest(session, item)
    if last is not None and last.is_open:
        raise AfstemningErAaben
    voted = decided(session, item)
    if voted is not None and (voted.outcome == ADOPTED) != approved:
        raise AndreStemmer


def must_be_able(session: Session, held: CommitteeMeeting, able: list[str]) -> None:
    """Raise IkkeBeslutningsdygtigt unless enough take part."""
    needed = committee.quorum(session, held)
    if len(able) < needed:
        raise IkkeBeslutningsdygtigt(antal=len(able), mindst=needed)


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


def _begin(session: Session, item: AgendaItem, by: str, able: list[str], **proposal) -> Ballot:
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


def _seal(session: Session, ballot: Ballot, by: str, outcome: str) -> None:
    ballot.outcome = outcome
    ballot.hash = seal(session, ballot)
    ballot.closed_at, ballot.closed_by = clock.now(), by
    session.flush()


def _registered_able(
    held: CommitteeMeeting, item: AgendaItem, present: list[str] | None
) -> list[str]:
    if not present and held.present is not None:
        return agenda.taking_part(held, item)
    there = set(present or held.seats)
    return [seat for seat in held.seats if seat in there - set(item.disqualified)]


def _must_be_the_same(
    session: Session,
    ballot: Ballot,
    result: str,
    amount: Decimal | None,
    present: list[str] | None,
    votes: list[dict] | None,
) -> None:
    if ballot.is_open:
        raise AfstemningErAaben
    if ballot.outcome == FALLEN:
        raise ForslagetFaldt
    if (result, amount) != (ballot.result, ballot.amount):
        raise AndetResultat(vedtaget=_words(ballot))
    said = {member: row.vote for member, row in votes_of(session, ballot).items()}
    registered = {row["medlem"]: row["stemme"] for row in votes or []}
    if registered and (registered != said or len(votes) != len(registered)):
        raise AndreStemmer
    if present and set(present) != set(ballot.able):
        raise AndreStemmer


def _words(ballot: Ballot) -> str:
    if ballot.amount is None:
        return ballot.result
    return f"{ballot.result}, {kr(ballot.amount)} kr."


def _check_proposal(
    item: AgendaItem, row: Application, result: str, amount: Decimal | None, reason: str
) -> None:
    allowed = (agenda.RATIFIED,) if item.ratifies else (*grants.DECISIONS, grants.OWN_MEANS)
    if result not in allowed or (not reason.strip() and not item.ratifies):
        raise ForslagPasserIkke
    if result == grants.PARTLY and not (amount and 0 < amount < row.amount):
        raise ForslagPasserIkke
