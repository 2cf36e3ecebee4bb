"""The visitation committee: who sits in it, when it meets, and who is there.

What the committee treats at a meeting is `agenda`, how it decides is `ballots`, and what it wrote
down is `minutes`. How many must be there and what a majority is are the municipality's own
decision tables `beslutningsdygtighed` and `udvalgets_flertal`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, tables
from engine.domain import organisation
from engine.domain.cases import Case, NoSuchCase
from engine.domain.facts import fact
from engine.domain.organisation import Role, User
from engine.errors import Refused
from engine.store import Base, Json, new_id

MEMBER, CHAIR, SECRETARY = "udvalg_medlem", "udvalg_formand", "udvalg_sekretaer"
PLANNED, CANCELLED = "planlagt", "aflyst"


class PapirfristEfterMoede(Refused):
    """Papirerne skal lukke før mødet. Ret papirfristen eller mødedatoen."""


class MoedeErHoldt(Refused):
    """Mødet ligger i fortiden. Vælg et møde, der ikke er holdt endnu."""


class MoedeFindes(Refused):
    """Der er allerede et møde på det tidspunkt. Åbn det i mødekalenderen, eller vælg et andet tidspunkt."""


class PapirerneErLukket(Refused):
    """Papirfristen er allerede gået for mødet. Sæt punktet på det næste møde."""


class AndenPapirfrist(Refused):
    """Mødet er planlagt, og papirerne lukker {frist}. Brug den papirfrist, eller flyt mødet i mødekalenderen."""


class IngenMedlemmer(Refused):
    """Et møde har mindst ét medlem. Vælg, hvem der deltager."""


class IkkeIUdvalget(Refused):
    """{hvem} sidder ikke i visitationsudvalget. Vælg blandt udvalgets medlemmer, eller bed administratoren om at give rollen."""


class IntetUdvalgsmoede(NoSuchCase):
    """Siden er flyttet eller findes ikke, eller du har ikke adgang til den. Søg efter sagen, eller spørg sagens koordinator."""


class KunSekretaerOgFormand(Refused):
    """Det gør udvalgets sekretær eller formand. Bed en af dem om det."""


class IntetNaesteMoede(Refused):
    """Der er ikke planlagt et senere møde, der kan tage imod punkterne. Planlæg det næste møde, og aflys så dette."""


class MoedetErBegyndt(Refused):
    """Mødet er begyndt og kan ikke flyttes eller aflyses. Udskyd de punkter, der ikke bliver behandlet."""


class StedfortraederPasserIkke(Refused):
    """{hvem} kan ikke træde ind: en stedfortræder står på mødets liste og træder ind for ét medlem."""


_NOT_CANCELLED = text(f"state <> '{CANCELLED}'")


class CommitteeMeeting(Base):
    """One meeting of the committee. Two are never held at the same moment."""

    __tablename__ = "committee_meetings"
    __table_args__ = (
        Index(
            "ix_committee_meetings_held_at",
            "held_at",
            unique=True,
            sqlite_where=_NOT_CANCELLED,
            postgresql_where=_NOT_CANCELLED,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    held_at: Mapped[datetime]
    papers_close: Mapped[datetime]
    place: Mapped[str | None] = mapped_column(String(160))
    members: Mapped[list] = mapped_column(Json, default=list)
    deputies: Mapped[list] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(20), default=PLANNED)
    #: Who put it in the calendar; nobody where an application was the first to name it.
    planned_by: Mapped[str | None] = mapped_column(String(60))
    planned_at: Mapped[datetime | None]
    #: Who is in the room, members and deputies; None until somebody has noted it.
    present: Mapped[list | None] = mapped_column(Json)
    #: Deputy -> the member in whose seat they sit.
    stand_ins: Mapped[dict] = mapped_column(Json, default=dict)
    #: The first day on which those who were there may no longer read what the minutes say.
    closes_on: Mapped[date | None] = mapped_column(Date)
    moved_from: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    changed_because: Mapped[str | None] = mapped_column(Text)

    @property
    def cancelled(self) -> bool:
        return self.state == CANCELLED

    @property
    def begun(self) -> bool:
        """Whether somebody has come, or the hour has."""
        return self.present is not None or self.held_at <= clock.now()

    @property
    def seats(self) -> list[str]:
        """Everybody who may come to sit at the table, members first."""
        return [*self.members, *self.deputies]


def plan(
    session: Session,
    held_at: datetime,
    papers_close: datetime,
    members: list[str],
    deputies: list[str],
    by: str,
    place: str | None = None,
) -> CommitteeMeeting:
    """Put a meeting in the calendar.

    Raises MoedeErHoldt, PapirfristEfterMoede, PapirerneErLukket, MoedeFindes, IngenMedlemmer,
    IkkeIUdvalget.
    """
    _check_moments(held_at, papers_close)
    if not members:
        raise IngenMedlemmer
    _check_seats(session, [*members, *deputies])
    if _at(session, held_at) is not None:
        raise MoedeFindes
    row = CommitteeMeeting(
        held_at=held_at,
        papers_close=papers_close,
        members=sorted(set(members)),
        deputies=sorted(set(deputies) - set(members)),
        place=place or None,
        planned_by=by,
        planned_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def meeting(
    session: Session,
    held_at: datetime,
    papers_close: datetime,
    members: list[str],
    deputies: list[str],
) -> CommitteeMeeting:
    """The meeting that an application names; one that is not in the calendar is called with it.

    Raises MoedeErHoldt, PapirfristEfterMoede, PapirerneErLukket, AndenPapirfrist.
    """
    _check_moments(held_at, papers_close)
    found = _at(session, held_at)
    if found is None:
        found = CommitteeMeeting(held_at=held_at, papers_close=papers_close)
        session.add(found)
    elif found.planned_by is not None and found.papers_close != papers_close:
        raise AndenPapirfrist(frist=f"{clock.local(found.papers_close):%d.%m.%Y kl. %H.%M}")
    found.papers_close = papers_close
    found.members = sorted({*(found.members or []), *members})
    found.deputies = sorted({*(found.deputies or []), *deputies} - {*found.members})
    session.flush()
    return found


def move(
    session: Session,
    held: CommitteeMeeting,
    held_at: datetime,
    papers_close: datetime,
    place: str | None,
    why: str,
) -> None:
    """The meeting is held at another moment. Raises MoedetErBegyndt and what `plan` raises."""
    if held.cancelled or held.begun:
        raise MoedetErBegyndt
    _check_moments(held_at, papers_close, closed_before=held.papers_close <= clock.now())
    if _at(session, held_at) not in (None, held):
        raise MoedeFindes
    if held_at != held.held_at:
        held.moved_from = held.held_at
    held.held_at, held.papers_close, held.place = held_at, papers_close, place or None
    held.changed_at, held.changed_because = clock.now(), why.strip() or None


def cancel(session: Session, held: CommitteeMeeting, why: str) -> CommitteeMeeting | None:
    """The meeting is not held; the next one that takes papers, which its items go to.

    Raises MoedetErBegyndt.
    """
    if held.cancelled or held.begun:
        raise MoedetErBegyndt
    held.state = CANCELLED
    held.changed_at, held.changed_because = clock.now(), why.strip() or None
    session.flush()
    return next_open(session, after=held.held_at)


def note_present(held: CommitteeMeeting, present: list[str], stand_ins: dict[str, str]) -> None:
    """Who is in the room, and in whose seat each deputy sits. Raises StedfortraederPasserIkke."""
    for deputy, member in stand_ins.items():
        if deputy not in held.deputies or member not in held.members:
            raise StedfortraederPasserIkke(hvem=deputy)
    if len(set(stand_ins.values())) < len(stand_ins):
        raise StedfortraederPasserIkke(hvem=", ".join(sorted(stand_ins)))
    there = set(present) & set(held.members) | set(stand_ins)
    held.present = [seat for seat in held.seats if seat in there]
    held.stand_ins = dict(sorted(stand_ins.items()))


def quorum(session: Session, held: CommitteeMeeting) -> int:
    """How many must take part in an item for the committee to decide it."""
    asked = {"medlemmer": len(held.members)}
    return int(tables.decide(session, "beslutningsdygtighed", asked).value)


def adopted(session: Session, ayes: int, noes: int, chairs_vote: str | None) -> bool:
    """Whether the votes carry a proposal."""
    asked = {"for_stemmer": ayes, "imod_stemmer": noes, "formandens_stemme": chairs_vote}
    return tables.decide(session, "udvalgets_flertal", asked).value == "vedtaget"


def next_open(session: Session, after: datetime | None = None) -> CommitteeMeeting | None:
    """The next meeting that can still take papers, `after` a moment."""
    query = select(CommitteeMeeting).where(
        CommitteeMeeting.state == PLANNED, CommitteeMeeting.papers_close > clock.now()
    )
    if after is not None:
        query = query.where(CommitteeMeeting.held_at > after)
    rows = session.scalars(query.order_by(CommitteeMeeting.held_at))
    return next((row for row in rows if not row.begun), None)


def next_held(session: Session) -> CommitteeMeeting | None:
    """The next meeting that nobody has sat down to yet."""
    query = select(CommitteeMeeting).where(
        CommitteeMeeting.state == PLANNED, CommitteeMeeting.held_at > clock.now()
    )
    rows = session.scalars(query.order_by(CommitteeMeeting.held_at))
    return next((row for row in rows if not row.begun), None)


def find(session: Session, username: str, meeting_id: str) -> CommitteeMeeting:
    """The meeting as it exists for the user. Raises IntetUdvalgsmoede."""
    found = session.get(CommitteeMeeting, meeting_id)
    if found is None or not (username in found.seats or leads(session, username)):
        raise IntetUdvalgsmoede
    return found


def visible(
    session: Session, username: str, since: datetime | None = None, until: datetime | None = None
) -> list[CommitteeMeeting]:
    """Every meeting that exists for the user, the earliest first; none outside the committee.

    From `since` on and before `until`, where they are given.
    """
    if not sits(session, username):
        return []
    query = select(CommitteeMeeting).order_by(CommitteeMeeting.held_at)
    if since is not None:
        query = query.where(CommitteeMeeting.held_at >= since)
    if until is not None:
        query = query.where(CommitteeMeeting.held_at < until)
    leading = leads(session, username)
    return [row for row in session.scalars(query) if leading or username in row.seats]


def leads(session: Session, username: str) -> bool:
    """Whether the user is the committee's secretary or chair."""
    return bool(_roles(session, username) & {SECRETARY, CHAIR})


