"""One task as its page shows it: the form with what is known already, the case beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, diagrams, drafts, forms
from engine.diagrams import sight
from engine.domain import access, cases, deadlines, organisation, people
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.frame import Frame
from engine.domain.organisation import Role, Unit, User
from engine.instances import DONE, HELD, UNFINISHED, WorkItem
from engine.queries import due, frame, holders, known, why
from engine.queries.case import citizens
from engine.queries.inbox_names import which_names
from engine.queries.known import Source

#: What a note to process owners begins with, and caseworkers need not read: F05, Del af P02.
_CODES = re.compile(r"^(?:Del af )?(?:[FP]\d{2}(?:\s*(?:,|og)\s*[FP]\d{2})*)(?:[.:,]\s*|\s+|$)")
#: The same inside it: (D4), (R1.55, R4.03).
_IN_BRACKETS = re.compile(r"\s*\((?:[DFPRU]\d[\d.]*(?:, )?)+\)")
#: A sentence that is only for those who draw: "Kaldes af P03 og P09."
_ABOUT_CODES = re.compile(r"\b[FP]\d{2}\b")
#: A rule's name as it stands in the text of a due date.
_RULE = re.compile(r'"([A-ZÆØÅ][A-ZÆØÅ0-9]*-[A-Za-z0-9æøåÆØÅ-]+)"')


@dataclass(frozen=True)
class Citizen:
    name: str
    age: int | None
    address_protected: bool
    interpreter: bool
    language: str


@dataclass(frozen=True)
class Due:
    """A day to keep, with its time where it has one, and how it came about in words."""

    day: date
    at: datetime | None
    late: bool
    words: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Colleague:
    username: str
    name: str
    unit: str


@dataclass(frozen=True)
class Task:
    """Everything but the form. `holder` and `done_by` are people's names.

    `mine`: the reader may answer it now; `taken`: somebody else has it. `parts`: of its case, those
    that exist for the reader.
    """

    id: str
    name: str
    kind: str
    state: str
    process: str
    element: str
    process_name: str
    queue: str
    form_id: str | None
    release_id: str
    case_id: str
    nummer: str
    may_open_case: bool
    parts: frozenset[str]
    citizens: tuple[Citizen, ...]
    coordinator: str
    about: str
    guidance: tuple[str, ...]
    due: Due | None
    next_due: Due | None
    holder: str
    taken: bool
    held: bool
    mine: bool
    hold_until: datetime | None
    hold_reason: str
    done: bool
    cancelled: bool
    done_by: str
    done_at: datetime | None
    may_assign: bool
    #: What the unit whose task it is has laid down (R1.29), and whether the form's property
    #: `sideblad` asks for the handover pack beside it.
    frames: tuple[Frame, ...]
    pack: bool
    row: WorkItem = field(repr=False, compare=False)

    @property
    def may_know_work(self) -> bool:
        """Whether the reader may know what others do in the case: a citizen lets a partner know the plan."""
        return access.PEOPLE in self.parts

    @property
    def button(self) -> str:
        return self.name


@dataclass(frozen=True)
class Draft:
    mark: str
    tab: str
    by: str
    mine: bool
    saved_at: datetime
    answers: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Sheet:
    """The form of a task and what it is filled in with."""

    form: forms.Form | None
    context: Mapping[str, Any] = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)
    drafts: tuple[Draft, ...] = ()


def task(session: Session, username: str, task_id: str) -> Task | None:
    """The task, done or not; None for what does not exist for the user."""
    row = session.get(WorkItem, task_id)
    if row is None or not access.may(session, username, "complete", row):
        return None
    case = session.get_one(Case, row.case_id)
    seen = access.parts(session, username, case)
    sees_case = bool(seen)
    program = diagrams.program(session, row.release_id)
    element = program.element(row.process, row.element)
    process = program.diagrams[row.process]
    open_ = deadlines.open_deadlines(session, case)
    free = row.assignee in (None, username) or row.assignee in organisation.stands_in_for(
        session, username
    )
    unfinished = row.state in UNFINISHED
    return Task(
        id=row.id,
        name=row.name,
        kind=row.kind,
        state=row.state,
        process=row.process,
        element=row.element,
        process_name=process.name,
        queue=holders.queue(session, row.queue, case),
        form_id=row.form_id,
        release_id=row.release_id,
        case_id=case.id,
        # A partner's task without a consent, or one that was done in a case now closed to one,
        # shows itself alone: whose it is does not exist for the reader.
        nummer=case.nummer if sees_case else "",
        may_open_case=sees_case,
        parts=seen,
        citizens=tuple(map(_citizen, citizens.known(session, username, case))) if sees_case else (),
        coordinator=holders.person(session, case.koordinator) if sees_case else "",
        about=which_names(session, username, [row]).get(row.id, "") if sees_case else "",
        guidance=guidance(element.documentation),
        due=_due(session, row, element.due, sees_case),
        next_due=_next(open_) if sees_case else None,
        holder=holders.person(session, row.assignee),
        taken=unfinished and not free,
        held=row.state == HELD,
        mine=unfinished and free,
        hold_until=row.hold_until,
        hold_reason=row.hold_reason or "",
        done=row.state == DONE,
        cancelled=not unfinished and row.state != DONE,
        done_by=holders.person(session, row.completed_by),
        done_at=row.completed_at,
        may_assign=unfinished and (free or access.may(session, username, "assign", row)),
        frames=tuple(frame.beside_task(session, username, row, case)) if sees_case else (),
        pack=access.NOTES in seen and _asks_for_pack(session, row),
        row=row,
    )


def _asks_for_pack(session: Session, row: WorkItem) -> bool:
    if row.form_id is None:
        return False
    form = diagrams.form(session, row.release_id, row.form_id)
    return form.properties.get("sideblad") == "overdragelse"


def sheet(session: Session, username: str, found: Task) -> Sheet:
    """The form of an open task, filled in with what is known and where that is from."""
    case = session.get_one(Case, found.case_id)
    sag = cases.view(session, case)
    seen = sight.variables(session, found.row, sag)
    context = {**seen, "sag": sag}
    if found.form_id is None:
        return Sheet(None, context, {}, {})
    form = diagrams.form(session, found.release_id, found.form_id)
    answers, sources = {}, {}
    if found.may_open_case:
        answers, sources = known.answers(session, username, found.row, form)
        sources = {**known.variables(session, found.row, form), **sources}
    return Sheet(form, context, answers, sources, kept(session, username, found.id))


def kept(session: Session, username: str, task_id: str) -> tuple[Draft, ...]:
    """What has been typed into the task and not sent, the latest first."""
    return tuple(
        Draft(
            draft.mark,
            draft.tab,
            holders.person(session, draft.username),
            draft.username == username,
            draft.saved_at,
            draft.answers,
        )
        for draft in drafts.of(session, task_id)
    )


def colleagues(session: Session, found: Task) -> list[Colleague]:
    """Those who can be given the task: they may work it."""
    query = (
        select(User.username, User.name, Unit.name)
        .join(Role, (Role.username == User.username))
        .join(Unit, Unit.code == Role.unit)
        .where(User.active.is_(True), organisation.in_force(Role, clock.today()))
        .order_by(User.name)
    )
    chosen: dict[str, Colleague] = {}
    for username, name, unit in session.execute(query):
        if username not in chosen and username != found.row.assignee:
            chosen[username] = Colleague(username, name, unit)
    return [c for c in chosen.values() if access.may(session, c.username, "complete", found.row)]


def next_of_mine(session: Session, username: str, found: Task) -> tuple[str, str] | None:
    """(id, name) of the next task in the case that is for the user, the most urgent first."""
    query = (
        access.visible_tasks(session, username)
        .where(WorkItem.case_id == found.case_id, WorkItem.id != found.id)
        .where(WorkItem.assignee.in_((username,)) | WorkItem.assignee.is_(None))
        .order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id)
        .limit(1)
    )
    row = session.scalars(query).first()
    return None if row is None else (row.id, row.name)


def guidance(documentation: str | None) -> tuple[str, ...]:
    """What a diagram says beside a task, without the numbers of forms, in paragraphs."""
    paragraphs = re.split(r"\n\s*\n", (documentation or "").strip())
    told = (_plain(" ".join(p.split())) for p in paragraphs)
    return tuple(text[0].upper() + text[1:] for text in told if len(text) > 3)


def _plain(text: str) -> str:
    text = _IN_BRACKETS.sub("", _CODES.sub("", text))
    sentences = re.split(r"(?<=[.:!?])\s+(?=[A-ZÆØÅ])", text)
    return " ".join(s for s in sentences if not _ABOUT_CODES.search(s))


def _citizen(person: people.Person) -> Citizen:
    return Citizen(
        person.name, person.age, person.address_protected, person.interpreter, person.language
    )


def _due(session: Session, row: WorkItem, text: str | None, sees_case: bool) -> Due | None:
    """The task's due date, with the duties that the diagram takes it from: those are the case's."""
    found = due.DueWords(session).of(row.due_at)
    if found is None:
        return None
    asked = set(_RULE.findall(text or "")) if sees_case else set()
    behind = [w for w in why.of_tasks(session, [row])[row.id] if w.rule in asked]
    words = "; ".join(dict.fromkeys(w.words for w in behind))
    return Due(found.day, found.at, found.late, words, tuple(w.rule for w in behind))


def _next(open_: list[Deadline]) -> Due | None:
    first = min(open_, key=lambda duty: duty.due_at, default=None)
    if first is None:
        return None
    return Due(first.due, None, first.overdue, first.words, (first.regel,))
