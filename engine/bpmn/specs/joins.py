"""Gateways where tokens meet, in loops too: arrivals are counted by the flow they came on."""

from __future__ import annotations

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.specs.base import Node, Way, wait
from engine.bpmn.specs.gateways import ChoosingGateway


class Join(Node):
    """Arrivals wait as tasks. A firing uses up the oldest arrival of each flow and no more:
    a token that came twice on the same flow waits for the next round.
    """

    is_join = True
    # Ids of the sequence flows that come in; set by the parser.
    flows_in: tuple[str, ...] = ()

    def waiting(self, room) -> dict[str, list[Task]]:
        """Arrivals by the flow they came on, oldest first."""
        arrivals: dict[str, list[Task]] = {}
        for task in room.tasks.values():
            if task.task_spec is self and task.state == TaskState.WAITING:
                arrivals.setdefault(task.internal_data["via"], []).append(task)
        return arrivals

    def fire(self, arrivals: dict[str, list[Task]]) -> None:
        """One token goes on from the latest of the oldest arrivals; the others end in it."""
        met = {tasks[0].id for tasks in arrivals.values()}
        room = next(iter(arrivals.values()))[0].workflow
        *others, last = (task for task in room.tasks.values() if task.id in met)
        for task in others:
            task._set_state(TaskState.COMPLETED)
        last._ready()


class ParallelGateway(Join):
    """Fires when a token has come on every flow in."""

    def arrive(self, task: Task) -> bool:
        if len(self.flows_in) < 2:
            return True
        wait(task)
        arrivals = self.waiting(task.workflow)
        if len(arrivals) == len(self.flows_in):
            self.fire(arrivals)
        return False


class InclusiveGateway(ChoosingGateway, Join):
    """Fires when no token elsewhere in the room can still reach a flow that is empty.

    BPMN 2.0, table 13.3: a token that can also reach a flow where one already waits does not
    hold the gateway back. `reach` says which of its flows a token at each element can come to
    without passing the gateway itself.
    """

    def __init__(self, wf_spec, name, element):
        super().__init__(wf_spec, name, element)
        self.reach: dict[str, frozenset[str]] = {}

    def arrive(self, task: Task) -> bool:
        if len(self.flows_in) < 2:
            return True
        # Tokens are still moving; the run asks `try_fire` when they have come to rest.
        return wait(task)

    def try_fire(self, room) -> bool:
        """Fire if the rule allows; whether it did."""
        arrivals = self.waiting(room)
        if not arrivals:
            return False
        if len(arrivals) < len(self.flows_in) and self._awaited(room, arrivals):
            return False
        self.fire(arrivals)
        return True

    def _awaited(self, room, arrivals) -> bool:
        full = frozenset(arrivals)
        for task in room.tasks.values():
            if task.task_spec is self or not task.has_state(TaskState.NOT_FINISHED_MASK):
                continue
            reachable = self.reach.get(task.task_spec.name, frozenset())
            if reachable - full and not reachable & full:
                return True
        return False

    def leave(self, task: Task) -> tuple[Way, ...]:
        return self.chosen(task, self.true_ways(task))
