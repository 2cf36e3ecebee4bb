"""Errors and escalations: who catches them, from the inside out.

At each level first the boundary events of the activity, then the event sub-processes of the
room it stands in, then the same for the room's own activity, across call activities too.
An exact code goes before an event that takes every code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from engine.bpmn.dialect import Element
from engine.bpmn.errors import BpmnError, DiagramError, UncaughtError, UncaughtEscalation
from engine.bpmn.specs.base import run_of

if TYPE_CHECKING:
    from engine.bpmn.specs.boundary import BoundaryEvent
    from engine.bpmn.specs.event_subprocess import EventSubprocess

#: Event kinds that are looked up when thrown, never armed.
FAULTS = frozenset({"error", "escalation"})


def check(element: Element) -> None:
    """A reference to an error or escalation must lead to a code, or it would catch them all."""
    event = element.event
    if event.kind in FAULTS and event.ref and event.name is None:
        raise DiagramError(element.id, f"the {event.kind} {event.ref} has no code")


def throw_error(task: Task, error: BpmnError) -> None:
    """Hand an error to whoever catches it. The task itself has failed or is cancelled with it."""
    run_of(task).note("error", task, code=error.code, message=error.message)
    found = _find(task, "error", error.code)
    if found is None:
        raise UncaughtError(error, task.task_spec.bpmn_id) from error
    catcher, host = found
    catcher.caught(host, error.data)


def throw_escalation(task: Task, code: str | None, data: dict[str, Any]) -> None:
    """Hand an escalation on, which may cancel the thrower."""
    run_of(task).note("escalation", task, code=code)
    found = _find(task, "escalation", code)
    if found is None:
        raise UncaughtEscalation(code, task.task_spec.bpmn_id)
    catcher, host = found
    catcher.caught(host, data)


def _find(task: Task, kind: str, code: str | None):
    for host, candidates in _levels(task):
        catcher = _best(candidates, kind, code)
        if catcher is not None:
            return catcher, host
    return None


def _levels(task: Task) -> Iterator[tuple[Task, Sequence[BoundaryEvent | EventSubprocess]]]:
    while True:
        yield task, getattr(task.task_spec, "guards", ())
        if task.task_spec.is_inner:
            task = task.parent
            continue
        room = task.workflow
        # An event sub-process never catches what goes wrong inside itself; its siblings may.
        yield room.task_tree, [e for e in room.spec.event_subprocesses if e is not task.task_spec]
        if room.parent_task_id is None:
            return
        task = room.top_workflow.get_task_from_id(room.parent_task_id)


def _best(candidates, kind: str, code: str | None):
    mine = [c for c in candidates if c.catch_event.kind == kind]
    exact = (c for c in mine if c.catch_event.name is not None and c.catch_event.name == code)
    every = (c for c in mine if c.catch_event.name is None)
    return next(exact, None) or next(every, None)
