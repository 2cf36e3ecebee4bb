"""Events that are waited for: in the flow, at a receive task, or behind an event gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from SpiffWorkflow.task import Task

from engine.bpmn.dialect import Element
from engine.bpmn.errors import DiagramError, Stuck
from engine.bpmn.expressions import Expression
from engine.bpmn.specs.activity import Activity
from engine.bpmn.specs.base import Node, run_of, wait
from engine.bpmn.timers import BadTime, Schedule, schedule
from engine.bpmn.waits import Wait

CAUGHT = frozenset({"message", "signal", "timer"})
#: The property of a guarding timer that may well have no time, and its one value.
WITHOUT_TIME, ALLOWED = "uden_tid", "tilladt"


class Trigger:
    """The event definition of a catching element: knows how to arm itself at a host task."""

    def __init__(self, element: Element, catcher: str, optional: bool = False):
        event = element.event
        if event is None or event.kind not in CAUGHT:
            kind = event.kind if event else "no"
            raise DiagramError(element.id, f"cannot catch {kind} events here")
        self.element, self.event, self.catcher = element, event, catcher
        #: A guard may say that having no time is as it should be; a token that waits may not.
        self.optional = optional and element.properties.get(WITHOUT_TIME) == ALLOWED
        self.time = self.key = None
        if event.kind == "timer":
            if event.timer is None or not event.timer.text:
                raise DiagramError(element.id, "the timer has no time")
            self.time = Expression(event.timer.text, element.id)
        elif not event.name:
            raise DiagramError(element.id, f"the {event.kind} has no name (ref {event.ref})")
        elif event.kind == "message":
            self.key = Expression.maybe(event.key, element.id)

    def arm(self, host: Task) -> None:
        """Wait for this event on behalf of a host task.

        A timer without a time is put off: it is tried again whenever the instance has moved, and
        the journal says so, that somebody may be asked.
        """
        run = run_of(host)
        time = self._time(host)
        armed = Wait(
            id=str(uuid4()),
            kind=self.event.kind,
            task=str(host.id),
            catcher=self.catcher,
            element=self.element.id,
            process=self.element.process,
            name=self.event.name or self.element.name or self.element.id,
            key=self._key(host),
            schedule=self._schedule(host, time),
        )
        if armed.kind != "timer" or armed.schedule is not None:
            run.waits.arm(armed)
            if armed.schedule is not None:
                run.note_wait("timer_armed", armed, due=armed.schedule.due.isoformat())
        elif time is not None or self.optional:
            run.note_wait("timer_skipped", armed, time=self.time.text)
        else:
            run.waits.put_off(armed)
            run.note_wait("timer_undated", armed, time=self.time.text)

    def try_again(self, host: Task, undated: Wait) -> None:
        """Arm a timer that was put off, when its time is known by now."""
        schedule = self._schedule(host, self._time(host))
        if schedule is not None:
            run_of(host).waits.date(undated, schedule)
            run_of(host).note_wait("timer_armed", undated, due=schedule.due.isoformat())

    def _key(self, host: Task) -> str | None:
        if self.key is None:
            return None
        value = run_of(host).evaluate(host, self.key)
        if value is None or isinstance(value, dict | list | bool):
            raise Stuck(self.element.id, f"the correlation key {self.key.text} gave {value!r}")
        return str(value)

    def _time(self, host: Task) -> Any:
        return None if self.time is None else run_of(host).evaluate(host, self.time)

    def _schedule(self, host: Task, value: Any) -> Schedule | None:
        if value is None:
            return None
        try:
            return schedule(str(value), run_of(host).now())
        except BadTime as error:
            raise Stuck(self.element.id, f"{self.time.text}: {error}") from error


class CatchEvent(Node):
    """An intermediate catch event."""

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        self.trigger = Trigger(element, name)

    def arrive(self, task: Task) -> bool:
        if task.internal_data.pop("caught", False):
            return True
        self.trigger.arm(task)
        return wait(task)

    def caught(self, host: Task, data: Mapping[str, Any]) -> None:
        """The event has come; the host is this element's own task, or an event gateway's."""
        run = run_of(host)
        run.waits.drop_of(str(host.id))
        run.merge(host, data, self.outputs_map)
        if host.task_spec is not self:
            host.internal_data["chosen"] = self.name
        host._ready()


class ReceiveTask(Activity):
    """A task that waits for a message."""

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        self.trigger = Trigger(element, name)

    def begin(self, task: Task) -> bool:
        if task.internal_data.pop("caught", False):
            return True
        self.trigger.arm(task)
        return wait(task)

    caught = CatchEvent.caught


class EventGateway(Node):
    """Waits for the first of several events; each has a row of its own."""

    def arrive(self, task: Task) -> bool:
        specs = task.workflow.spec.task_specs
        for way in self.ways:
            specs[way.target].trigger.arm(task)
        return wait(task)

    def leave(self, task: Task):
        chosen = task.internal_data["chosen"]
        way = next(w for w in self.ways if w.target == chosen)
        run_of(task).note("chose", task, flows=[way.id])
        return (way,)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for child in my_task.children:
            child.internal_data["caught"] = True
