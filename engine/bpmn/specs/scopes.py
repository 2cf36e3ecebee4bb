"""The process, embedded sub-process or event sub-process as a room: where it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

from engine.bpmn.specs.base import TokenSpec, Way, send

if TYPE_CHECKING:
    from engine.bpmn.specs.event_subprocess import EventSubprocess

ROOT = "Start"


class ScopeSpec(BpmnProcessSpec):
    """One room. Unlike the library's it has no EndJoin: a room ends when no token is left."""

    def __init__(self, name: str, process: str, element: str | None, label: str):
        # The library's own constructor would connect an EndJoin and an End task.
        WorkflowSpec.__init__(self, name=name)
        self.process = process
        self.bpmn_id = element or process
        self.is_process = element is None
        self.description = label
        self.io_specification = None
        self.data_objects: dict = {}
        self.data_stores: dict = {}
        self.correlation_keys: dict = {}
        self.bpmn_start_events: list = []
        self.svg = None
        self.start = ScopeRoot(self, ROOT)
        self.starts: tuple[str, ...] = ()
        self.event_subprocesses: tuple[EventSubprocess, ...] = ()
        self.inclusive: tuple = ()


class ScopeRoot(TokenSpec):
    """The root of every task tree: arms the event sub-processes and sends the first token."""

    def act(self, task: Task) -> None:
        for event_subprocess in task.workflow.spec.event_subprocesses:
            event_subprocess.arm(task)

    def leave(self, task: Task) -> tuple[Way, ...]:
        spec = task.workflow.spec
        start = task.internal_data.pop("start", None) or spec.starts[0]
        return (Way("", "", start),)

    def _on_complete_hook(self, my_task: Task) -> None:
        # What the root hosts, the armed event sub-processes, lives as long as the room.
        for way in self.leave(my_task):
            send(my_task, way)
