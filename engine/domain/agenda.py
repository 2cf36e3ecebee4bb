"""The committee's agenda: applications and urgent grants at a meeting, and who takes part in each.

An application whose papers come too late is an item of the next meeting. A grant that the chair
gave because it could not wait comes first on the next agenda, until the committee has taken it up.
Impartiality: forvaltningsloven § 3; whoever is disqualified leaves the item, and the case with it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import cases, committee, deadlines, escalation, hearings, opinions
from engine.domain.cases import Case, Involvement
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import DECIDED, ON_AGENDA, Application
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, Json, new_id

#: What an item's result is where the committee only takes a view on what the chair granted.
RATIFIED, NOT_RATIFIED = "godkendt", "ikke_godkendt"
POSTPONED = "udskudt"
#: Why somebody is disqualified whom the agenda says it of without a reason.
NOTED = "Noteret på dagsordenen"


class IngenHabileMedlemmer(Refused):
    """Der er ingen habile medlemmer tilbage i dette punkt. Indkald en stedfortræder."""


class IkkeTilStede(Refused):
    """{hvem} sidder ikke med ved mødet, så der er ingen inhabilitet at notere."""


class GrundMangler(Refused):
    """Skriv grunden, så den kan stå i referatet."""


class PunktetErAfgjort(Refused):
    """Punktet er afgjort. Beslutningen står i referatet og kan kun ændres af udvalget på et nyt møde."""


class AgendaItem(Base):
    """One application on one agenda; a postponed one is an item again on a later."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("committee_meetings.id"), index=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    number: Mapped[int]
    #: Without a name in it; none where nobody gave the item one.
    title: Mapped[str | None] = mapped_column(String(200))
    #: A grant that the chair gave already, for the committee to take a view on.
    ratifies: Mapped[bool] = mapped_column(default=False)
    #: User name -> why.
    disqualified: Mapped[dict] = mapped_column(Json, default=dict)
    added_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    postponed_because: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(String(30))


def put_on(
    session: Session,
    held: CommitteeMeeting,
    row: Application,
    title: str | None,
    disqualified: list[str],
) -> AgendaItem:
    """Give the application the next number on the agenda. Raises IngenHabileMedlemmer."""
    if not set(held.seats) - set(disqualified):
        raise IngenHabileMedlemmer
    # Where the meeting was called by this application, what waits to be ratified comes first.
    take_in_urgent(session, held)
    item = _add(session, held, row, title=title or None)
    item.disqualified = {name: NOTED for name in sorted(disqualified)}
    row.state = ON_AGENDA
    let_in(session, session.get_one(Case, row.case_id))
    return item


def take_in_urgent(session: Session, held: CommitteeMeeting) -> list[AgendaItem]:
    """Put every urgent grant that no agenda has yet at the front of this one."""
    if held.begun:
        return []
    query = select(Application).where(Application.ratify, Application.state == DECIDED)
    waiting = [
        row
        for row in session.scalars(query.order_by(Application.written_at, Application.id))
        if not _ahead(session, row)
    ]
    found = []
    for row in waiting:
        item = _add(session, held, row, ratifies=True)
        item.ready_at = clock.now()
        found.append(item)
        let_in(session, session.get_one(Case, row.case_id))
    return found


def carry_over(session: Session, item: AgendaItem, to: CommitteeMeeting) -> None:
    """The item is treated at another meeting, and keeps what was prepared for it."""
    item.meeting_id, item.number = to.id, _next_number(session, to)
    session.flush()
    let_in(
        session, session.get_one(Case, session.get_one(Application, item.application_id).case_id)
    )


def disqualify(
    session: Session, held: CommitteeMeeting, item: AgendaItem, member: str, why: str
) -> None:
    """The member leaves the item, out of quorum and vote. Raises IkkeTilStede, GrundMangler."""
    if member not in held.seats:
        raise IkkeTilStede(hvem=member)
    if not why.strip():
        raise GrundMangler
    item.disqualified = {**item.disqualified, member: why.strip()}
    let_in(
        session, session.get_one(Case, session.get_one(Application, item.application_id).case_id)
    )


