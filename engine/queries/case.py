"""One case as its page shows it: where are we, who helps, what is next?

Every part is there only when `access.parts` says that it exists for the user: a part that does not
is None, and the page says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import (
    access,
    appointment,
    cases,
    consent,
    deadlines,
    efforts,
    escalation,
    grants,
    letters,
    meetings,
    people,
    plan,
    plan_sight,
    rules,
)
from engine.domain.cases import Case
from engine.domain.organisation import Unit, User
from engine.events import Event
from engine.instances import UNFINISHED, WorkItem
from engine.queries import documents as document_list
from engine.queries import labels
from engine.queries import meetings as meeting_list
from engine.queries import notes as note_list

# The steps of a case as a citizen would tell them, and the states that show each is reached.
STEPS = (
    ("Henvist", ("MODTAGET", "SCREENING")),
    ("Tilbud", ("TILBUD_GIVET",)),
    ("Samtykke", ("SAMTYKKE_GIVET",)),
    ("Koordinator", ("KOORDINATOR_UDPEGET",)),
    ("Plan", ("PLAN_UDARBEJDES", "PLAN_AFVENTER_BORGER")),
    ("Opfølgning", ("PLAN_AKTIV", "PLAN_REVIDERES")),
    ("Afslutning", ("AFSLUTNING_FORBEREDES", "AFVIKLING", "AFSLUTTET", "EFTEROPFOELGNING")),
)


@dataclass(frozen=True)
class Citizen:
    name: str
    age: int | None
    protected: bool
    died_on: date | None
    safety_note: str | None


@dataclass(frozen=True)
class Stop:
    """One stop of the status line: when it was reached, or not yet."""

    name: str
    on: date | None
    current: bool


@dataclass(frozen=True)
class Duty:
    name: str
    due: date
    overdue: bool
    words: str
    source: str
    local: bool


@dataclass(frozen=True)
class Somebody:
    name: str
    role: str
    detail: str = ""


@dataclass(frozen=True)
class Agreed:
    """A consent at a glance."""

    kind: str
    about: str
    in_force: bool
    since: date | None
    who: str


@dataclass(frozen=True)
class GoalLine:
    words: str
    state: str
    progress: int | None
    due: date | None


@dataclass(frozen=True)
class PlanLine:
    version: int
    state: str
    accepted_on: date | None
    goals: list[GoalLine]


@dataclass(frozen=True)
class Task:
    id: str
    name: str
    due_at: datetime | None
    overdue: bool
    where: str
    who: str | None
    mine: bool


@dataclass(frozen=True)
class Bar:
    """One effort on the time line."""

    title: str
    unit: str
    starts: date | None
    ends: date | None
    state: str
    live: bool
    responsible: str | None
    collides_with: list[str]


@dataclass(frozen=True)
class Sum:
    what: str
    asked: Decimal
    granted: Decimal | None
    state: str


@dataclass(frozen=True)
class Paper:
    """A letter."""

    id: str
    title: str
    at: datetime
    who: str
    journal_no: str | None


@dataclass(frozen=True)
class Overview:
    id: str
    nummer: str
    open: bool
    state: str
    on_hold: bool
    citizens: list[Citizen]
    koordinator: str | None
    stedfortraeder: str | None
    owner: str | None
    stops: list[Stop]
    duties: list[Duty]
    meeting: meeting_list.Line | None
    parts: frozenset[str]
    people: list[Somebody] | None
    consents: list[Agreed] | None
    plan: PlanLine | None
    efforts: list[Bar] | None
    sums: list[Sum] | None
    tasks: list[Task] | None
    notes: note_list.Notes | None
    documents: document_list.Documents | None
    letters: list[Paper] | None
    meetings: list[meeting_list.Line]


def overview(
    session: Session, username: str, nummer: str, words: str = "", every_note: bool = False
) -> Overview:
    """Raises NoSuchCase for what does not exist for the user.

    `words`: only the notes that have them; `every_note`: not only the newest.
    """
    case = cases.by_number(session, nummer)
    seen = access.parts(session, username, case)
    if not seen:
        raise cases.NoSuchCase
    names = dict(session.execute(select(User.username, User.name)).all())
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    citizens = _known_citizens(session, username, case)
    met = meeting_list.lines(session, username, case)

    def when(part: str, found):
        return found() if part in seen else None

    return Overview(
        id=case.id,
        nummer=case.nummer,
        open=case.open,
        state=labels.of(labels.CASE_STATES, case.tilstand),
        on_hold=case.tilstand == "SAT_I_BERO",
        citizens=[_citizen(person, access.PEOPLE in seen) for person in citizens],
        koordinator=case.koordinator and names.get(case.koordinator, case.koordinator),
        stedfortraeder=case.stedfortraeder and names.get(case.stedfortraeder, case.stedfortraeder),
        owner=case.owner_unit and units.get(case.owner_unit, case.owner_unit),
        stops=_stops(session, case),
        duties=_duties(session, case) if access.TASKS in seen else [],
        meeting=next((row for row in met if row.state == meetings.PLANNED), None),
        parts=seen,
        people=when(access.PEOPLE, lambda: _people(session, case, names, units)),
        consents=when(access.CONSENTS, lambda: _consents(session, username, case, seen, units)),
        plan=when(access.PLAN, lambda: _plan(session, username, case)),
        efforts=when(access.EFFORTS, lambda: _efforts(session, case, units)),
        sums=when(access.GRANTS, lambda: _sums(session, case)),
        tasks=when(access.TASKS, lambda: _tasks(session, username, case, names, units)),
        notes=note_list.of_case(session, username, case, seen, words, every_note),
        documents=document_list.of_case(session, username, case, seen),
        letters=when(access.LETTERS, lambda: _letters(session, case, names, units)),
        meetings=met,
    )


def _known_citizens(session: Session, username: str, case: Case) -> list[people.Person]:
    """Everybody; of a family a partner learns only of those who said yes."""
    found = people.citizens(session, case.id)
    if not access.by_consent_alone(session, username, [case.id]):
        return found
    units = access.reach(session, username).partner_units
    known = {
        person for case_id, person in session.execute(consent.known_to(units)) if case_id == case.id
    }
    return [person for person in found if person.id in known]


def _citizen(person: people.Person, whole: bool) -> Citizen:
    return Citizen(
        name=person.name,
        age=person.age if whole else None,
        protected=person.address_protected,
        died_on=person.died_on,
        safety_note=person.safety_note if whole else None,
    )


def _stops(session: Session, case: Case) -> list[Stop]:
    """The status line. A stop is reached on the first day that one of its states was."""
    query = select(Event.at, Event.facts).where(
        Event.case_id == case.id, Event.kind == "state_changed"
    )
    reached: dict[str, date] = {"MODTAGET": clock.local(case.opened_at).date()}
    for at, facts in session.execute(query.order_by(Event.seq)):
        reached.setdefault(str(facts.get("new")), clock.local(at).date())
    at_present = next((name for name, states in STEPS if case.tilstand in states), None)
    return [
        Stop(
            name=name,
            on=min((reached[state] for state in states if state in reached), default=None),
            current=name == at_present,
        )
        for name, states in STEPS
    ]


def _duties(session: Session, case: Case) -> list[Duty]:
    running = sorted(
        deadlines.open_deadlines(session, case), key=lambda row: (row.due_at, row.regel)
    )
    return [
        Duty(
            name=rules.name_of(session, row.regel),
            due=row.due,
            overdue=row.overdue,
            words=row.words,
            source=row.source or "",
            local=row.art == "lokal",
        )
        for row in running
    ]


def _people(session: Session, case: Case, names: dict, units: dict) -> list[Somebody]:
    from engine.domain import case_roles

    found = [
        Somebody(party.person.name, labels.of(labels.PARTY_ROLES, party.role))
        for party in people.parties(session, case.id)
        if party.role != "borger"
    ]
    found += [
        Somebody(names.get(row.username, row.username), "Medkoordinator")
        for row in appointment.current(session, case, appointment.CO_COORDINATOR)
    ]
    found += [
        Somebody(row.who, labels.of(case_roles.ROLES, row.role), row.does)
        for row in case_roles.table(session, case)
    ]
    found += [Somebody(units.get(code, code), "Enhed") for code in cases.units(session, case)]
    return _each_once(found)


def _each_once(found: list[Somebody]) -> list[Somebody]:
    """One line per person and role, with all that they do."""
    said: dict[tuple[str, str], list[str]] = {}
    for row in found:
        said.setdefault((row.name, row.role), []).append(row.detail)
    return [
        Somebody(name, role, ", ".join(dict.fromkeys(filter(None, details))))
        for (name, role), details in said.items()
    ]


def _consents(
    session: Session, username: str, case: Case, seen: frozenset[str], units: dict
) -> list[Agreed]:
    """All of them to those who see the whole case; to a unit the plan's and its own."""
    rows = consent.history(session, case)
    if access.NOTES not in seen:
        own = access.reach(session, username).units
        rows = [row for row in rows if row.kind == consent.PLAN or row.counterpart in own]
    citizens = {person.id: person.name for person in people.citizens(session, case.id)}
    return [
        Agreed(
            kind=labels.of(labels.CONSENT_KINDS, row.kind),
            about=units.get(row.counterpart, row.counterpart) if row.counterpart else "",
            in_force=row.in_force,
            since=clock.local(row.given_at).date() if row.given_at else None,
            who=citizens.get(row.person_id, "") if len(citizens) > 1 else "",
        )
        for row in rows
        if row.state != consent.DRAFT
    ]


