"""The library's containers of task trees, told to leave the running to us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Broken

if TYPE_CHECKING:
    from engine.bpmn.run import Run
    from engine.bpmn.specs.scopes import ScopeSpec


class NoScripts:
    """Stands where the library keeps its Python evaluator: every expression here is FEEL."""

    def __getattr__(self, name: str) -> Any:
        raise Broken(f"the library asked its script engine for {name}")


class Room:
    """A scope of the diagram while it is open."""

    spec: ScopeSpec
    tasks: dict

    def _task_completed_notify(self, task: Task) -> None:
        # The library would walk the whole tree here; `Run` knows what is ready.
        pass

    def is_completed(self) -> bool:
        return self.completed or not self.alive()

    def alive(self) -> bool:
        """Whether a token is left; the youngest tasks are asked first."""
        return any(is_live(task) for task in reversed(self.tasks.values()))

    def live(self) -> list[Task]:
        return [task for task in self.tasks.values() if is_live(task)]


class SubRoom(Room, BpmnSubWorkflow):
    pass


class RootRoom(Room, BpmnWorkflow):
    """The room of the whole process instance."""

    def __init__(self, run: Run, spec: ScopeSpec, specs: dict[str, ScopeSpec], **kwargs):
        # The library makes the first task ready while it constructs.
        self.run = run
        super().__init__(spec, specs, script_engine=NoScripts(), **kwargs)

    def create_subprocess(self, my_task: Task, spec_name: str) -> SubRoom:
        room = SubRoom(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = room
        return room

    def rooms(self) -> list[Room]:
        """All open rooms, the innermost first."""
        inner = sorted(self.subprocesses.values(), key=lambda room: -room.depth)
        return [*inner, self]


def is_live(task: Task) -> bool:
    return task.has_state(TaskState.NOT_FINISHED_MASK)