def taking_part(held: CommitteeMeeting, item: AgendaItem) -> list[str]:
    """Who decides the item: those who are there and impartial, a deputy only in an empty seat."""
    there = set(held.present or []) - set(item.disqualified)
    empty = {member for member in held.members if member not in there}
    stepping_in = {deputy for deputy, member in held.stand_ins.items() if member in empty}
    return [seat for seat in held.seats if seat in there & {*held.members, *stepping_in}]


def let_in(session: Session, case: Case) -> None:
    """Those who are to decide may read the case until the day after the meeting (C8).

    So may the secretary, and both while the minutes wait to be approved. Who is disqualified in an
    item of the case may not.
    """
    wanted = _readers(session, case)
    query = select(Involvement).where(
        Involvement.case_id == case.id, Involvement.why == cases.ON_THE_AGENDA
    )
    for row in session.scalars(query.order_by(Involvement.valid_from, Involvement.id)):
        until = wanted.pop(row.username, None)
        if until is not None:
            row.valid_to = until
        elif row.valid_to is None or row.valid_to > clock.today():
            row.valid_to = clock.today()
    for username, until in sorted(wanted.items()):
        cases.involve_user(session, case, username, cases.ON_THE_AGENDA, until)
    session.flush()


def _readers(session: Session, case: Case) -> dict[str, date]:
    """User name -> the first day without the case again."""
    query = (
        select(AgendaItem, CommitteeMeeting)
        .join(CommitteeMeeting, CommitteeMeeting.id == AgendaItem.meeting_id)
        .join(Application, Application.id == AgendaItem.application_id)
        .where(Application.case_id == case.id, CommitteeMeeting.state == committee.PLANNED)
    )
    found: dict[str, date] = {}
    away: set[str] = set()
    for item, held in session.execute(query):
        until = clock.local(held.held_at).date() + timedelta(days=2)
        until = max(until, held.closes_on or until)
        if until <= clock.today():
            continue
        away |= set(item.disqualified)
        for username in (*held.seats, *committee.secretaries(session)):
            found[username] = max(until, found.get(username, until))
    return {username: until for username, until in found.items() if username not in away}


def of(session: Session, held: CommitteeMeeting) -> list[AgendaItem]:
    """The items in the order in which they are taken."""
    query = select(AgendaItem).where(AgendaItem.meeting_id == held.id)
    return list(session.scalars(query.order_by(AgendaItem.ratifies.desc(), AgendaItem.number)))


def item_of(session: Session, row: Application) -> AgendaItem | None:
    """The application's place on its latest agenda."""
    query = select(AgendaItem).where(AgendaItem.application_id == row.id)
    return session.scalar(query.order_by(AgendaItem.added_at.desc(), AgendaItem.id).limit(1))


def meeting_of(session: Session, row: Application) -> CommitteeMeeting | None:
    item = item_of(session, row)
    return item and session.get(CommitteeMeeting, item.meeting_id)


def _ahead(session: Session, row: Application) -> bool:
    """Whether an urgent grant stands on an agenda that has not been treated."""
    query = (
        select(AgendaItem.id)
        .join(CommitteeMeeting, CommitteeMeeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.application_id == row.id,
            AgendaItem.ratifies,
            AgendaItem.postponed_because.is_(None),
            CommitteeMeeting.state == committee.PLANNED,
            CommitteeMeeting.held_at > clock.now() - timedelta(days=1),
        )
    )
    return session.scalar(query.limit(1)) is not None


def _add(session: Session, held: CommitteeMeeting, row: Application, **facts) -> AgendaItem:
    item = AgendaItem(
        meeting_id=held.id,
        application_id=row.id,
        number=_next_number(session, held),
        disqualified={},
        added_at=clock.now(),
        **facts,
    )
    session.add(item)
    session.flush()
    return item


def _next_number(session: Session, held: CommitteeMeeting) -> int:
    return max((item.number for item in of(session, held)), default=0) + 1


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
