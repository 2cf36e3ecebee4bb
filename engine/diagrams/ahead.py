"""What follows from a task, and what leads to one, read from the diagram without running it.

A reader of the same flows, conditions and calls as the engine follows. What it cannot know (what a
service or a table will answer) is told as a choice with its branches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import bpmn, clock, feel
from engine.bpmn.elements import Element, IoMapping, SequenceFlow

#: The kinds of steps: see `Step`.
TASK, AUTO, LETTER, TABLE, TIME, MESSAGE, CHOICE, WAIT, END = (
    "task auto letter table time message choice wait end".split()
)
_PEOPLE = frozenset(("userTask", "manualTask"))
_WAITS = _PEOPLE | {"intermediateCatchEvent", "receiveTask", "eventBasedGateway"}
_WORK = {
    "sendTask": LETTER,
    "serviceTask": AUTO,
    "scriptTask": AUTO,
    "businessRuleTask": TABLE,
}
_DEEPEST = 2
_MOST = 40


@dataclass(frozen=True)
class Step:
    """One thing that follows.

    `kind`: task (for a person), letter, auto (a service), table, time (a clock runs), message,
    choice (with `branches`; `name` is the question), wait (for others), end.
    `label` is the answer that a choice has got already; `late` names what happens when a task
    is not done in time.
    """

    kind: str
    name: str
    element: Element | None = None
    queue: str | None = None
    label: str = ""
    late: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Branch:
    label: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Known:
    """What is known for sure at one place: values by name; `sag` counts as one name."""

    values: Mapping[str, Any]
    #: Names that may have got another value on the way.
    doubtful: frozenset[str] = frozenset()
    #: Whether a service has had the chance to change what stood there before.
    changed: bool = False
    fresh: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        if name in self.doubtful:
            return False
        return name in self.fresh or (not self.changed and name in self.values)

    def after_service(self) -> Known:
        return replace(self, changed=True)


def after(
    program: bpmn.Program,
    process: str,
    element: str,
    seen: Mapping[str, Any],
    answers: Mapping[str, Any],
    asked: frozenset[str],
) -> tuple[Step, ...]:
    """What follows when a task is done.

    `seen`: the variables (and `sag`) that the task sees; `answers`: those that the form would make
    variables of now; `asked`: every key that it asks, answered or not.
    """
    task = program.element(process, element)
    values = {**seen, **answers}
    fresh = frozenset(answers)
    known = Known(values, asked - fresh, False, fresh)
    if task.listeners:
        known = known.after_service()
    if task.outputs:
        known = _mapped(task.outputs, known)
    walk = _Walk(program, seen)
    steps: list[Step] = []
    if task.loop is not None:
        steps.append(Step(WAIT, "Når alle har svaret"))
    steps += walk.onward(task, known, (), 0)
    return tuple(steps[:_MOST])


def _mapped(outputs: tuple[IoMapping, ...], known: Known) -> Known:
    """Only what is mapped leaves the element; what stood outside before still stands there."""
    values, fresh, doubtful = dict(known.values), set(), set()
    for mapping in outputs:
        name = mapping.target.split(".")[0]
        got, value = _value(mapping.source, known)
        if got and "." not in mapping.target:
            values[name] = value
            fresh.add(name)
        else:
            doubtful.add(name)
    return Known(values, frozenset(doubtful), known.changed, frozenset(fresh))


def _value(text: str | None, known: Known) -> tuple[bool, Any]:
    """Whether an expression's value is known for sure, and which it is."""
    if text is None or not text.strip().startswith("="):
        return True, text
    try:
        parsed = feel.parse(text.strip()[1:].strip())
        if not all(known.has(name) for name in parsed.names):
            return False, None
        return True, feel.to_json(parsed.evaluate(known.values, now=clock.now))
    except feel.FeelError:
        return False, None