def _plan(session: Session, username: str, case: Case) -> PlanLine | None:
    """The newest version; to a partner the one that holds, with what the citizen shares of it."""
    sight = plan_sight.of(session, username, case)
    newest = plan.newest(session, case) if sight.whole else plan.accepted(session, case)
    if newest is None:
        return None
    shared = {row["noegle"] for row in sight.of(newest.content)["maal"]}
    return PlanLine(
        version=newest.version,
        state=newest.state,
        accepted_on=newest.accepted_at and clock.local(newest.accepted_at).date(),
        goals=[
            GoalLine(
                row.own_words, labels.of(labels.GOAL_STATES, row.status), row.progress, row.due
            )
            for row in plan.goals(session, case)
            if row.to_version is None and (sight.whole or row.key in shared)
        ],
    )


def _efforts(session: Session, case: Case, units: dict) -> list[Bar]:
    colliding: dict[str, list[str]] = {}
    for one, other in efforts.collisions(session, case):
        colliding.setdefault(one.key, []).append(other.title)
        colliding.setdefault(other.key, []).append(one.title)
    return [
        Bar(
            title=row.title,
            unit=units.get(row.unit, row.unit),
            starts=row.started_on or row.planned_start,
            ends=row.ended_on or row.planned_end,
            state=labels.of(labels.EFFORT_STATES, row.status),
            live=row.live,
            responsible=row.responsible,
            collides_with=colliding.get(row.key, []),
        )
        for row in efforts.of_case(session, case)
    ]


