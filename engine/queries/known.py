"""What a form need not ask again: the values it starts with, and which step they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, diagrams, forms
from engine.domain import access, plan
from engine.domain.cases import Case
from engine.events import VARIABLES, Content, Event
from engine.forms.answers import opened
from engine.instances import WorkItem
from engine.queries import committee

#: How many earlier answers of a case are looked through, the latest first.
MOST = 200
ANSWERED, CORRECTED = "answered", "svar_rettet"
#: The form that is written on from its last version.
_WRITTEN_ON = "plan"
#: A list with a row for every goal of the plan, and the field that names the goal.
_BY_GOAL = ("maal_status", "maal")


@dataclass(frozen=True)
class Source:
    """Where a value comes from: the name of the step, and when."""

    what: str
    at: datetime


def variables(session: Session, task: WorkItem, form: forms.Form) -> dict[str, Source]:
    """Key of a field -> the step that gave the variable of that name its present value."""
    keys = {c.key for c in form.walk() if c.key}
    query = (
        select(Event)
        .where(
            Event.case_id == task.case_id,
            Event.instance_id == task.instance_id,
            Event.kind == VARIABLES,
        )
        .order_by(Event.seq.desc())
        .limit(2_000)
    )
    found: dict[str, Source] = {}
    for event in session.scalars(query):
        for key in keys.intersection(event.facts["names"]) - found.keys():
            found[key] = Source(_step(session, event, task), event.at)
    return found


def answers(
    session: Session, username: str, task: WorkItem, form: forms.Form
) -> tuple[dict[str, Any], dict[str, Source]]:
    """What other forms of the case asked in the same words, and documents that are written on.

    Only what the user could open anyway; what somebody decides (radio, checkbox) is asked again.
    """
    given: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    if form.id == _WRITTEN_ON:
        _write_on(session, task, form, given, sources)
    _by_goal(session, task, form, given, sources)
    _of_committee(session, task, form, given, sources)
    wanted = {c.key: c.label for c in opened(form.components) if _may_be_told(c)}
    wanted = {key: label for key, label in wanted.items() if key not in given}
    if not wanted:
        return given, sources
    for event, told in _earlier(session, task):
        if not wanted:
            break
        hits = wanted.keys() & told.keys()
        if not hits:
            continue
        row = session.get(WorkItem, event.facts.get("task"))
        if row is None or row.form_id in (None, form.id):
            continue
        if not access.may(session, username, "complete", row):
            continue
        labels = {
            c.key: c.label for c in diagrams.form(session, row.release_id, row.form_id).walk()
        }
        for key in hits:
            if labels.get(key) == wanted[key] and told[key] not in (None, "", []):
                given[key] = told[key]
                sources[key] = Source(f"»{row.name}«", event.at)
                del wanted[key]
    return given, sources


def _may_be_told(component: forms.Component) -> bool:
    return component.sag and component.type in (
        "textfield",
        "textarea",
        "number",
        "datetime",
        "select",
    )


def _earlier(session: Session, task: WorkItem) -> Iterator[tuple[Event, Mapping[str, Any]]]:
    query = (
        select(Event, Content.content)
        .join(Content, (Content.case_id == Event.case_id) & (Content.seq == Event.seq))
        .where(Event.case_id == task.case_id, Event.kind.in_((ANSWERED, CORRECTED)))
        .order_by(Event.seq.desc())
        .limit(MOST)
    )
    for event, content in session.execute(query):
        yield event, (content or {}).get("answers") or {}


def _write_on(
    session: Session,
    task: WorkItem,
    form: forms.Form,
    given: dict[str, Any],
    sources: dict[str, Source],
) -> None:
    last = plan.newest(session, session.get_one(Case, task.case_id))
    if last is None:
        return
    keys = {c.key for c in opened(form.components)}
    for key, value in last.content.items():
        if key in keys and value not in (None, "", []):
            given[key] = value
            sources[key] = Source(f"plan {last.version}", last.written_at)


def _by_goal(
    session: Session,
    task: WorkItem,
    form: forms.Form,
    given: dict[str, Any],
    sources: dict[str, Source],
) -> None:
    rows, name = _BY_GOAL
    if rows not in {c.key for c in opened(form.components)}:
        return
    case = session.get_one(Case, task.case_id)
    goals, last = plan.goals(session, case), plan.accepted(session, case)
    if goals and last:
        given[rows] = [{name: goal.key} for goal in goals]
        sources[rows] = Source(f"plan {last.version}", last.accepted_at or last.written_at)


def _of_committee(
    session: Session,
    task: WorkItem,
    form: forms.Form,
    given: dict[str, Any],
    sources: dict[str, Source],
) -> None:
    for key, (value, where) in committee.prefilled(session, task, form.id).items():
        given[key], sources[key] = value, Source(where, clock.now())


def _step(session: Session, event: Event, task: WorkItem) -> str:
    program = diagrams.program(session, event.release_id or task.release_id)
    try:
        element = program.element(event.process, event.element)
    except KeyError:
        return ""
    return f"»{element.name}«" if element.name else program.diagrams[event.process].name
