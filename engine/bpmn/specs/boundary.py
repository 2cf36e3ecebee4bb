"""Boundary events: armed while their activity is open, started as tokens when they fire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task

from engine.bpmn.specs.base import Node, run_of, start_beside
from engine.bpmn.specs.catch import Trigger
from engine.bpmn.specs.faults import FAULTS, check


class BoundaryEvent(Node):
    """Errors and escalations are looked up when they are thrown; the rest is armed."""

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        check(element)
        self.catch_event = element.event
        # An error always ends what it came from, whatever the drawing says.
        self.interrupting = element.interrupting or element.event.kind == "error"
        self.trigger = (
            None if element.event.kind in FAULTS else Trigger(element, name, optional=True)
        )

    def arm(self, host: Task) -> None:
        if self.trigger is not None:
            self.trigger.arm(host)

    def caught(self, host: Task, data: Mapping[str, Any]) -> None:
        run = run_of(host)
        token = start_beside(host, self)
        run.merge(token, data, self.outputs_map)
        if self.interrupting:
            run.cancel(host)
