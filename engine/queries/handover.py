"""The handover pack: what whoever takes over a case reads before the handover meeting (N12).

It holds what stands in the case and nothing new, so that nobody has to write it: who the citizen is
in their own words, who helps, what is promised and by when, and what nobody has answered yet. It
exists for those who see the whole case; whoever is to take over does from the day they are announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, appointment, cases, followup, meetings, notes, plan, screening
from engine.domain.cases import Case
from engine.domain.notes import Note
from engine.domain.organisation import Unit, User
from engine.events import Event
from engine.queries import labels
from engine.queries import meetings as meeting_pages
from engine.queries.case import citizens, consents, duties, efforts, helpers, tasks, underway
from engine.queries.case import plan as plan_lines
from engine.reads import Read

#: What opening the pack is called in the chain of reads, and its receipt in the trail.
READ, RECEIVED = "overdragelse", "handover_received"
#: The note that the former coordinator writes for the next one (F33).
NOTE = "overdragelsesnotat"
NEWEST_NOTES = 5


@dataclass(frozen=True)
class OwnWords:
    """What the citizen has said, where, and when."""

    text: str
    where: str
    on: date


@dataclass(frozen=True)
class Paper:
    title: str
    text: str
    at: datetime
    who: str


@dataclass(frozen=True)
class Promise:
    """Who does what, and by when."""

    who: str
    what: str
    by_when: date | None
    late: bool


@dataclass(frozen=True)
class Held:
    """The follow-up that was held last."""

    on: date
    news: str
    decided: str
    why: str
    next_on: date | None


@dataclass(frozen=True)
class Receipt:
    """Whether whoever takes over has opened the pack, and said that they have it."""

    who: str
    opened_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True)
class Pack:
    case_id: str
    nummer: str
    state: str
    citizens: list[citizens.Citizen]
    coordinator: str
    deputy: str
    incoming: str
    coordinators: int
    since: date | None
    own_words: list[OwnWords]
    half_page: str
    note: Paper | None
    people: list[helpers.Somebody]
    consents: list[consents.Agreed]
    plan: plan_lines.PlanLine | None
    efforts: list[efforts.Bar]
    promises: list[Promise]
    tasks: list[tasks.Task]
    duties: list[duties.Duty]
    underway: list[underway.Matter]
    followup: Held | None
    meetings: list[meeting_pages.Line]
    notes: list[Paper]
    receipt: Receipt | None
    may_receive: bool
    may_call: bool  # somebody is to take over, and no handover meeting is planned

    @property
    def names(self) -> str:
        return " og ".join(citizen.name for citizen in self.citizens)


def pack(session: Session, username: str, nummer: str) -> Pack:
    """Raises NoSuchCase for who does not see the whole case."""
    case = cases.by_number(session, nummer)
    seen = access.parts(session, username, case)
    if access.NOTES not in seen:
        raise cases.NoSuchCase
    names = dict(session.execute(select(User.username, User.name)).all())
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    holding = plan.accepted(session, case) or plan.newest(session, case)
    written = _notes(session, case)
    incoming = appointment.incoming(session, case)
    receipt = _receipt(session, case, incoming, names)
    coming = meeting_pages.lines(session, username, case)
    return Pack(
        case_id=case.id,
        nummer=case.nummer,
        state=labels.of(labels.CASE_STATES, case.tilstand),
        citizens=[citizens.citizen(one, True) for one in citizens.known(session, username, case)],
        coordinator=names.get(case.koordinator, ""),
        deputy=names.get(case.stedfortraeder, ""),
        incoming=names.get(incoming, ""),
        **_continuity(session, case),
        own_words=_own_words(session, case, holding),
        half_page=(holding and holding.content.get("halv_side")) or "",
        note=next((_paper(row, names) for row in written if row.kind == NOTE), None),
        people=helpers.of_case(session, case, names, units),
        consents=consents.of_case(session, username, case, seen, units),
        plan=plan_lines.of_case(session, username, case),
        efforts=[row for row in efforts.of_case(session, case, units) if row.live],
        promises=_promises(session, case, units),
        tasks=tasks.of_case(session, username, case),
        duties=duties.running(session, case),
        underway=underway.of_case(session, case),
        followup=_last(session, case),
        meetings=[row for row in coming if row.state == meetings.PLANNED],
        notes=[_paper(row, names) for row in written if row.kind != NOTE][:NEWEST_NOTES],
        receipt=receipt,
        may_receive=receipt is not None
        and receipt.received_at is None
        and incoming in access.reach(session, username).usernames,
        may_call=incoming is not None and not meetings.planned(session, case, meetings.HANDOVER),
    )


def _continuity(session: Session, case: Case) -> dict:
    """How many have coordinated, and since when: what a change costs the citizen (R3.04)."""
    held = [
        row for row in appointment.history(session, case) if row.role in appointment.COORDINATING
    ]
    return {
        "coordinators": len({row.username for row in held}),
        "since": min((row.valid_from for row in held), default=None),
    }


def _own_words(session: Session, case: Case, holding: plan.Plan | None) -> list[OwnWords]:
    """The newest first."""
    found: list[tuple[str | None, str, datetime]] = []
    if holding is not None:
        at = holding.accepted_at or holding.written_at
        found.append((holding.content.get("borgerens_holdning"), "Planen", at))
        found.append(((holding.answer or {}).get("oensker"), "Ja til planen", at))
    for row in meetings.of_case(session, case):
        kind = labels.of(labels.MEETING_KINDS, row.kind)
        found.append((row.citizens_summary, kind, row.at))
    for row in followup.of_case(session, case):
        found.append((row.citizens_words, "Opfølgning", row.registered_at))
    seen = screening.latest(session, case)
    if seen is not None:
        found.append((seen.citizens_view, "Screeningen", seen.done_at))
    said = [OwnWords(text, where, clock.local(at).date()) for text, where, at in found if text]
    once = {row.text: row for row in reversed(said)}
    return sorted(once.values(), key=lambda row: row.on, reverse=True)


def _notes(session: Session, case: Case) -> list[Note]:
    """Each in its newest version, the newest first."""
    rows = notes.of_case(session, case)
    replaced = {row.replaces for row in rows}
    return [row for row in reversed(rows) if row.id not in replaced]


def _paper(row: Note, names: dict[str, str]) -> Paper:
    return Paper(row.title, row.text, row.written_at, names.get(row.author, "Systemet"))


def _promises(session: Session, case: Case, units: dict[str, str]) -> list[Promise]:
    today = clock.today()
    return [
        Promise(
            units.get(row.who, row.who),
            row.what,
            row.by_when,
            row.by_when is not None and row.by_when < today,
        )
        for row in plan.open_agreements(session, case)
    ]


def _last(session: Session, case: Case) -> Held | None:
    rows = followup.of_case(session, case)
    if not rows:
        return None
    row = rows[-1]
    return Held(
        on=row.held_on,
        news=row.news or "",
        decided=labels.of(labels.FOLLOW_UP_CHANGES, row.change),
        why=row.change_reason or "",
        next_on=row.next_planned,
    )


def _receipt(
    session: Session, case: Case, incoming: str | None, names: dict[str, str]
) -> Receipt | None:
    if incoming is None:
        return None
    opened = select(Read.at).where(
        Read.case_id == case.id, Read.actor == incoming, Read.what.startswith(READ)
    )
    received = select(Event).where(Event.case_id == case.id, Event.kind == RECEIVED)
    said = [row.at for row in session.scalars(received) if row.facts.get("user") == incoming]
    return Receipt(
        who=names.get(incoming, incoming),
        opened_at=session.scalar(opened.order_by(Read.seq).limit(1)),
        received_at=max(said, default=None),
    )
