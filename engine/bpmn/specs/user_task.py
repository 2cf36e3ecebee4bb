"""Tasks for people. Queue and deadlines are worked out once, when the task comes up."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task

from engine.bpmn.errors import Stuck
from engine.bpmn.expressions import Expression
from engine.bpmn.specs.activity import Activity
from engine.bpmn.specs.base import run_of
from engine.bpmn.timers import BadTime, schedule


class UserTask(Activity):
    """Waits until somebody completes it; so does a manual task, which has no form."""

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        self.manual = True
        self.work_kind = element.kind.removesuffix("Task")
        self.queue = Expression.maybe(element.queue, element.id)
        self.due = Expression.maybe(element.due, element.id)
        self.follow_up = Expression.maybe(element.follow_up, element.id)
        self.priority = Expression.maybe(element.priority, element.id)

    def begin(self, task: Task) -> bool:
        task.internal_data["work"] = {
            "queue": self._queue(task),
            "due": self._moment(task, self.due),
            "follow_up": self._moment(task, self.follow_up),
            "priority": self._priority(task),
        }
        run_of(task).note("waiting", task, kind=self.work_kind, **task.internal_data["work"])
        return True

    def _queue(self, task: Task) -> str | None:
        if self.queue is None:
            return self.lane
        queue = run_of(task).evaluate(task, self.queue)
        if isinstance(queue, list) and len(queue) == 1:
            queue = queue[0]
        if queue is not None and not isinstance(queue, str):
            raise Stuck(self.bpmn_id, f"{self.queue.text} gave {queue!r}, not one queue")
        return queue or None

    def _moment(self, task: Task, expression: Expression | None) -> str | None:
        value = run_of(task).evaluate(task, expression) if expression else None
        if value is None:
            return None
        try:
            found = schedule(str(value), run_of(task).now())
        except BadTime as error:
            raise Stuck(self.bpmn_id, f"{expression.text}: {error}") from error
        return found.due.isoformat() if found else None

    def _priority(self, task: Task) -> int | None:
        value: Any = run_of(task).evaluate(task, self.priority) if self.priority else None
        if value is None:
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise Stuck(self.bpmn_id, f"the priority {value!r} is no whole number") from None