def sits(session: Session, username: str) -> bool:
    """Whether the user has anything to do in the committee."""
    return bool(_roles(session, username) & {SECRETARY, CHAIR, MEMBER})


def must_lead(session: Session, username: str) -> None:
    """Raise KunSekretaerOgFormand for others than the secretary and the chair."""
    if not leads(session, username):
        raise KunSekretaerOgFormand


def chairs(session: Session) -> list[str]:
    """User names of those who are chair today."""
    return list(session.scalars(organisation.holders(CHAIR).order_by(Role.username)))


def secretaries(session: Session) -> list[str]:
    """User names of those who are secretary today."""
    return list(session.scalars(organisation.holders(SECRETARY).order_by(Role.username)))


def members(session: Session) -> list[User]:
    """Everybody who may sit in the committee today."""
    query = (
        select(User)
        .join(Role, Role.username == User.username)
        .where(Role.role == MEMBER, organisation.in_force(Role, clock.today()), User.active)
    )
    return list(session.scalars(query.order_by(User.name)))


def _roles(session: Session, username: str) -> set[str]:
    return {role.role for role in organisation.roles_of(session, username)}


def _at(session: Session, held_at: datetime) -> CommitteeMeeting | None:
    query = select(CommitteeMeeting).where(
        CommitteeMeeting.held_at == held_at, CommitteeMeeting.state == PLANNED
    )
    return session.scalar(query)


def _check_moments(held_at: datetime, papers_close: datetime, closed_before: bool = False) -> None:
    """`closed_before`: the papers had closed already, and need not open again."""
    if held_at <= clock.now():
        raise MoedeErHoldt
    if papers_close >= held_at:
        raise PapirfristEfterMoede
    if papers_close <= clock.now() and not closed_before:
        raise PapirerneErLukket


def _check_seats(session: Session, seats: list[str]) -> None:
    able = {user.username for user in members(session)}
    for seat in seats:
        if seat not in able:
            raise IkkeIUdvalget(hvem=seat)


@fact("valg_udvalg")
def _members(session: Session, case: Case) -> list[dict]:
    return [{"value": user.username, "label": user.name} for user in members(session)]
