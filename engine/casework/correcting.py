"""The verb `correct`: an answer was wrong. A new version stands beside the old; nothing is run again.

What the first answer has already caused stays caused, and facts that a completing listener made of
it keep the old value. `engine.casework.caused` lists what followed, for whoever corrects; and the
process `efter_rettelse` asks the coordinator to put right by hand what has to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import diagrams, forms
from engine.bpmn.dialect import Element
from engine.casework import rights
from engine.casework.answering import ANSWERED, without_cpr
from engine.casework.forms import against
from engine.casework.refusals import (
    CorrectionWithoutReason,
    NoLongerWanted,
    NoSuchTask,
    NotAnswered,
    NothingCorrected,
)
from engine.casework.running import About, run
from engine.casework.step import Run, Step
from engine.casework.tasks import starting, with_instance
from engine.events import VARIABLES, Content, Event
from engine.instances import CANCELLED, DONE, WorkItem
from engine.store import Store

CORRECTED = "svar_rettet"
#: Asks somebody to put right what the answer led to before it was corrected.
AFTER = "efter_rettelse"


@dataclass(frozen=True)
class Answer:
    """One version of what a task was answered with; `answers` are None once erased by law."""

    version: int
    answers: Mapping[str, Any] | None
    at: datetime
    by: str
    on_behalf_of: str | None
    reason: str | None
    seq: int


def answers_of(session: Session, task: WorkItem) -> list[Answer]:
    """Every version of what the task was answered with, the first one first.

    Whoever asks has made sure that the reader may see the task.
    """
    found: list[Answer] = []
    for event, content in _lines(session, task):
        if event.facts.get("task") != task.id:
            continue
        given = content and content["answers"]
        reason = content and content.get("reason")
        found.append(
            Answer(
                len(found) + 1,
                given,
                event.at,
                event.actor,
                event.on_behalf_of,
                reason,
                event.seq,
            )
        )
    return found


def correct(
    store: Store,
    task_id: str,
    answers: Mapping[str, Any],
    reason: str,
    *,
    by: str,
    on_behalf_of: str | None = None,
) -> None:
    """Give a completed task a new version of its answer. Keys that are not given stay as they were.

    Whoever could answer the task today may. Variables that came from the answer and that nothing has
    changed since get the new value; services are not called, and the flow does not run. Raises
    CorrectionWithoutReason, NothingCorrected, NotAnswered, NoSuchTask and `forms.FormErrors`.
    """
    about = About("correct", by, task_id=task_id)

    def put_right(session: Session) -> None:
        step = starting(session, by, on_behalf_of)
        task, instance, case = with_instance(session, task_id)
        if not rights.works(session, by, task) or case.locked:
            raise NoSuchTask
        if task.state == CANCELLED:
            raise NoLongerWanted
        if task.state != DONE:
            raise NotAnswered
        if not reason.strip():
            raise CorrectionWithoutReason
        running = step.run_of(instance, case)
        versions = answers_of(session, task)
        old = dict((versions and versions[-1].answers) or {})
        given = _checked(session, running, task, {**old, **answers})
        new = without_cpr(given.answers)
        changed = sorted(k for k in {*old, *new} if old.get(k) != new.get(k))
        if not changed:
            raise NothingCorrected
        moved, since = _correct_variables(session, running, task, versions, given, changed)
        step.record(
            case,
            CORRECTED,
            {
                "answers": new,
                "old": {k: old.get(k) for k in changed},
                "new": {k: new.get(k) for k in changed},
                "reason": reason.strip(),
            },
            instance_id=instance.id,
            process=task.process,
            element=task.element,
            release_id=task.release_id,
            task=task.id,
            label=task.name,
            version=len(versions) + 1,
            keys=changed,
            variables=moved,
            changed_since=since,
        )
        _ask_to_put_right(step, running, task)
        step.save()

    run(store, about, put_right)


def _checked(
    session: Session, running: Run, task: WorkItem, answers: Mapping[str, Any]
) -> forms.Checked:
    own = _item(_element(session, task), task)
    context = {**running.flow.variables(), **own, "sag": running.host.sag()}
    return against(session, task.release_id, task.form_id, answers, context)


def _element(session: Session, task: WorkItem) -> Element:
    return diagrams.program(session, task.release_id).element(task.process, task.element)


def _item(element: Element, task: WorkItem) -> dict[str, Any]:
    """What the task saw as its own while it was one of several; the rest of its room is gone."""
    if task.item is None or element.loop is None or not element.loop.input_element:
        return {}
    # As `saving.as_text` wrote it: what was no text stands as JSON.
    item = orjson.loads(task.item) if task.item[0] in "[{" else task.item
    return {element.loop.input_element: item}


def _ask_to_put_right(step: Step, running: Run, task: WorkItem) -> None:
    """A task for whoever has the case, naming what the first answer has led to."""
    from engine.casework.causing import caused

    followed = list(dict.fromkeys(line.name for line in caused(step.session, task.id)))
    if _element(step.session, task).listeners:
        followed.append("oplysninger, som sagen har fået af svaret")
    if not followed:
        return
    try:
        diagrams.current_release(step.session, AFTER)
    except diagrams.UnknownProcess:
        # A database without the process that asks somebody: the trail has the correction.
        return
    said = {"rettet_opgave": task.name, "rettet_foelger": "; ".join(followed)}
    step.start(running.case, AFTER, said)


def _correct_variables(
    session: Session,
    running: Run,
    task: WorkItem,
    versions: list[Answer],
    given: forms.Checked,
    changed: list[str],
) -> tuple[list[str], list[str]]:
    """Names of the variables that got the new value, and of those that something changed since."""
    flow, moved, since = running.flow, [], []
    element = _element(session, task)
    outputs, own = element.outputs, _item(element, task)
    fresh = {k: v for k, v in given.variables.items() if outputs or k in changed}
    seen = {**own, **fresh} if outputs else fresh
    wanted = flow.reread(task.process, task.element, seen)
    written = _written(session, task)
    first = versions[0] if versions else None
    for name, value in wanted.items():
        lines = [event for event in written if name in event.facts["names"]]
        own = [e for e in lines if _of_answer(e, task, first)]
        if not own:
            continue
        scope = own[-1].facts["scope"]
        later = [e for e in lines if e.facts["scope"] == scope and e.seq > own[-1].seq]
        if later or not flow.correct(scope, name, value, task.process, task.element, task.id):
            since.append(name)
        else:
            moved.append(name)
    return moved, since


def _of_answer(event: Event, task: WorkItem, first: Answer | None) -> bool:
    """Whether a variable was written by the step that answered the task, or by a correction."""
    if event.facts.get("corrected") is not None:
        return event.facts["corrected"] == task.id
    same_step = first is not None and event.seq > first.seq and event.at == first.at
    return same_step and event.element == task.element


def _written(session: Session, task: WorkItem) -> list[Event]:
    query = select(Event).where(
        Event.case_id == task.case_id,
        Event.instance_id == task.instance_id,
        Event.kind == VARIABLES,
    )
    return list(session.scalars(query.order_by(Event.seq)))


def _lines(session: Session, task: WorkItem) -> list[tuple[Event, Mapping | None]]:
    query = (
        select(Event, Content.content)
        .outerjoin(Content, (Content.case_id == Event.case_id) & (Content.seq == Event.seq))
        .where(
            Event.case_id == task.case_id,
            Event.instance_id == task.instance_id,
            Event.element == task.element,
            Event.kind.in_((ANSWERED, CORRECTED)),
        )
        .order_by(Event.seq)
    )
    return [tuple(row) for row in session.execute(query)]