def _sums(session: Session, case: Case) -> list[Sum]:
    found = []
    for row in escalation.of_case(session, case):
        grant = grants.of(session, row)
        found.append(
            Sum(
                what=row.what,
                asked=row.amount,
                granted=grant and grant.amount,
                state=labels.of({}, grant.result if grant else row.state),
            )
        )
    return found


def _tasks(session: Session, username: str, case: Case, names: dict, units: dict) -> list[Task]:
    mine = set(
        session.scalars(
            access.visible_tasks(session, username)
            .where(WorkItem.case_id == case.id)
            .with_only_columns(WorkItem.id)
        )
    )
    query = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    rows = session.scalars(query.order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id))
    return [
        Task(
            id=row.id,
            name=row.name,
            due_at=row.due_at,
            overdue=row.due_at is not None and row.due_at <= clock.now(),
            where=units.get(row.queue.removesuffix("-leder"), row.queue.capitalize()),
            who=row.assignee and names.get(row.assignee, row.assignee),
            mine=row.id in mine,
        )
        for row in rows
    ]


def _letters(session: Session, case: Case, names: dict, units: dict) -> list[Paper]:
    found = []
    for row in reversed(letters.of_case(session, case)):
        to = (
            people.person(session, row.person_id).name
            if row.person_id
            else units.get(row.unit, row.unit or "")
        )
        found.append(Paper(row.id, row.title, row.written_at, to, row.journal_no))
    return found
