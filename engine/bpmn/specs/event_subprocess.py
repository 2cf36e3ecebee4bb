"""Event sub-processes: armed when their room opens, at any level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task

from engine.bpmn.dialect import Element
from engine.bpmn.specs.base import run_of, start_under
from engine.bpmn.specs.catch import Trigger
from engine.bpmn.specs.faults import FAULTS, check
from engine.bpmn.specs.subprocess import SubProcess


class EventSubprocess(SubProcess):
    """Runs beside the tokens of its room, or instead of them when its start interrupts."""

    is_event_subprocess = True

    def __init__(self, wf_spec, name, element, spec: str, start: Element):
        super().__init__(wf_spec, name, element, spec)
        check(start)
        self.catch_event = start.event
        self.interrupting = start.interrupting or start.event.kind == "error"
        self.trigger = None if start.event.kind in FAULTS else Trigger(start, name, optional=True)

    def arm(self, root: Task) -> None:
        if self.trigger is not None:
            self.trigger.arm(root)

    def caught(self, root: Task, data: Mapping[str, Any]) -> None:
        if self.interrupting:
            run_of(root).empty(root.workflow)
        start_under(root, self, caught=dict(data))

    def furnish(self, task: Task, room) -> None:
        room.task_tree.internal_data["caught"] = task.internal_data.pop("caught")
