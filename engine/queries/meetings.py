"""One meeting as its page shows it, and as a calendar file tells of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, ics
from engine.domain import (
    access,
    cases,
    invitations,
    meetings,
    obligations,
    organisation,
    papers,
    people,
)
from engine.domain.cases import Case
from engine.domain.letters import Letter
from engine.domain.meetings import GREEN
from engine.domain.organisation import Unit, User
from engine.instances import UNFINISHED, WorkItem
from engine.queries import labels, search

#: How long a meeting stands in a calendar where the municipality has decided nothing.
LASTS, DEFAULT_MINUTES = "moeder.varighed_minutter", 60
#: The letter that calls somebody to a meeting.
CALL = "B03"
#: The forms that write a meeting down.
FORMS = ("netvaerksmoede", "netvaerksmoede_referat", "forbered_opfoelgning", "opfoelgning")


@dataclass(frozen=True)
class Line:
    """A meeting in the list of a case."""

    id: str
    kind: str
    purpose: str
    at: datetime
    all_day: bool
    place: str
    state: str
    cancelled: bool


@dataclass(frozen=True)
class Guest:
    """Somebody on the list: invited, or left off it and why."""

    who: str
    invited: bool
    answer: str  # who comes, or why nobody does; empty while nobody has answered
    attended: bool | None
    why: str


@dataclass(frozen=True)
class Deal:
    who: str
    what: str
    when: str


@dataclass(frozen=True)
class Task:
    id: str
    name: str


@dataclass(frozen=True)
class Meeting:
    id: str
    case_id: str
    nummer: str
    citizens: str
    kind: str
    purpose: str
    at: datetime
    all_day: bool
    place: str
    form: str
    agenda: str | None
    state: str
    planned: bool
    held: bool
    cancelled_because: str | None
    may_change: bool
    place_code: str  # as the table of places has it
    called_by: str
    citizen_comes: bool
    guests: list[Guest]
    left_out: list[Guest]  # only for those who see the whole case
    tasks: list[Task]
    agreed_goals: str | None
    deals: list[Deal]
    initiative: str | None
    citizens_summary: str | None
    minutes: str | None
    next_on: str | None


def lines(session: Session, username: str, case: Case) -> list[Line]:
    """The case's meetings that exist for the user, the earliest first."""
    return [
        Line(
            id=row.id,
            kind=labels.of(labels.MEETING_KINDS, row.kind),
            purpose=row.purpose,
            at=row.at,
            all_day=row.all_day,
            place=labels.of(labels.MEETING_PLACES, row.place),
            state=row.state,
            cancelled=row.state == meetings.CANCELLED,
        )
        for row in _rows(session, username, case)
    ]


def meeting(session: Session, username: str, nummer: str, meeting_id: str) -> Meeting:
    """Raises NoSuchCase for what does not exist for the user."""
    case, row = _find(session, username, nummer, meeting_id)
    seen = access.parts(session, username, case)
    names = dict(session.execute(select(User.username, User.name)).all())
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    # What was said is for those who work on the case; a partner knows when and where.
    inside = access.MEETINGS in seen
    answers = _answers(session, case) if inside else {}
    guests = [_guest(one, names | units, answers) for one in row.invitees]
    return Meeting(
        id=row.id,
        case_id=case.id,
        nummer=case.nummer,
        citizens=search.citizens(session, [case.id], username).get(case.id, ""),
        kind=labels.of(labels.MEETING_KINDS, row.kind),
        purpose=row.purpose,
        at=row.at,
        all_day=row.all_day,
        place=labels.of(labels.MEETING_PLACES, row.place),
        form=labels.of(labels.MEETING_FORMS, row.form),
        agenda=row.agenda,
        state=labels.of(labels.MEETING_STATES, row.state),
        planned=row.state == meetings.PLANNED,
        held=row.state == meetings.HELD,
        cancelled_because=row.cancelled_because,
        may_change=row.state != meetings.HELD
        and row.kind != meetings.FOLLOW_UP
        and papers.may_change_meeting(session, username, case, row),
        place_code=row.place or "",
        called_by=names.get(row.called_by, row.called_by),
        citizen_comes=invitations.citizen_comes(session, case, row),
        guests=[one for one in guests if one.invited],
        left_out=[one for one in guests if not one.invited and access.NOTES in seen],
        tasks=_tasks(session, username, case) if row.state == meetings.PLANNED else [],
        agreed_goals=row.agreed_goals if inside else None,
        deals=[_deal(each, units) for each in row.roles or []] if inside else [],
        initiative=row.initiative if inside else None,
        citizens_summary=row.citizens_summary if inside else None,
        minutes=row.minutes if inside else None,
        next_on=row.next_on if inside else None,
    )


