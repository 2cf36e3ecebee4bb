"""What tasks and sub-processes share: local variables, boundary events, results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from engine.bpmn.scopes import item_scope
from engine.bpmn.specs.base import Node, Way, run_of

if TYPE_CHECKING:
    from engine.bpmn.specs.boundary import BoundaryEvent


class Activity(Node):
    """An element that takes time. Boundary events watch over it while it does."""

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        self.guards: tuple[BoundaryEvent, ...] = ()

    def arrive(self, task: Task) -> bool:
        run = run_of(task)
        if self.is_inner:
            run.scopes.open(item_scope(task), task.internal_data.pop("local"))
        if self.inputs_map:
            run.scopes.open(str(task.id), run.mapped(task, self.inputs_map))
        for guard in self.guards:
            guard.arm(task)
        return self.begin(task)

    def begin(self, task: Task) -> bool:
        """As `arrive`, once locals and boundary events stand."""
        return True

    def leave(self, task: Task) -> tuple[Way, ...]:
        if self.is_inner:
            task.parent.task_spec.inner_done(task)
            return ()
        return self.ways

    def result(self, task: Task, data: Mapping[str, Any] | None) -> None:
        """Let the activity's result become variables, as its output mappings say."""
        run_of(task).merge(task, data or {}, self.outputs_map)
