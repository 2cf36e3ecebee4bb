"""Multi-instance activities: one body that watches over an inner task per item."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.errors import DiagramError, Stuck
from engine.bpmn.expressions import Expression
from engine.bpmn.specs.activity import Activity
from engine.bpmn.specs.base import run_of, start_under

MOST_ITEMS = 2000


class MultiInstance(Activity):
    """The body. Items and results lie in its task; the inner element's spec is `inner`.

    Each inner task has a scope with the item, `loopCounter` from 1 and, where the output
    element is a plain name, that name: parallel items do not write over one another.
    """

    is_multi_instance = True

    def __init__(self, wf_spec, name, element, inner: str):
        super().__init__(wf_spec, name, element)
        self.inner = inner
        # Mappings belong to each item, not to the body.
        self.inputs_map = self.outputs_map = ()
        loop = element.loop
        if not loop.input_collection:
            raise DiagramError(element.id, "the multi-instance has no input collection")
        self.sequential = loop.sequential
        self.items = Expression.feel(loop.input_collection, element.id)
        self.gather = Expression.maybe(loop.output_element, element.id)
        self.completion = None
        if loop.completion:
            self.completion = Expression.feel(loop.completion, element.id)
        if bool(loop.output_collection) != bool(loop.output_element):
            raise DiagramError(element.id, "output collection and output element belong together")

    def begin(self, task: Task) -> bool:
        items = run_of(task).evaluate(task, self.items)
        if not isinstance(items, list):
            raise Stuck(self.bpmn_id, f"{self.items.text} gave {items!r}, not a list")
        if len(items) > MOST_ITEMS:
            raise Stuck(
                self.bpmn_id,
                f"listen har {len(items)} elementer, og højst {MOST_ITEMS} kan gennemføres på én "
                "gang; ret listen i sagen, eller tegn elementet, så det tager en del ad gangen",
            )
        task.internal_data.update(items=items, next=0, done=0, results=[None] * len(items))
        if not items:
            return True
        task._set_state(TaskState.STARTED)
        for _ in range(1 if self.sequential else len(items)):
            self._start_next(task)
        return False

    def _start_next(self, task: Task) -> None:
        state = task.internal_data
        number = state["next"]
        state["next"] = number + 1
        spec = task.workflow.spec.task_specs[self.inner]
        start_under(task, spec, index=number, local=self._locals(state["items"][number], number))

    def _locals(self, item: Any, number: int) -> dict[str, Any]:
        loop = self.element.loop
        local: dict[str, Any] = {"loopCounter": number + 1}
        if loop.input_element:
            local[loop.input_element] = item
        if self.gather is not None:
            name = self.gather.text.removeprefix("=").strip()
            if name.isidentifier() and name not in local:
                local[name] = None
        return local

    def inner_done(self, child: Task) -> None:
        """An item is done; its scope is still there."""
        task, run = child.parent, run_of(child)
        state = task.internal_data
        if self.gather is not None:
            value = run.evaluate(child, self.gather)
            state["results"][child.internal_data["index"]] = value
        state["done"] += 1
        if state["done"] == len(state["items"]) or self._enough(child, task):
            for other in task.children:
                if other is not child:
                    run.cancel(other)
            task._ready()
        elif self.sequential:
            self._start_next(task)

    def _enough(self, child: Task, task: Task) -> bool:
        if self.completion is None:
            return False
        state = task.internal_data
        counts = {
            "numberOfInstances": len(state["items"]),
            "numberOfCompletedInstances": state["done"],
            "numberOfActiveInstances": state["next"] - state["done"],
            "numberOfTerminatedInstances": 0,
        }
        if self.element.loop.output_collection:
            # As far as it has come: null for the items that are not done.
            counts[self.element.loop.output_collection] = list(state["results"])
        value = run_of(child).evaluate(child, self.completion, counts)
        if value is not None and not isinstance(value, bool):
            raise Stuck(self.bpmn_id, f"{self.completion.text} gave {value!r}, not yes or no")
        return value is True

    def act(self, task: Task) -> None:
        collection = self.element.loop.output_collection
        if collection:
            run_of(task).merge(task, {collection: task.internal_data["results"]}, ())
