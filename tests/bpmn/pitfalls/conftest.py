"""The library as it comes, beside ours, so that a mended fault is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.util.task import TaskState

FOLDER = Path(__file__).parent / "stock"


class Stock:
    """An unmended workflow by the names of its elements."""

    def __init__(self, name: str, variables: dict[str, Any]):
        self.spec, self.subs = specs(name)
        self.workflow = BpmnWorkflow(self.spec, self.subs)
        for task in self.workflow.get_tasks(state=TaskState.READY):
            task.data.update(variables)
        self.workflow.do_engine_steps()

    @property
    def open(self) -> list[str]:
        found = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.bpmn_id for task in found)

    def task(self, element: str, state: int = TaskState.READY):
        found = self.workflow.get_tasks(state=state)
        return next(task for task in found if task.task_spec.bpmn_id == element)

    def do(self, element: str, **answers: Any):
        task = self.task(element)
        task.data.update(answers)
        task.run()
        self.workflow.do_engine_steps()
        return task


def parser(*names: str) -> BpmnParser:
    made = BpmnParser()
    for name in names:
        made.add_bpmn_str((FOLDER / f"{name}.bpmn").read_bytes())
    return made


def specs(name: str):
    made = parser(name)
    return made.get_spec(name), made.get_subprocess_specs(name)


@pytest.fixture
def stock() -> Callable[..., Stock]:
    return lambda name, **variables: Stock(f"stock_{name}", variables)


@pytest.fixture
def stock_parser() -> Callable[..., BpmnParser]:
    return lambda *names: parser(*(f"stock_{name}" for name in names))
