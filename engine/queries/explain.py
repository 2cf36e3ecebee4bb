"""Why a task is here, and what follows from it: in words, from the trail and the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, diagrams, forms, tables
from engine.diagrams import ahead as reader
from engine.domain.cases import Case
from engine.events import Event
from engine.instances import WorkItem
from engine.queries import holders
from engine.queries import task as tasks

#: What sets a step in motion: somebody's answer, a clock, a case that opens.
_TRIGGERS = frozenset(("answered", "timer_fired", "case_opened", "referral_joined"))
#: How far back a step is read.
_MOST = 400


@dataclass(frozen=True)
class Reason:
    """One sentence of why; `kind`: person, time, start, choice, rule, deadline or process."""

    kind: str
    text: str


@dataclass(frozen=True)
class Item:
    """One thing that follows; `kind` as in `diagrams.ahead.Step`, `who` where it lies with whom."""

    kind: str
    text: str
    who: str = ""
    branches: tuple[Fork, ...] = ()


@dataclass(frozen=True)
class Fork:
    label: str
    items: tuple[Item, ...]


# --- why ------------------------------------------------------------------------------------------


def why(session: Session, found: tasks.Task) -> tuple[Reason, ...]:
    """What led here, the person or the clock first, then the choices and the rules."""
    task = found.row
    program = diagrams.program(session, task.release_id)
    # The steps before it are the case's: they are for those who may see that.
    told = _step(session, task) if found.may_know_work else []
    reasons = _trigger(session, task, told)
    reasons += _choices(session, program, task, told)
    if found.due and found.due.words:
        reasons.append(Reason("deadline", f"Frist: {found.due.words}"))
    process = program.diagrams[task.process]
    about = " ".join(tasks.guidance(process.documentation))
    reasons.append(Reason("process", f"Del af »{process.name}«. {about}".strip()))
    return tuple(reasons)


def _step(session: Session, task: WorkItem) -> list[Event]:
    """The lines of the step that the task came up in, up to the task's own, the latest first."""
    of_case = select(Event).where(Event.case_id == task.case_id)
    arrivals = session.scalars(
        of_case.where(
            Event.instance_id == task.instance_id,
            Event.element == task.element,
            Event.kind == "waiting",
            Event.at >= task.created_at,
        )
        .order_by(Event.seq)
        .limit(20)
    ).all()
    same = [e for e in arrivals if e.at == arrivals[0].at]
    own = [e for e in same if e.facts.get("queue") == task.queue]
    arrived = next(iter(own or same), None)
    if arrived is None:
        return []
    lines = [arrived]
    earlier = of_case.where(Event.seq < arrived.seq).order_by(Event.seq.desc()).limit(_MOST)
    for event in session.scalars(earlier):
        if event.at != arrived.at:
            break
        lines.append(event)
        if event.kind in _TRIGGERS:
            break
    return lines


def _trigger(session: Session, task: WorkItem, told: list[Event]) -> list[Reason]:
    if not told:
        return []
    first = told[-1]
    if first.kind == "answered":
        answered = session.get(WorkItem, first.facts.get("task") or "")
        name = answered.name if answered else _label(first)
        return [
            Reason("person", f"{_person(session, first)} svarede på »{name}« {_when(first.at)}.")
        ]
    if first.kind == "timer_fired":
        return [Reason("time", f"Tiden kom: »{_label(first)}«, {_when(first.at)}.")]
    if first.kind in ("case_opened", "referral_joined"):
        process = _process_name(session, task, first.process)
        who = _person(session, first)
        return [Reason("start", f"{who} oprettede »{process}« {_when(first.at)}.")]
    heard = next((e for e in reversed(told) if e.kind == "caught"), None)
    if heard is not None and heard.facts.get("event") == "timer":
        return [Reason("time", f"Tiden kom: »{_label(heard)}«, {_when(heard.at)}.")]
    if heard is not None:
        name = _name_of(session, task, heard)
        text = f"{_person(session, heard)} gav besked: »{name}«, {_when(heard.at)}."
        return [Reason("message", text)]
    done = next((e for e in reversed(told) if e.kind in ("completed", "served")), None)
    if done is not None and _label(done):
        text = f"»{_label(done)}« er gjort af {_person(session, done)} {_when(done.at)}."
        return [Reason("step", text)]
    process = _process_name(session, task, first.process)
    return [Reason("start", f"»{process}« begyndte {_when(first.at)}.")]


def _choices(session: Session, program, task: WorkItem, told: list[Event]) -> list[Reason]:
    passed = reader.behind(program, task.process, task.element)
    reasons: list[Reason] = []
    for event in reversed(told):
        here = (event.process, event.element)
        if event.kind == "chose" and here in passed:
            names = [name for name in event.facts.get("names") or () if name]
            if names and _label(event):
                reasons.append(Reason("choice", f"{_label(event)} {_large(', '.join(names))}."))
        elif event.kind == "decided" and (here in passed or event.instance_id == task.instance_id):
            reasons += _decided(session, event)
    return list(dict.fromkeys(reasons))


