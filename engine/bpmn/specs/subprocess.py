"""Embedded sub-processes and call activities: an activity with a room of its own."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.errors import Stuck
from engine.bpmn.specs.activity import Activity
from engine.bpmn.specs.base import run_of
from engine.bpmn.values import clean

#: A process that calls itself without end is stopped here.
MOST_ROOMS = 40


class SubProcess(Activity):
    """`spec` names the room's spec. The room sees and writes the variables around it."""

    def __init__(self, wf_spec, name, element, spec: str):
        super().__init__(wf_spec, name, element)
        self.spec = spec

    def begin(self, task: Task) -> bool:
        if getattr(task.workflow, "depth", 0) >= MOST_ROOMS:
            raise Stuck(self.bpmn_id, f"stands in more than {MOST_ROOMS} rooms inside each other")
        # The task is live before its room opens: the room looks up its parent.
        task._set_state(TaskState.STARTED)
        self.furnish(task, task.workflow.top_workflow.create_subprocess(task, self.spec))
        return False

    def furnish(self, task: Task, room) -> None:
        """Give a room that has not begun yet what it begins with."""

    def room_ended(self, task: Task, variables: dict[str, Any]) -> None:
        """No token is left in the room; `variables` is what it held by itself."""
        self.result(task, variables)
        task._ready()


class CallActivity(SubProcess):
    """The room is another process, with variables of its own."""

    def furnish(self, task: Task, room) -> None:
        run = run_of(task)
        if self.element.called.all_in:
            given = run.scopes.seen(run.chain(task))
        else:
            given = run.scopes.local(str(task.id))
        run.scopes.open(str(room.task_tree.id), clean(given))

    def room_ended(self, task: Task, variables: dict[str, Any]) -> None:
        mapped = bool(self.outputs_map)
        super().room_ended(task, variables if mapped or self.element.called.all_out else {})
