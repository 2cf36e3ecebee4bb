"""What somebody has ahead, by day: meetings, the committee's, follow-ups, deadlines, dated tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine import calendar_feeds, clock, ics
from engine.calendar_feeds import UNIT, Feed
from engine.domain import access, appointment, committee, deadlines, followup, papers, rules
from engine.domain.access import Reach
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.meetings import CANCELLED, HELD, PLANNED, Invitee, Meeting
from engine.domain.obligations import Participation
from engine.domain.organisation import User
from engine.instances import UNFINISHED, WorkItem
from engine.queries import labels, search
from engine.queries import meetings as meeting_pages

#: How far ahead the page looks at first, and at most, in weeks.
WEEKS, MOST_WEEKS = 6, 52
#: What a fetched calendar holds: a little of what has been, and a good while ahead.
FED_BACK, FED_AHEAD = timedelta(weeks=2), timedelta(weeks=26)
#: The most of each kind that one answer holds.
MOST = 300

MEETING, TASK, DUTY, FOLLOW_UP = "moede", "opgave", "frist", "opfoelgning"
COMMITTEE, COMMITTEE_MEETS = "udvalgsmoede", "Møde i visitationsudvalget"


@dataclass(frozen=True)
class Entry:
    id: str
    kind: str
    title: str
    day: date
    at: datetime | None = None  # None for what belongs to the whole day
    case_id: str = ""  # empty for what is of no case
    nummer: str = ""
    citizens: str = ""
    place: str = ""
    late: bool = False


@dataclass(frozen=True)
class Calendar:
    late: list[Entry]
    days: list[tuple[date, list[Entry]]]
    holds: str
    weeks: int
    more: bool
    feeds: list[Feed]


def ahead(
    session: Session, username: str, holds: str = calendar_feeds.MINE, weeks: int = WEEKS
) -> Calendar:
    """The user's coming weeks, and what has passed its day. `holds`: mine, or the unit's as well."""
    weeks = max(1, min(weeks, MOST_WEEKS))
    today = clock.today()
    until = today + timedelta(weeks=weeks)
    rows = [
        *_gathered(session, username, holds, None, until),
        *_committee(session, username, today, until),
    ]
    entries = sorted(rows, key=lambda entry: (entry.day, entry.at is not None, entry.at or 0))
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        if entry.day >= today and not entry.late:
            days.setdefault(entry.day, []).append(entry)
    return Calendar(
        late=[entry for entry in entries if entry.late],
        days=list(days.items()),
        holds=UNIT if holds == UNIT else calendar_feeds.MINE,
        weeks=weeks,
        more=weeks < MOST_WEEKS,
        feeds=calendar_feeds.of(session, username),
    )


def feed(session: Session, token: str) -> bytes | None:
    """The calendar that the secret opens, as it is allowed right now; None where it opens none."""
    opened = calendar_feeds.opened_by(session, token)
    if opened is None:
        return None
    since, until = clock.today() - FED_BACK, clock.today() + FED_AHEAD
    found = [
        *_meetings_fed(session, opened, since, until),
        *_committee_fed(session, opened, since, until),
        *_duties_fed(session, opened, since, until),
    ]
    return ics.feed("Overligger", found)


def _meetings_fed(
    session: Session, opened: Feed, since: date, until: date
) -> Iterator[ics.Appointment]:
    for row, case in _meeting_rows(session, opened.username, opened.holds, since, until):
        yield meeting_pages.appointment(session, case, row, opened.username)


def _committee_fed(
    session: Session, opened: Feed, since: date, until: date
) -> Iterator[ics.Appointment]:
    """When the committee meets, and nothing of what it treats; its place is free text and stays here."""
    lasts = meeting_pages.lasts(session)
    for row in committee.visible(session, opened.username, _start(since), _start(until)):
        yield ics.Appointment(
            uid=f"{row.id}@overligger",
            title=COMMITTEE_MEETS,
            at=row.held_at,
            lasts=lasts,
            about="Dagsordenen står i Overligger.",
            cancelled=row.cancelled,
        )


def _duties_fed(
    session: Session, opened: Feed, since: date, until: date
) -> Iterator[ics.Appointment]:
    for entry in _gathered(session, opened.username, opened.holds, since, until):
        if entry.kind == MEETING:
            continue
        who = ", ".join(ics.initials(name) for name in entry.citizens.split(", ") if name)
        what = {FOLLOW_UP: "Opfølgning senest", DUTY: "Frist", TASK: "Opgave"}[entry.kind]
        number = f"({entry.nummer})" if entry.nummer else ""
        yield ics.Appointment(
            uid=f"{entry.id}@overligger",
            title=" ".join(filter(None, (f"{what}: {entry.title}", who, number))),
            at=entry.at or entry.day,
            lasts=timedelta(),
        )


def _gathered(
    session: Session, username: str, holds: str, since: date | None, until: date
) -> Iterator[Entry]:
    """Everything up to the day, once: a duty that one of the tasks meets stands as the task."""
    today = clock.today()
    tasks = list(_task_rows(session, username, holds, since, until))
    met = {(case.id, _day(task.due_at)) for task, case in tasks}
    duties = [
        (row, case)
        for row, case in _duty_rows(session, username, holds, since, until)
        if (case.id, row.due) not in met
    ]
    planned = list(_meeting_rows(session, username, holds, since or today, until))
    cases = {case.id for _, case in (*tasks, *duties, *planned)}
    seen = access.seen_among(session, username, cases)
    names = search.citizens(session, list(seen), username)

    def entry(row, case: Case, **facts) -> Entry:
        citizens = names.get(case.id, "")
        # A task may be the user's to work, and its case not theirs to see.
        nummer = case.nummer if case.id in seen else ""
        return Entry(id=row.id, case_id=case.id, nummer=nummer, citizens=citizens, **facts)

    for task, case in tasks:
        day, timed = _day(task.due_at), _timed(task.due_at)
        late = task.due_at <= clock.now() if timed else day < today
        at = task.due_at if timed else None
        yield entry(task, case, kind=TASK, title=task.name, day=day, at=at, late=late)
    called: dict[str, str] = {}
    for row, case in duties:
        title = called.setdefault(row.regel, rules.name_of(session, row.regel))
        own = row.occasion in followup.OCCASIONS or row.regel in followup.OWN
        kind = FOLLOW_UP if own else DUTY
        yield entry(row, case, kind=kind, title=title, day=row.due, late=row.overdue)
    for row, case in planned:
        if row.state == PLANNED:
            yield entry(
                row,
                case,
                kind=MEETING,
                title=row.purpose,
                day=_day(row.at),
                at=None if row.all_day else row.at,
                place=labels.of(labels.MEETING_PLACES, row.place),
            )


def _committee(session: Session, username: str, since: date, until: date) -> Iterator[Entry]:
    for row in committee.visible(session, username, _start(since), _start(until)):
        if not row.cancelled:
            yield Entry(
                id=row.id,
                kind=COMMITTEE,
                title=COMMITTEE_MEETS,
                day=_day(row.held_at),
                at=row.held_at,
                place=row.place or "",
            )


def _task_rows(session: Session, username: str, holds: str, since: date | None, until: date):
    mine = access.reach(session, username)
    taken = WorkItem.assignee.in_(mine.usernames)
    answers = and_(WorkItem.assignee.is_(None), WorkItem.person.in_(mine.usernames))
    whose = [taken, answers]
    if holds == UNIT:
        whose.append(and_(WorkItem.assignee.is_(None), WorkItem.desk.in_(mine.units)))
    query = access.visible_tasks(session, username).where(
        or_(*whose), WorkItem.state.in_(UNFINISHED), WorkItem.due_at < _start(until)
    )
    if since is not None:
        query = query.where(WorkItem.due_at >= _start(since))
    rows = session.execute(query.add_columns(Case).order_by(WorkItem.due_at).limit(MOST))
    return [tuple(row) for row in rows]


def _duty_rows(session: Session, username: str, holds: str, since: date | None, until: date):
    mine = access.reach(session, username)
    query = (
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.state == deadlines.OPEN,
            Deadline.due < until,
            _answered_for(mine, holds),
            Case.id.in_(access.whole_cases(session, username)),
        )
    )
    if since is not None:
        query = query.where(Deadline.due >= since)
    rows = session.execute(query.order_by(Deadline.due, Deadline.id).limit(MOST))
    return [tuple(row) for row in rows]


def _meeting_rows(session: Session, username: str, holds: str, since: date, until: date):
    mine = access.reach(session, username)
    own_name = select(User.name).where(User.username.in_(mine.usernames))
    comes = select(Participation.case_id).where(
        Participation.unit.in_(mine.units),
        or_(Participation.answered_by.in_(mine.usernames), Participation.person.in_(own_name)),
    )
    whose = [
        _answered_for(mine, holds),
        Meeting.called_by.in_(mine.usernames),
        Meeting.case_id.in_(comes),
    ]
    if holds == UNIT:
        invited = select(Invitee.meeting_id).where(Invitee.who.in_(mine.units))
        whose.append(Meeting.id.in_(invited))
    query = (
        select(Meeting, Case)
        .join(Case, Case.id == Meeting.case_id)
        .where(
            Meeting.state.in_((PLANNED, HELD, CANCELLED)),
            Meeting.at >= _start(since),
            Meeting.at < _start(until),
            or_(*whose),
            papers.meetings(session, username),
        )
    )
    rows = session.execute(query.order_by(Meeting.at, Meeting.id).limit(MOST))
    return [tuple(row) for row in rows]


def _answered_for(mine: Reach, holds: str) -> ColumnElement[bool]:
    """The SQL condition that the user, or in the unit's calendar the unit, answers for the case."""
    nobody = and_(Case.koordinator.is_(None), Case.stedfortraeder.in_(mine.usernames))
    shared = appointment.near_to(mine.usernames, clock.today())
    whose = [Case.koordinator.in_(mine.usernames), nobody, Case.id.in_(shared)]
    if holds == UNIT:
        whose.append(Case.owner_unit.in_(mine.inner_units))
    return or_(*whose)


def _day(moment: datetime) -> date:
    return clock.local(moment).date()


def _timed(moment: datetime) -> bool:
    """Whether a due date has an hour: one alone is the midnight it begins with."""
    return moment != deadlines.midnight(_day(moment))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.COPENHAGEN)
