"""The visitation committee: its meetings, when the papers close, who may take part in an item."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import orjson
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import cases, deadlines, escalation, hearings, opinions, organisation
from engine.domain.cases import Case
from engine.domain.escalation import ON_AGENDA, Application
from engine.domain.facts import fact
from engine.domain.organisation import Role, User
from engine.errors import Refused
from engine.store import Base, Json, append_only, new_id

MEMBER = "udvalg_medlem"


class PapirfristEfterMoede(Refused):
    """Papirerne skal lukke før mødet. Ret papirfristen eller mødedatoen."""


class MoedeErHoldt(Refused):
    """Mødet ligger i fortiden. Vælg et møde, der ikke er holdt endnu."""


class PapirerneErLukket(Refused):
    """Papirfristen er allerede gået for mødet. Sæt punktet på det næste møde."""


class IngenHabileMedlemmer(Refused):
    """Der er ingen habile medlemmer tilbage i dette punkt. Indkald en stedfortræder."""


class IkkeBeslutningsdygtigt(Refused):
    """Der er {antal} habile medlemmer til stede, og udvalget skal være mindst {mindst} for at afgøre noget. Indkald stedfortrædere, eller udskyd punktet."""


class StemmerIkke(Refused):
    """{hvem} kan ikke stemme i dette punkt: kun de medlemmer og stedfortrædere, der er til stede og habile, stemmer, og kun én gang."""


class IntetFlertal(Refused):
    """Der er {for_} stemmer for og {imod} imod, så der er ikke flertal for det resultat, du registrerer."""


class CommitteeMeeting(Base):
    """One meeting of the committee, known by the moment it is held."""

    __tablename__ = "committee_meetings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    held_at: Mapped[datetime] = mapped_column(unique=True)
    papers_close: Mapped[datetime]
    members: Mapped[list] = mapped_column(Json, default=list)
    deputies: Mapped[list] = mapped_column(Json, default=list)


class AgendaItem(Base):
    """One application on one agenda; a postponed one is an item again on a later."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("committee_meetings.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    disqualified: Mapped[list] = mapped_column(Json, default=list)
    added_at: Mapped[datetime]
    result: Mapped[str | None] = mapped_column(String(30))
    present: Mapped[list | None] = mapped_column(Json)
    votes_hash: Mapped[str | None] = mapped_column(String(64))


