"""A case of plain dicts around a flow, saved and loaded again after every verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine import bpmn, clock


class Case:
    """A host whose services, decisions and view of the case are what the test says."""

    def __init__(self) -> None:
        self.view: dict[str, Any] = {"nummer": "2026-1"}
        self.services: dict[str, Callable[[bpmn.ServiceCall], Mapping | None]] = {}
        self.decisions: dict[str, Callable[[dict], bpmn.Decided]] = {}
        self.calls: list[bpmn.ServiceCall] = []

    def now(self) -> datetime:
        return clock.now()

    def sag(self) -> Mapping[str, Any]:
        return self.view

    def serve(self, call: bpmn.ServiceCall) -> Mapping[str, Any] | None:
        self.calls.append(call)
        return self.services[call.type](call)

    complete_listener = serve

    def decide(self, decision: str, context: dict[str, Any]) -> bpmn.Decided:
        return self.decisions[decision](context)


class Play:
    """A flow by the names of its elements."""

    def __init__(self, program: bpmn.Program, case: Case, flow: bpmn.Flow):
        self.program, self.case, self.flow = program, case, flow
        self.steps: list[bpmn.Step] = []
        self.thrown: list[bpmn.Throw] = []
        self.again()

    def again(self) -> None:
        """Save, forget everything, load."""
        self.steps += self.flow.journal
        self.thrown += self.flow.outgoing
        kind = type(self.flow)
        self.flow = kind.load(self.program, self.case, self.flow.state(), self.flow.scopes())

    @property
    def open(self) -> list[str]:
        """Elements that wait for work, in the order of their names."""
        return sorted(item.element for item in self.flow.work)

    @property
    def waits(self) -> list[str]:
        """Elements that wait for a timer, message or signal."""
        return sorted(w.element for w in [*self.flow.timers, *self.flow.subscriptions])

    @property
    def variables(self) -> dict[str, Any]:
        return self.flow.variables()

    @property
    def ended(self) -> bool:
        return self.flow.ended

    def item(self, element: str, of: Any = None) -> bpmn.WorkItem:
        """The open work at an element, for one multi-instance item where `of` is given."""
        found = [w for w in self.flow.work if w.element == element]
        return next(w for w in found if of is None or w.item == of)

    def do(self, element: str, of: Any = None, **answers: Any) -> None:
        self.flow.complete(self.item(element, of).id, answers)
        self.again()

    def tell(self, message: str, **data: Any) -> None:
        self.flow.tell(message, data)
        self.again()

    def signal(self, name: str, **data: Any) -> int:
        caught = self.flow.signal(name, data)
        self.again()
        return caught

    def timer(self, element: str) -> bpmn.Timer:
        return next(t for t in self.flow.timers if t.element == element)

    def fire(self, element: str) -> None:
        self.flow.fire(self.timer(element).id)
        self.again()

    def sleep(self, travel: clock.VirtualClock, **duration: float) -> None:
        """Let time pass, and every timer fire at its moment."""
        from datetime import timedelta

        until = clock.now() + timedelta(**duration)
        while due := [t for t in self.flow.timers if t.due <= until]:
            first = min(due, key=lambda t: t.due)
            travel.move_to(max(first.due, clock.now()))
            self.flow.fire(first.id)
            self.again()
        travel.move_to(until)

    def happened(self, kind: str) -> list[str]:
        """The elements of one kind of journal line, in order."""
        return [step.element for step in self.steps if step.kind == kind]


@pytest.fixture
def travel():
    """The clock stands at nine in the morning, Friday 30 January 2026."""
    with clock.travelling(datetime(2026, 1, 30, 9)) as virtual:
        yield virtual


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def diagrams(request) -> Callable[[str], bpmn.Program]:
    """Compile a diagram that lies beside the test, with those beside it that it calls."""
    folder = Path(request.path).parent

    def compiled(root: str) -> bpmn.Program:
        return bpmn.compile({p.stem: p.read_bytes() for p in folder.glob("*.bpmn")}, root)

    return compiled


@pytest.fixture
def start(diagrams, case, travel) -> Callable[..., Play]:
    """Start a diagram that lies beside the test."""

    def started(root: str, **variables: Any) -> Play:
        program = diagrams(root)
        return Play(program, case, bpmn.Flow.start(program, case, variables=variables))

    return started
