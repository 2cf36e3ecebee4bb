"""What a DMN file says, as plain frozen dataclasses; the boxed expressions stand in `boxed` and `tables`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.decisions.errors import TableError

if TYPE_CHECKING:
    from engine.decisions.boxed import Expression
    from engine.decisions.types import ItemDefinition


@dataclass(frozen=True)
class Row:
    """What stands beside a rule of a table: where it comes from and when it counts.

    `kind` is one of lov, loebende, sag, lokal, KONTROL, or empty. Both dates are included.
    """

    id: str
    name: str = ""
    source: str = ""
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def valid(self, on: date) -> bool:
        """Whether the rule exists on this Copenhagen day."""
        return (self.valid_from or on) <= on <= (self.valid_to or on)


@dataclass(frozen=True)
class Variable:
    """A named, perhaps typed, place: an input, a parameter, the result of a decision."""

    name: str
    type: str = ""


@dataclass(frozen=True)
class InputData:
    id: str
    name: str
    variable: Variable


@dataclass(frozen=True)
class Decision:
    """A decision of the diagram.

    `kind` is the element name of its logic (`decisionTable`, `literalExpression`, ...) or empty
    when there is none; then its value comes from outside. `inputs` are the names of what it needs:
    the required elements, or for a table drawn without them the input expressions.
    """

    id: str
    name: str
    variable: Variable
    kind: str = ""
    hit_policy: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    description: str = ""
    requires: tuple[str, ...] = ()
    """References of required inputs, decisions and knowledge, `namespace#id`."""
    logic: Expression | None = field(default=None, repr=False, compare=False)

    @property
    def turns(self) -> list[date]:
        """The days on which a row begins to count, or no longer does."""
        begins = {row.valid_from for row in self.rows if row.valid_from}
        ends = {row.valid_to + timedelta(days=1) for row in self.rows if row.valid_to}
        return sorted(begins | ends)


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: a function that decisions may call."""

    id: str
    name: str
    variable: Variable
    requires: tuple[str, ...] = ()
    logic: Expression | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Service:
    """A decision service: some decisions offered as one function."""

    id: str
    name: str
    variable: Variable
    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True)
class Import:
    name: str
    namespace: str


@dataclass(frozen=True)
class Step:
    """One decision on the way to an answer: which rows of it fired, and its value, JSON-ready."""

    decision: str
    rules: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class Answer:
    """What a decision said.

    `value` is JSON-ready and `feel` the same as a FEEL value. `rules` are the rows that fired in
    the asked decision, in the order of the table. `matched` is False when a table had no row for
    the input: the caller makes a task of it. `trace` has the required decisions first.
    """

    value: Any
    rules: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
    matched: bool = True
    feel: Any = field(default=None, repr=False, compare=False)
    problems: tuple[TableError, ...] = ()


@dataclass(frozen=True)
class Definitions:
    """One DMN file, read and compiled."""

    id: str
    name: str
    namespace: str
    elements: Mapping[str, Element] = field(repr=False)
    types: Mapping[str, ItemDefinition] = field(repr=False, default_factory=dict)
    imports: tuple[Import, ...] = ()
    imported: Mapping[str, Definitions] = field(repr=False, default_factory=dict)
    """The files that `imports` name, by namespace."""
    problems: tuple[TableError, ...] = ()

    @property
    def decisions(self) -> dict[str, Decision]:
        return {e.id: e for e in self.elements.values() if isinstance(e, Decision)}

    @property
    def services(self) -> dict[str, Service]:
        return {e.id: e for e in self.elements.values() if isinstance(e, Service)}

    @property
    def inputs(self) -> dict[str, InputData]:
        return {e.id: e for e in self.elements.values() if isinstance(e, InputData)}

    def era(self, decision: str, on: date) -> date:
        """The first of the days around this one on which the same rows of the decision count.

        The day itself where other decisions have a say in the answer.
        """
        turns = self._turns.get(decision)
        if turns is None:
            return on
        past = bisect_right(turns, on)
        return turns[past - 1] if past else date.min

    @cached_property
    def _turns(self) -> dict[str, list[date]]:
        return {d.id: d.turns for d in self.decisions.values() if self._asks_inputs_alone(d)}

    def _asks_inputs_alone(self, decision: Decision) -> bool:
        required = [self.resolve(reference) for reference in decision.requires]
        return all(found and isinstance(found[1], InputData) for found in required)

    def decide(
        self,
        decision: str,
        context: Mapping[str, Any],
        on: date | None = None,
        now: datetime | None = None,
        lenient: bool = False,
    ) -> Answer:
        """Ask a decision or a decision service, by id or name.

        `context` holds JSON or FEEL values by name; `on` is the Copenhagen day whose rows count
        (default today); `now` is the moment that FEEL's today() and now() see (default the clock).
        Raises TableError for an unknown decision, two rows that contradict each other, a value of
        the wrong type or outside the allowed values. With `lenient` such faults become null, as
        DMN has it, and stand in `Answer.problems`.
        """
        from engine.decisions.deciding import decide  # reads these classes; late, or a circle

        return decide(self, decision, context, on=on, now=now, lenient=lenient)

    def resolve(self, reference: str) -> tuple[Definitions, Element] | None:
        """The element that `namespace#id` names, here or in an imported file, with its file."""
        namespace, _, id_ = reference.rpartition("#")
        if id_ in self.elements and namespace in ("", self.namespace):
            return self, self.elements[id_]
        for file in (self.imported.get(namespace), *self.imported.values()):
            if file and file is not self and id_ in file.elements:
                return file, file.elements[id_]
        return None
