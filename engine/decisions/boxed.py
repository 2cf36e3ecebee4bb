"""Boxed expressions: the forms that the logic of a decision may take, each with its evaluation.

DMN 1.5, chapters 7 and 10.3.2. The decision table has its own module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine import feel
from engine.decisions.functions import call, function, is_function
from engine.decisions.run import Scope
from engine.decisions.types import Type


class Expression(Protocol):
    """Something with a value in a scope."""

    id: str

    def evaluate(self, scope: Scope) -> Any: ...


@dataclass(frozen=True)
class Literal:
    """One FEEL expression. `parsed` is None when the text is not FEEL; `fault` says why."""

    id: str
    text: str
    parsed: feel.Expression | None = field(repr=False, compare=False)
    type: Type
    fault: str = ""

    def evaluate(self, scope: Scope) -> Any:
        if self.parsed is None:
            return scope.run.fail(self.id, self.fault)
        try:
            value = self.parsed.evaluate(scope.values, now=scope.run.now)
        except feel.FeelError as error:
            return scope.run.fail(self.id, error.message)
        return self.type.coerce(value, scope.run, self.id)


@dataclass(frozen=True)
class Parameter:
    name: str
    type: Type


@dataclass(frozen=True)
class FunctionDefinition:
    """A function value. Kinds other than FEEL (Java, PMML) are null: no foreign code is run."""

    id: str
    parameters: tuple[Parameter, ...]
    body: Expression | None
    kind: str = "FEEL"

    def evaluate(self, scope: Scope) -> Any:
        if self.kind != "FEEL":
            return scope.run.fail(self.id, f"Funktioner af typen {self.kind} udføres ikke.")
        return self.closing_over(scope)

    def closing_over(self, scope: Scope, result: Type | None = None) -> Any:
        """The function as a FEEL value; arguments of the wrong type give null without a call."""

        def apply(*arguments: Any) -> Any:
            values = {}
            for parameter, argument in zip(self.parameters, arguments, strict=True):
                value = parameter.type.coerce(argument, scope.run, self.id)
                if value is None and argument is not None:
                    return None
                values.update(_dotted(parameter.name, value))
            found = self.body.evaluate(scope.within(values)) if self.body else None
            return result.coerce(found, scope.run, self.id) if result else found

        return function([p.name for p in self.parameters], apply)


def _dotted(name: str, value: Any) -> dict[str, Any]:
    """Some tools name parameters `Person.Age`; an expression then sees both name and path."""
    if "." not in name:
        return {name: value}
    head, _, rest = name.partition(".")
    return {name: value, **{head: _dotted(rest, value)}}


@dataclass(frozen=True)
class Invocation:
    """A call of a function with named bindings."""

    id: str
    called: Expression
    bindings: tuple[tuple[str, Expression], ...]
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        target = self.called.evaluate(scope)
        if not is_function(target):
            return scope.run.fail(self.id, "Det, der kaldes, er ikke en funktion.")
        arguments = {name: expression.evaluate(scope) for name, expression in self.bindings}
        value = call(target, arguments, scope.run, self.id)
        return self.type.coerce(value, scope.run, self.id)


@dataclass(frozen=True)
class ContextEntry:
    """`name` is empty for the last entry that gives the whole its result."""

    name: str
    type: Type
    expression: Expression | None


@dataclass(frozen=True)
class Context:
    id: str
    entries: tuple[ContextEntry, ...]
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        values: dict[str, Any] = {}
        for entry in self.entries:
            found = entry.expression.evaluate(scope.within(values)) if entry.expression else None
            found = entry.type.coerce(found, scope.run, self.id)
            if not entry.name:
                return self.type.coerce(found, scope.run, self.id)
            values[entry.name] = found
        return self.type.coerce(values, scope.run, self.id)


@dataclass(frozen=True)
class ListOf:
    id: str
    items: tuple[Expression, ...]
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        return self.type.coerce([e.evaluate(scope) for e in self.items], scope.run, self.id)


@dataclass(frozen=True)
class Relation:
    """A list of contexts written as a table."""

    id: str
    columns: tuple[Parameter, ...]
    rows: tuple[tuple[Expression, ...], ...]
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        rows = [
            {
                column.name: column.type.coerce(cell.evaluate(scope), scope.run, self.id)
                for column, cell in zip(self.columns, row, strict=False)
            }
            for row in self.rows
        ]
        return self.type.coerce(rows, scope.run, self.id)


@dataclass(frozen=True)
class Conditional:
    id: str
    condition: Expression
    then: Expression
    otherwise: Expression
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        chosen = self.then if self.condition.evaluate(scope) is True else self.otherwise
        return self.type.coerce(chosen.evaluate(scope), scope.run, self.id)


@dataclass(frozen=True)
class Filter:
    """The items that match. Unlike FEEL's `[ ]` it is always a list, and never an index."""

    id: str
    source: Expression
    match: Expression
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        items = self.source.evaluate(scope)
        if items is None:
            return None
        kept = []
        for item in items if isinstance(items, list) else [items]:
            fields = item if isinstance(item, Mapping) else {}
            hit = self.match.evaluate(scope.within({**fields, "item": item}))
            if not isinstance(hit, bool):
                return scope.run.fail(self.id, "Filteret skal svare ja eller nej for hvert punkt.")
            if hit:
                kept.append(item)
        return self.type.coerce(kept, scope.run, self.id)


def _items(value: Any, scope: Scope) -> Iterable[Any] | None:
    """What an iteration walks through: a list, or a range as FEEL's `for` understands it."""
    if isinstance(value, list):
        return value
    if value is None:
        return None
    walked = feel.evaluate("for i in v return i", {"v": value}, now=scope.run.now)
    return walked if isinstance(walked, list) else None


@dataclass(frozen=True)
class For:
    id: str
    variable: str
    source: Expression
    returned: Expression
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        items = _items(self.source.evaluate(scope), scope)
        if items is None:
            return scope.run.fail(self.id, "Der er ingen liste at gå igennem.")
        partial: list[Any] = []
        for item in items:
            inner = scope.within({self.variable: item, "partial": list(partial)})
            partial.append(self.returned.evaluate(inner))
        return self.type.coerce(partial, scope.run, self.id)


@dataclass(frozen=True)
class Quantified:
    """`some` (one is enough) and `every`, with FEEL's three-valued logic."""

    id: str
    every: bool
    variable: str
    source: Expression
    satisfies: Expression
    type: Type

    def evaluate(self, scope: Scope) -> Any:
        items = _items(self.source.evaluate(scope), scope)
        if items is None:
            return scope.run.fail(self.id, "Der er ingen liste at gå igennem.")
        answers = [self.satisfies.evaluate(scope.within({self.variable: i})) for i in items]
        decided = not self.every
        if not all(answer is None or isinstance(answer, bool) for answer in answers):
            return scope.run.fail(self.id, "Betingelsen skal svare ja eller nej for hvert punkt.")
        if decided in answers:
            value: bool | None = decided
        elif None not in answers:
            value = not decided
        else:
            value = None
        return self.type.coerce(value, scope.run, self.id)