class Vote(Base):
    """One member's vote on one item. Written once."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("item_id", "member"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_items.id"), index=True)
    member: Mapped[str] = mapped_column(ForeignKey("users.username"))
    vote: Mapped[str] = mapped_column(String(20))
    cast_at: Mapped[datetime]


append_only(Vote.__table__)


def meeting(
    session: Session,
    held_at: datetime,
    papers_close: datetime,
    members: list[str],
    deputies: list[str],
) -> CommitteeMeeting:
    """The meeting of that moment, called if it is not yet.

    Raises MoedeErHoldt, PapirfristEfterMoede, PapirerneErLukket.
    """
    if held_at <= clock.now():
        raise MoedeErHoldt
    if papers_close >= held_at:
        raise PapirfristEfterMoede
    if papers_close <= clock.now():
        raise PapirerneErLukket
    found = session.scalar(select(CommitteeMeeting).where(CommitteeMeeting.held_at == held_at))
    if found is None:
        found = CommitteeMeeting(held_at=held_at, papers_close=papers_close)
        session.add(found)
    found.papers_close = papers_close
    found.members = sorted({*(found.members or []), *members})
    found.deputies = sorted({*(found.deputies or []), *deputies})
    session.flush()
    return found


def put_on(
    session: Session,
    held: CommitteeMeeting,
    row: Application,
    title: str,
    disqualified: list[str],
) -> AgendaItem:
    """Give the application the next number on the agenda. Raises IngenHabileMedlemmer."""
    if not (set(held.members) | set(held.deputies)) - set(disqualified):
        raise IngenHabileMedlemmer
    item = AgendaItem(
        meeting_id=held.id,
        application_id=row.id,
        number=len(agenda(session, held)) + 1,
        title=title,
        disqualified=disqualified,
        added_at=clock.now(),
    )
    session.add(item)
    row.state = ON_AGENDA
    _let_in(session, held, row, set(disqualified))
    session.flush()
    return item


def _let_in(
    session: Session, held: CommitteeMeeting, row: Application, disqualified: set[str]
) -> None:
    """Those who are to decide may read the case until the day after the meeting (C8)."""
    case = session.get_one(Case, row.case_id)
    until = clock.local(held.held_at).date() + timedelta(days=2)
    for member in sorted((set(held.members) | set(held.deputies)) - disqualified):
        cases.involve_user(session, case, member, "punkt på udvalgets dagsorden", until)


def vote(
    session: Session, item: AgendaItem, present: list[str] | None, votes: list[dict] | None
) -> None:
    """The committee decides: able to, by those who may, with a majority where it was voted on.

    The votes are written once and sealed with the item; no vote at all is agreement. Raises
    IkkeBeslutningsdygtigt, StemmerIkke, IntetFlertal.
    """
    held = session.get_one(CommitteeMeeting, item.meeting_id)
    seats = set(held.members) | set(held.deputies)
    able = (set(present) if present else seats) & seats - set(item.disqualified)
    quorum = len(held.members) // 2 + 1
    if len(able) < quorum:
        raise IkkeBeslutningsdygtigt(antal=len(able), mindst=quorum)
    item.present = sorted(able)
    cast: dict[str, str] = {}
    for row in votes or []:
        if row["medlem"] not in able or row["medlem"] in cast:
            raise StemmerIkke(hvem=row["medlem"])
        cast[row["medlem"]] = row["stemme"]
    ayes, noes = (sum(v == way for v in cast.values()) for way in ("for", "imod"))
    if cast and ayes <= noes:
        raise IntetFlertal(for_=ayes, imod=noes)
    for member, said in sorted(cast.items()):
        session.add(Vote(item_id=item.id, member=member, vote=said, cast_at=clock.now()))
    item.votes_hash = seal(item, cast)
    session.flush()


def seal(item: AgendaItem, cast: dict[str, str]) -> str:
    """The hash of who was there and what they voted: the minutes hold it."""
    told = {"item": item.id, "present": item.present, "votes": cast}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def votes_of(session: Session, item: AgendaItem) -> dict[str, str]:
    """Who voted what."""
    query = select(Vote).where(Vote.item_id == item.id).order_by(Vote.member)
    return {row.member: row.vote for row in session.scalars(query)}


def agenda(session: Session, held: CommitteeMeeting) -> list[AgendaItem]:
    query = select(AgendaItem).where(AgendaItem.meeting_id == held.id)
    return list(session.scalars(query.order_by(AgendaItem.number)))


def item_of(session: Session, row: Application) -> AgendaItem | None:
    """The application's place on its latest agenda."""
    query = select(AgendaItem).where(AgendaItem.application_id == row.id)
    return session.scalar(query.order_by(AgendaItem.added_at.desc(), AgendaItem.id).limit(1))


def meeting_of(session: Session, row: Application) -> CommitteeMeeting | None:
    item = item_of(session, row)
    return item and session.get(CommitteeMeeting, item.meeting_id)


def members(session: Session) -> list[User]:
    """Everybody who may sit in the committee today."""
    query = (
        select(User)
        .join(Role, Role.username == User.username)
        .where(Role.role == MEMBER, organisation.in_force(Role, clock.today()), User.active)
    )
    return list(session.scalars(query.order_by(User.name)))


@fact("indstillinger")
def _by_id(session: Session, case: Case) -> dict[str, dict]:
    """Each application by its id: what its diagram asks, also when several run side by side."""
    return {row.id: _facts(session, case, row) for row in escalation.of_case(session, case)}


def _facts(session: Session, case: Case, row: Application) -> dict:
    held = meeting_of(session, row)
    lapse = deadlines.open_deadlines(session, case, "KP-11", row.id)
    return {
        "papirfrist": held and held.papers_close,
        "moede": held and held.held_at,
        "mangler_udtalelse": opinions.missing(session, row),
        "udtalelser": {o.unit: o.advice for o in opinions.all_of(session, row)},
        "love": row.laws,
        "kompetent_enhed": row.deciding_units,
        "reservation_bortfalder": lapse[-1].due_at if lapse else None,
        "hoert": not hearings.pending(session, case, row.id),
        "tilstand": row.state,
    }


@fact("valg_udvalg")
def _members(session: Session, case: Case) -> list[dict]:
    return [{"value": user.username, "label": user.name} for user in members(session)]
