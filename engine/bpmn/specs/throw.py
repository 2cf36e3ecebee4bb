"""Events that are thrown: intermediate throw events, end events, send tasks."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.errors import BpmnError, DiagramError, Stuck
from engine.bpmn.expressions import Expression
from engine.bpmn.host import Throw
from engine.bpmn.specs.base import run_of
from engine.bpmn.specs.faults import throw_escalation
from engine.bpmn.specs.service_task import ServiceTask


class ThrowEvent(ServiceTask):
    """A message without a service goes out with what zeebe:input maps, and nothing else."""

    kinds = frozenset({"none", "message", "signal", "escalation", "link"})

    def without_service(self) -> None:
        event = self.element.event
        if event is None or event.kind not in self.kinds:
            raise DiagramError(self.bpmn_id, f"cannot throw {event.kind if event else 'nothing'}")
        if event.kind in ("message", "signal", "link", "error") and not event.name:
            raise DiagramError(self.bpmn_id, f"the {event.kind} has no name (ref {event.ref})")
        self.key = Expression.maybe(event.key, self.bpmn_id)

    def do(self, task: Task) -> None:
        throw = getattr(self, f"_throw_{self.element.event.kind}")
        throw(task, self._payload(task))

    def _payload(self, task: Task) -> dict[str, Any]:
        return dict(run_of(task).scopes.local(str(task.id))) if self.inputs_map else {}

    def _throw_none(self, task: Task, data: dict[str, Any]) -> None:
        pass

    _throw_link = _throw_none

    def _throw_message(self, task: Task, data: dict[str, Any]) -> None:
        key = run_of(task).evaluate(task, self.key) if self.key else None
        if key is not None and not isinstance(key, str | int | float):
            raise Stuck(self.bpmn_id, f"the correlation key {self.key.text} gave {key!r}")
        self._throw(task, None if key is None else str(key), data)

    def _throw_signal(self, task: Task, data: dict[str, Any]) -> None:
        self._throw(task, None, data)
        run_of(task).broadcast(self.element.event.name, data)

    def _throw_escalation(self, task: Task, data: dict[str, Any]) -> None:
        throw_escalation(task, self.element.event.name, data)

    def _throw(self, task: Task, key: str | None, data: dict[str, Any]) -> None:
        event, element = self.element.event, self.element
        run = run_of(task)
        run.outgoing.append(Throw(event.kind, event.name, key, data, element.process, element.id))
        run.note("thrown", task, event=event.kind, event_name=event.name)


class SendTask(ThrowEvent):
    kinds = frozenset({"message"})


class EndEvent(ThrowEvent):
    """The last of a token; `terminate` takes the other tokens of its room along."""

    kinds = frozenset({"none", "message", "signal", "escalation", "error", "terminate"})

    def _throw_error(self, task: Task, data: dict[str, Any]) -> None:
        raise BpmnError(self.element.event.name, data=data)

    def _throw_terminate(self, task: Task, data: dict[str, Any]) -> None:
        run = run_of(task)
        for other in list(task.workflow.tasks.values()):
            if other is not task and other.has_state(TaskState.NOT_FINISHED_MASK):
                run.cancel(other)
        run.waits.drop_of(str(task.workflow.task_tree.id))
