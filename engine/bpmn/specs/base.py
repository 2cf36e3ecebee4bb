"""What every element of a diagram has in common, on top of the library's task spec.

The library predicts the tasks that may come; we do not. A task comes into being when a token
arrives at its element, so the tree holds what has happened and what waits, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.dialect import Element
from engine.bpmn.expressions import Expression

if TYPE_CHECKING:
    from engine.bpmn.run import Run


class Interrupted(Exception):
    """The element that was running has been cancelled by what it did."""


@dataclass(frozen=True)
class Way:
    """A sequence flow out of an element; `target` is a task spec's name."""

    id: str
    name: str
    target: str
    condition: Expression | None = None


@dataclass(frozen=True)
class Mapping:
    """A zeebe:input or zeebe:output; the target may be a path such as `plan.dato`."""

    source: Expression
    target: str


class TokenSpec(BpmnTaskSpec):
    """Something a token can be at. Subclasses say what happens on the way in, and inside."""

    journalled = False
    is_join = False
    is_multi_instance = False
    is_event_subprocess = False
    # The element itself inside a multi-instance body.
    is_inner = False

    def arrive(self, task: Task) -> bool:
        """A token comes in. True: act at once; False: the task has begun to wait."""
        return True

    def act(self, task: Task) -> None:
        """Do what the element does, once nothing is waited for."""

    def leave(self, task: Task) -> tuple[Way, ...]:
        """The ways on which tokens go out."""
        return ()

    # From here on: how the library calls the three above.

    def test(self) -> None:
        """Connections are the parser's and the lint's business."""

    def _predict_hook(self, my_task) -> None:
        pass

    def _update_hook(self, my_task) -> bool:
        if my_task.state != TaskState.FUTURE:
            return False
        if self.journalled:
            run_of(my_task).note("entered", my_task)
        return self.arrive(my_task)

    def _on_ready_hook(self, my_task) -> None:
        if not self.manual:
            run_of(my_task).ready.append(my_task)

    def _run_hook(self, my_task) -> bool:
        self.act(my_task)
        if my_task.state != TaskState.READY:
            # What it threw came back and cancelled it; its tokens must not go on.
            raise Interrupted
        return True

    def _on_complete_hook(self, my_task) -> None:
        if self.journalled:
            run_of(my_task).note("completed", my_task)
        ways = self.leave(my_task)
        run_of(my_task).forget(my_task)
        for way in ways:
            send(my_task, way)

    def _on_cancel(self, my_task) -> None:
        if self.journalled:
            run_of(my_task).note("cancelled", my_task)
        run_of(my_task).forget(my_task)


class Node(TokenSpec):
    """An element of the diagram."""

    journalled = True

    def __init__(self, wf_spec, name: str, element: Element):
        super().__init__(wf_spec, name, lane=element.lane, documentation=element.documentation)
        self.bpmn_id = element.id
        self.bpmn_name = element.name
        self.element = element
        self.ways: tuple[Way, ...] = ()
        self.inputs_map = self._mappings(element.inputs)
        self.outputs_map = self._mappings(element.outputs)

    def _mappings(self, texts) -> tuple[Mapping, ...]:
        return tuple(Mapping(Expression(m.source, self.bpmn_id), m.target) for m in texts)

    def leave(self, task: Task) -> tuple[Way, ...]:
        return self.ways


def run_of(task: Task) -> Run:
    return task.workflow.top_workflow.run


def wait(task: Task) -> bool:
    """Let a task wait; the answer for `arrive`."""
    task._set_state(TaskState.WAITING)
    return False


def send(task: Task, way: Way) -> None:
    """A token sets out from a task that is completing; the library lets it arrive."""
    target = task.workflow.spec.task_specs[way.target]
    child = task._add_child(target, TaskState.FUTURE)
    if target.is_join:
        child.internal_data["via"] = way.id


def start_beside(task: Task, spec: TokenSpec, **internal: Any) -> Task:
    """A token at `spec`, as a sibling of a task."""
    return start_under(task.parent, spec, **internal)


def start_under(parent: Task, spec: TokenSpec, **internal: Any) -> Task:
    child = parent._add_child(spec, TaskState.FUTURE)
    child.internal_data.update(internal)
    spec._update(child)
    return child