@dataclass
class _Walk:
    program: bpmn.Program
    seen: Mapping[str, Any]
    been: set[tuple[str, str]] = field(default_factory=set)

    def onward(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        flows = self.program.diagrams[element.process].outgoing(element.id)
        steps: list[Step] = []
        for flow in flows:
            steps += self.at(element.process, flow.target, known, stack, deep)
        if not flows and element.kind != "endEvent":
            steps += self.leave(element, known, stack, deep)
        return steps

    def at(self, process: str, name: str, known: Known, stack: tuple, deep: int) -> list[Step]:
        element = self.program.element(process, name)
        here = (process, name)
        if here in self.been and element.kind not in _PEOPLE:
            return []
        self.been.add(here)
        if element.kind in _PEOPLE:
            return [self.task(element)]
        if element.kind in _WORK:
            step = Step(_WORK[element.kind], element.name, element)
            known = known.after_service()
            if element.outputs:
                known = replace(known, doubtful=known.doubtful | _targets(element))
            return [step, *self.onward(element, known, stack, deep)]
        if element.kind in ("exclusiveGateway", "inclusiveGateway"):
            return self.choose(element, known, stack, deep)
        if element.kind == "eventBasedGateway":
            return [self.first_of(element)]
        if element.kind == "parallelGateway":
            return self.parallel(element, known, stack, deep)
        if element.kind == "callActivity":
            return self.call(element, known, stack, deep)
        if element.kind == "subProcess":
            return self.inside(element, element.id, known, stack, deep)
        if element.kind in ("intermediateCatchEvent", "receiveTask"):
            return [self.wait(element)]
        if element.kind == "endEvent":
            return self.end(element, known, stack, deep)
        if element.kind == "intermediateThrowEvent":
            told = element.event is not None and element.event.kind not in ("none", "link")
            steps = [Step(MESSAGE, element.name, element)] if told and element.name else []
            return [*steps, *self.onward(element, known, stack, deep)]
        return self.onward(element, known, stack, deep)

    def task(self, element: Element) -> Step:
        guards = (
            e
            for e in self.program.diagrams[element.process].elements.values()
            if e.attached_to == element.id and e.event and e.event.kind == "timer" and e.name
        )
        late = tuple(g.name for g in guards)
        return Step(TASK, element.name, element, self.queue(element), late=late)

    def queue(self, element: Element) -> str | None:
        """The queue as it would be today; None where it depends on what comes."""
        text = element.queue or element.lane
        if text is None or not text.strip().startswith("="):
            return text
        try:
            parsed = feel.parse(text.strip()[1:].strip())
            if not parsed.names <= self.seen.keys():
                return None
            value = feel.to_json(parsed.evaluate(self.seen, now=clock.now))
        except feel.FeelError:
            return None
        return value if isinstance(value, str) else None

    def wait(self, element: Element) -> Step:
        kind = TIME if element.event and element.event.kind == "timer" else MESSAGE
        return Step(kind, element.name, element)

    def first_of(self, element: Element) -> Step:
        flows = self.program.diagrams[element.process].outgoing(element.id)
        ways = [self.program.element(element.process, f.target) for f in flows]
        branches = tuple(Branch("", (self.wait(way),)) for way in ways)
        return Step(CHOICE, element.name or "Det, der sker først", element, branches=branches)

    def parallel(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        incoming = self.program.diagrams[element.process].incoming(element.id)
        steps = [Step(WAIT, "Når det andet også er færdigt")] if len(incoming) > 1 else []
        return [*steps, *self.onward(element, known, stack, deep)]

    def choose(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        flows = self.program.diagrams[element.process].outgoing(element.id)
        if len(flows) < 2:
            return self.onward(element, known, stack, deep)
        ways = self.open_ways(element, flows, known)
        if len(ways) == 1:
            steps = self.at(element.process, ways[0].target, known, stack, deep)
            if not element.name or not ways[0].name:
                return steps
            return [Step(CHOICE, element.name, element, label=ways[0].name), *steps]
        if deep >= _DEEPEST:
            return [Step(CHOICE, element.name, element)]
        branches, been = [], set(self.been)
        for way in ways:
            self.been = set(been)
            steps = self.at(element.process, way.target, known, stack, deep + 1)
            branches.append(Branch(way.name or "ellers", tuple(steps)))
        return [Step(CHOICE, element.name, element, branches=tuple(branches))]

    def open_ways(
        self, element: Element, flows: tuple[SequenceFlow, ...], known: Known
    ) -> list[SequenceFlow]:
        """The ways that may still be taken, as far as is known."""
        possible: list[SequenceFlow] = []
        one_only = element.kind == "exclusiveGateway"
        for flow in flows:
            if flow.id == element.default:
                continue
            got, value = _value(flow.condition, known)
            if got and value is True:
                possible.append(flow)
                if one_only:
                    return possible
            elif not got:
                possible.append(flow)
        return possible + [flow for flow in flows if flow.id == element.default]

    def call(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        called = element.called.process
        if called not in self.program.diagrams:
            return [Step(AUTO, element.name, element)]
        inner = known
        if element.inputs:
            inner = _mapped(element.inputs, known)
        start = self.program.starts(called)[0].element
        return self.at(called, start, inner, (*stack, element), deep)

    def inside(
        self, element: Element, scope: str, known: Known, stack: tuple, deep: int
    ) -> list[Step]:
        diagram = self.program.diagrams[element.process]
        starts = [
            e
            for e in diagram.inside(scope)
            if e.kind == "startEvent" or (not diagram.incoming(e.id) and not e.attached_to)
        ]
        first = next((e for e in starts if e.kind == "startEvent"), starts[0] if starts else None)
        if first is None:
            return self.onward(element, known, stack, deep)
        return self.at(element.process, first.id, known, stack, deep)

    def end(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        kind = element.event.kind if element.event else "none"
        steps = [Step(MESSAGE, element.name, element)] if kind == "message" else []
        if kind == "error":
            return self.fault(element, known, stack, deep)
        return [*steps, *self.leave(element, known, stack, deep)]

    def leave(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        """The end of a room: on from the sub-process or the call that it belongs to."""
        diagram = self.program.diagrams[element.process]
        if element.scope != diagram.id:
            around = diagram.elements[element.scope]
            waits = [Step(WAIT, "Når alle er færdige")] if around.loop else []
            return [*waits, *self.onward(around, known, stack, deep)]
        caller, stack = (stack[-1], stack[:-1]) if stack else (self.caller(diagram.id), ())
        if caller is None:
            return [Step(END, element.name or diagram.name, element)]
        if (caller.process, caller.id) in self.been and not stack:
            # It was reached through this very call.
            self.been.discard((caller.process, caller.id))
        outer = known if caller.called and caller.called.all_out else known.after_service()
        if caller.outputs:
            outer = _mapped(caller.outputs, known)
        came_to = [Step(AUTO, element.name, element)] if element.kind == "endEvent" else []
        waits = [Step(WAIT, "Når alle er færdige")] if caller.loop else []
        return [*came_to, *waits, *self.onward(caller, outer, stack, deep)]

    def caller(self, process: str) -> Element | None:
        """Who calls a process, where there is only one who can."""
        callers = [e for e in self.program.elements() if e.called and e.called.process == process]
        return callers[0] if len(callers) == 1 else None

    def fault(self, element: Element, known: Known, stack: tuple, deep: int) -> list[Step]:
        diagram = self.program.diagrams[element.process]
        around = diagram.elements.get(element.scope) or (
            stack[-1] if stack else self.caller(diagram.id)
        )
        if around is not None:
            for guard in self.program.diagrams[around.process].elements.values():
                if guard.attached_to != around.id or not guard.event:
                    continue
                if guard.event.kind == "error" and guard.event.name in (None, element.event.name):
                    return self.onward(guard, known.after_service(), stack[:-1], deep)
        return [Step(END, element.name, element)]


def _targets(element: Element) -> frozenset[str]:
    return frozenset(m.target.split(".")[0] for m in element.outputs)


def behind(program: bpmn.Program, process: str, element: str) -> set[tuple[str, str]]:
    """(process, element) of all that a token may have passed since somebody last was waited for."""
    found: set[tuple[str, str]] = set()
    waiting = list(_before(program, process, element))
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        at = program.element(*here)
        if at.kind in _WAITS:
            continue
        if at.kind == "callActivity" and at.called.process in program.diagrams:
            called = program.diagrams[at.called.process]
            waiting += [(called.id, e.id) for e in called.elements.values() if e.kind == "endEvent"]
            continue
        waiting += _before(program, *here)
    return found


def _before(program: bpmn.Program, process: str, element: str) -> Iterator[tuple[str, str]]:
    diagram = program.diagrams[process]
    at = diagram.elements[element]
    for flow in diagram.incoming(element):
        yield process, flow.source
    if at.attached_to:
        yield process, at.attached_to
    if at.kind != "startEvent":
        return
    if at.scope != process:
        yield from _before(program, process, at.scope)
    for other in program.elements():
        if other.called and other.called.process == process:
            yield from _before(program, other.process, other.id)