def invitation(session: Session, username: str, nummer: str, meeting_id: str) -> bytes:
    """The meeting as a calendar file for the user. Raises NoSuchCase where it does not exist."""
    case, row = _find(session, username, nummer, meeting_id)
    organiser = session.get(User, row.called_by)
    return ics.invitation(
        appointment(session, case, row, username),
        organiser=ics.initials(organiser.name if organiser else row.called_by),
        guest=ics.initials(session.get_one(User, username).name),
    )


def enclosed(session: Session, letter: Letter) -> bytes | None:
    """The calendar file that goes with a letter: come, or take it out of the calendar again.

    None where the letter is of no meeting, or a later letter tells what has become of it.
    """
    row = session.get(meetings.Meeting, letter.facts.get("moede") or "")
    if letter.code != CALL or row is None:
        return None
    invited = letter.unit is None or letter.unit in {one.who for one in row.invited}
    on = row.state == meetings.PLANNED and invited
    off = letter.facts.get("aendring") == "aflyst"
    if row.state == meetings.HELD or on == off:
        return None
    organiser = session.get(User, row.called_by)
    to = session.get(people.Person, letter.person_id) if letter.person_id else None
    told = appointment(session, session.get_one(Case, row.case_id), row)
    return ics.invitation(
        replace(told, cancelled=off),
        organiser=ics.initials(organiser.name if organiser else row.called_by),
        guest=ics.initials(to.name) if to else letter.unit or "",
    )


def appointment(
    session: Session, case: Case, row: meetings.Meeting, username: str | None = None
) -> ics.Appointment:
    """What a calendar is told of a meeting: initials, the case's number, and a place from the list.

    `username`: for this reader, who of a family may know some alone.
    """
    citizens = people.citizens(session, case.id)
    known = search.citizens(session, [case.id], username).get(case.id, "")
    who = ", ".join(ics.initials(name) for name in known.split(", ") if name)
    at_home = row.place in ("hjem", "paaroerende")
    hidden = at_home and any(person.address_protected for person in citizens)
    kind = labels.of(labels.MEETING_KINDS, row.kind)
    return ics.Appointment(
        uid=f"{row.id}@overligger",
        title=f"{kind} {who} ({case.nummer})",
        at=clock.local(row.at).date() if row.all_day else row.at,
        lasts=lasts(session),
        # Anything else is free text, which may name somebody.
        place=None if hidden else labels.MEETING_PLACES.get(row.place or ""),
        about="Formål og dagsorden står i Overligger.",
        sequence=row.sequence,
        cancelled=row.state == meetings.CANCELLED,
    )


def lasts(session: Session) -> timedelta:
    """How long a meeting stands in a calendar."""
    return timedelta(minutes=organisation.setting(session, LASTS, DEFAULT_MINUTES))


def _rows(session: Session, username: str, case: Case) -> list[meetings.Meeting]:
    row = meetings.Meeting
    query = select(row).where(row.case_id == case.id, papers.meetings(session, username, [case.id]))
    return list(session.scalars(query.order_by(row.at, row.id)))


def _find(
    session: Session, username: str, nummer: str, meeting_id: str
) -> tuple[Case, meetings.Meeting]:
    case = cases.by_number(session, nummer)
    for row in _rows(session, username, case):
        if row.id == meeting_id:
            return case, row
    raise cases.NoSuchCase


def _guest(one: meetings.Invitee, units: dict[str, str], answers: dict[str, str]) -> Guest:
    why = labels.of(labels.LEFT_OUT, one.answer)
    return Guest(
        who=units.get(one.who, one.who),
        invited=one.light == GREEN,
        answer=answers.get(one.who, ""),
        attended=one.attended,
        why=f"{why} {one.why or ''}".strip(),
    )


def _answers(session: Session, case: Case) -> dict[str, str]:
    """Unit -> who takes part for it, or why nobody does (F54)."""
    row = obligations.Participation
    query = select(row).where(row.case_id == case.id).order_by(row.answered_at, row.id)
    return {
        each.unit: each.person or each.declined_because or "" for each in session.scalars(query)
    }


def _deal(each: dict, units: dict[str, str]) -> Deal:
    who = str(each.get("hvem") or "")
    return Deal(units.get(who, who), str(each.get("hvad") or ""), str(each.get("hvornaar") or ""))


def _tasks(session: Session, username: str, case: Case) -> list[Task]:
    """The user's open tasks in which the meeting is called or written down."""
    query = (
        access.visible_tasks(session, username)
        .where(
            WorkItem.case_id == case.id,
            WorkItem.state.in_(UNFINISHED),
            WorkItem.form_id.in_(FORMS),
        )
        .order_by(WorkItem.created_at, WorkItem.id)
    )
    return [Task(row.id, row.name) for row in session.scalars(query)]
