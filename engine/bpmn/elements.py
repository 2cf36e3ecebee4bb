"""What stands in a diagram, as frozen dataclasses; made by `dialect`, known by everybody.

Texts are kept as they stand in the file: `= ...` is FEEL, anything else a literal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Timer:
    """`kind` is date, duration or cycle; `text` a literal (ISO 8601) or `= FEEL`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Message:
    """A bpmn:message; `key` is the text of its zeebe:subscription correlationKey."""

    id: str
    name: str
    key: str | None = None


@dataclass(frozen=True)
class Event:
    """What an event throws or catches.

    `kind`: none, message, timer, signal, error, escalation, terminate, link, or the name of a
    definition this engine does not know (compensate, conditional, cancel, multiple).
    `name`: the message's, signal's or link's name; the error's or escalation's code, None
    where it stands for every code. `ref` is the reference as written, for messages to people.
    """

    kind: str = "none"
    name: str | None = None
    key: str | None = None
    timer: Timer | None = None
    ref: str | None = None


@dataclass(frozen=True)
class IoMapping:
    source: str
    target: str


@dataclass(frozen=True)
class TaskDefinition:
    """The service of a service or send task; with `retries` it runs as a job."""

    type: str
    retries: str | None = None


@dataclass(frozen=True)
class Called:
    """zeebe:calledElement. As in Camunda 8 all variables go in and come out unless said."""

    process: str
    all_in: bool = True
    all_out: bool = True


@dataclass(frozen=True)
class Decision:
    id: str
    result: str


@dataclass(frozen=True)
class Script:
    expression: str
    result: str


@dataclass(frozen=True)
class Loop:
    """Multi-instance: texts of zeebe:loopCharacteristics and bpmn:completionCondition."""

    sequential: bool
    input_collection: str | None
    input_element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion: str | None = None


@dataclass(frozen=True)
class Listener:
    event: str
    type: str
    retries: str | None = None


@dataclass(frozen=True)
class Element:
    """A flow node of a diagram. `kind` is the BPMN tag: userTask, startEvent, subProcess…

    `scope` is the id of the process or sub-process it stands in; `queue` the text of
    assignee or candidateGroups; `lane` the innermost lane's name, inherited by what stands
    in a sub-process. `interrupting` speaks of boundary events and starts of event
    sub-processes. `strange` names zeebe: extensions that were not understood.
    """

    id: str
    kind: str
    name: str
    process: str
    scope: str
    line: int
    lane: str | None = None
    documentation: str | None = None
    event: Event | None = None
    attached_to: str | None = None
    interrupting: bool = True
    event_subprocess: bool = False
    default: str | None = None
    queue: str | None = None
    form_id: str | None = None
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    task: TaskDefinition | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING, hash=False)
    properties: Mapping[str, str] = field(default_factory=lambda: NOTHING, hash=False)
    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()
    called: Called | None = None
    decision: Decision | None = None
    script: Script | None = None
    loop: Loop | None = None
    listeners: tuple[Listener, ...] = ()
    zeebe_user_task: bool = False
    strange: tuple[str, ...] = ()


@dataclass(frozen=True)
class SequenceFlow:
    id: str
    name: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class Process:
    """One bpmn:process with everything inside it, sub-processes included."""

    id: str
    name: str
    executable: bool
    version_tag: str | None
    documentation: str | None
    elements: Mapping[str, Element] = field(hash=False)
    flows: Mapping[str, SequenceFlow] = field(hash=False)
    properties: Mapping[str, str] = field(default_factory=lambda: NOTHING, hash=False)

    def inside(self, scope: str) -> Iterator[Element]:
        """The elements that stand directly in this process or sub-process."""
        return (e for e in self.elements.values() if e.scope == scope)

    def outgoing(self, element: str) -> tuple[SequenceFlow, ...]:
        """In the order of the file."""
        return tuple(f for f in self.flows.values() if f.source == element)

    def incoming(self, element: str) -> tuple[SequenceFlow, ...]:
        return tuple(f for f in self.flows.values() if f.target == element)


@dataclass(frozen=True)
class Diagram:
    """All processes of one file; `executable` is the one this engine runs."""

    processes: tuple[Process, ...]
    messages: Mapping[str, Message] = field(hash=False)

    @property
    def executable(self) -> Process | None:
        return next((p for p in self.processes if p.executable), None)
