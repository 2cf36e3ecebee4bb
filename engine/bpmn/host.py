"""What a flow needs from the rest of the engine, and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class ServiceCall:
    """A call of a registered service.

    `inputs`: what zeebe:input maps, and for a completing listener the answers. `variables`:
    everything the element sees. `item`: the item of a multi-instance, else None.
    """

    type: str
    inputs: dict[str, Any]
    process: str
    element: str
    name: str = ""
    item: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decided:
    """A decision's value and the ids of the rules that gave it."""

    value: Any
    rules: tuple[str, ...] = ()


class Host(Protocol):
    """The case around a flow."""

    def now(self) -> datetime:
        """The present moment, aware."""

    def sag(self) -> Mapping[str, Any]:
        """The read-only view of the case that expressions see as `sag`."""

    def serve(self, call: ServiceCall) -> Mapping[str, Any] | None:
        """Run a service inside the step; its dict becomes variables. May raise `BpmnError`."""

    def decide(self, decision: str, context: dict[str, Any]) -> Decided:
        """Ask a decision table."""

    def complete_listener(self, call: ServiceCall) -> Mapping[str, Any] | None:
        """A zeebe:taskListener completing: make facts of the answers, or raise `Refused`."""


@dataclass(frozen=True)
class Throw:
    """A message or signal that left the diagram.

    A signal has already reached those who wait inside this instance: deliver it to the
    others. A message has reached nobody yet, this instance included.
    """

    kind: str
    name: str
    key: str | None
    data: dict[str, Any]
    process: str
    element: str


@dataclass(frozen=True)
class Step:
    """One line of the journal. `kind` is one of `KINDS`.

    For kind variable `name` is the variable's, else the element's or the event's.
    """

    kind: str
    process: str
    element: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)


KINDS = frozenset(
    """started entered completed cancelled chose variable timer_armed timer_undated timer_skipped timer_fired timer_moved
    waiting caught thrown error escalation decided served failed ended""".split()
)
