"""Gateways that choose."""

from __future__ import annotations

from SpiffWorkflow.task import Task

from engine.bpmn.errors import Stuck
from engine.bpmn.specs.base import Node, Way, run_of


class ChoosingGateway(Node):
    """Conditions are asked in the order of the file; only true is true, null is not."""

    def true_ways(self, task: Task) -> list[Way]:
        return [w for w in self.ways if self._holds(task, w)]

    def _holds(self, task: Task, way: Way) -> bool:
        if way.condition is None:
            return len(self.ways) == 1
        value = run_of(task).evaluate(task, way.condition)
        if value is not None and not isinstance(value, bool):
            reason = f"the condition {way.condition.text} gave {value!r}, not yes or no"
            raise Stuck(self.bpmn_id, reason)
        return value is True

    def chosen(self, task: Task, ways: list[Way]) -> tuple[Way, ...]:
        ways = ways or [w for w in self.ways if w.id == self.element.default]
        if not ways:
            raise Stuck(self.bpmn_id, "no condition holds and there is no default flow")
        if len(self.ways) > 1:
            names = [w.name for w in ways]
            run_of(task).note("chose", task, flows=[w.id for w in ways], names=names)
        return tuple(ways)


class ExclusiveGateway(ChoosingGateway):
    """The first condition that holds, else the default flow."""

    def leave(self, task: Task) -> tuple[Way, ...]:
        return self.chosen(task, self.true_ways(task)[:1])
