"""Start events: of a process, a sub-process, or an event sub-process that has been caught."""

from __future__ import annotations

from SpiffWorkflow.task import Task

from engine.bpmn.dialect import Element
from engine.bpmn.errors import DiagramError
from engine.bpmn.specs.base import Node, run_of
from engine.bpmn.specs.catch import CAUGHT
from engine.bpmn.specs.faults import FAULTS


class StartEvent(Node):
    """What the event brought, a message's data say, becomes variables here."""

    def __init__(self, wf_spec, name, element: Element):
        super().__init__(wf_spec, name, element)
        if element.event.kind not in {"none"} | CAUGHT | FAULTS:
            raise DiagramError(element.id, f"cannot start on {element.event.kind}")

    def act(self, task: Task) -> None:
        data = task.workflow.task_tree.internal_data.pop("caught", None)
        if data is not None:
            run_of(task).merge(task, data, self.outputs_map)