def _decided(session: Session, event: Event) -> list[Reason]:
    """The rows of a decision table that gave the answer, with the law they rest on."""
    decision, fired = event.facts.get("decision"), event.facts.get("rules") or ()
    try:
        found = tables.table(session, decision).decisions[decision]
    except (tables.UnknownDecision, KeyError):
        return []
    rows = [row for row in found.rows if row.id in fired]
    if not rows:
        return []
    laws = dict.fromkeys(filter(None, (law(row) for row in rows)))
    grounds = "; ".join(laws) or ", ".join(row.replace("_", " ") for row in fired)
    return [Reason("rule", f"Reglen i »{found.name}«: {grounds.rstrip('.')}.")]


def law(row: Any) -> str:
    """Where a row of a table comes from; what no law fixes says so."""
    source = row.source or ""
    local = row.kind == "lokal" and "lokal beslutning" not in source.lower()
    if not source:
        return "lokal beslutning" if local else ""
    return f"{source} (lokal beslutning)" if local else source


def _label(event: Event) -> str:
    return event.facts.get("label") or ""


def _name_of(session: Session, task: WorkItem, event: Event) -> str:
    """The element's name in the diagram; the name of its process where it has none."""
    program = diagrams.program(session, task.release_id)
    try:
        named = program.element(event.process, event.element).name
    except KeyError:
        named = ""
    return named or _process_name(session, task, event.process)


def _person(session: Session, event: Event) -> str:
    name = holders.person(session, event.actor)
    if event.on_behalf_of:
        return f"{name} (for {holders.person(session, event.on_behalf_of)})"
    return name


def _process_name(session: Session, task: WorkItem, process: str | None) -> str:
    program = diagrams.program(session, task.release_id)
    found = program.diagrams.get(process or task.process) or program.diagrams[task.process]
    return found.name


_MONTHS = (
    "januar februar marts april maj juni juli august september oktober november december".split()
)


def _when(at: datetime) -> str:
    day = clock.local(at)
    return f"den {day.day}. {_MONTHS[day.month - 1]} {day.year}"


# --- what then ------------------------------------------------------------------------------------


def ahead(
    session: Session, found: tasks.Task, sheet: tasks.Sheet, answers: Mapping[str, Any]
) -> tuple[Item, ...]:
    """What follows when the task is done with these answers."""
    program = diagrams.program(session, found.release_id)
    given: dict[str, Any] = {}
    asked: frozenset[str] = frozenset()
    if sheet.form is not None:
        asked = frozenset(c.key for c in sheet.form.walk() if c.key)
        checked = forms.check(sheet.form, _of_form(sheet.form, answers), sheet.context)
        given = {k: v for k, v in checked.variables.items() if v not in (None, "", [])}
    steps = reader.after(program, found.process, found.element, sheet.context, given, asked)
    case = session.get_one(Case, found.case_id)
    return _items(session, case, steps)


def _of_form(form: forms.Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    keys = {c.key for c in form.walk()}
    return {k: v for k, v in answers.items() if k in keys}


def _items(session: Session, case: Case, steps) -> tuple[Item, ...]:
    return tuple(_item(session, case, step) for step in steps if step.name)


def _item(session: Session, case: Case, step: reader.Step) -> Item:
    match step.kind:
        case reader.TASK:
            who = holders.queue(session, step.queue, case) if step.queue else ""
            if step.element.loop:
                who = f"én for hver{', ' + who if who else ''}"
            late = "; ".join(step.late)
            who = " · ".join(filter(None, (who, f"ellers: {late}" if late else "")))
            return Item("task", f"Opgaven »{step.name}«", who)
        case reader.TIME:
            return Item("time", f"Der ventes på tiden: »{step.name}«")
        case reader.MESSAGE:
            return Item("message", step.name)
        case reader.TABLE:
            return Item("table", f"Reglen afgør: {step.name}")
        case reader.CHOICE if step.label:
            return Item("choice", f"{step.name} {_large(step.label)}")
        case reader.CHOICE if not step.branches:
            return Item("choice", f"Derefter afgøres det: »{step.name}«")
        case reader.CHOICE:
            forks = tuple(
                Fork(_fork(branch.label), _items(session, case, branch.steps))
                for branch in step.branches
            )
            return Item("choice", step.name, "", forks)
        case reader.END:
            return Item("end", f"Forløbet slutter: {step.name}")
    return Item(step.kind, step.name)


def _fork(label: str) -> str:
    return f"{_large(label)}:" if label else ""


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]
