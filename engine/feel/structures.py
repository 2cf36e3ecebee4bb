"""The nodes that hold or walk many values: lists, contexts, ranges, filters, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.errors import FeelError
from engine.feel.limits import Run
from engine.feel.nodes import Code, Literal, Names, Node
from engine.feel.operators import order
from engine.feel.scope import Item, Scope
from engine.feel.values import Range

DAY = timedelta(days=1)


class ListNode(Node):
    __slots__ = ("items",)
    parts = ("items",)

    def __init__(self, items: list[Node]):
        self.items = items

    def code(self) -> Code:
        codes = [item.code() for item in self.items]
        return lambda scope: [code(scope) for code in codes]


class ContextNode(Node):
    """`{a: 1, b: a + 1}`: an entry sees those before it. A key twice is an error, so null."""

    __slots__ = ("keys", "values")
    parts = ("values",)

    def __init__(self, keys: list[str], values: list[Node]):
        self.keys = keys
        self.values = values

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        for key, value in zip(self.keys, self.values, strict=True):
            value.visit(bound, found, unsure)
            bound |= {key}

    def code(self) -> Code:
        if len(set(self.keys)) < len(self.keys):
            return lambda scope: None
        entries = [(key, value.code()) for key, value in zip(self.keys, self.values, strict=True)]

        def build(scope: Scope) -> dict[str, Any]:
            names: dict[str, Any] = {}
            inner = Scope(names, scope, scope.run)
            for key, code in entries:
                names[key] = code(inner)
            return names

        return build


class Interval(Node):
    __slots__ = ("end", "end_included", "start", "start_included")
    parts = ("start", "end")

    def __init__(self, opening: str, start: Node, end: Node, closing: str):
        self.start = start
        self.end = end
        self.start_included = opening == "["
        self.end_included = closing == "]"

    def code(self) -> Code:
        start, end = self.start.code(), self.end.code()
        start_included, end_included = self.start_included, self.end_included
        # `[18..null]` has no end; `[18..limit]` without a limit is no range at all.
        open_start, open_end = is_null(self.start), is_null(self.end)

        def interval(scope: Scope) -> Range | None:
            low, high = start(scope), end(scope)
            if (low is None and not open_start) or (high is None and not open_end):
                return None
            if not (open_start or open_end) and order(low, high) is None:
                return None
            return Range(low, high, start_included, end_included)

        return interval


def is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


class Filter(Node):
    """`list[condition]` or `list[position]`; which of them shows when the first item is tried."""

    __slots__ = ("condition", "value")
    parts = ("value", "condition")

    def __init__(self, value: Node, condition: Node):
        self.value = value
        self.condition = condition

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        self.value.visit(bound, found, unsure)
        self.condition.visit(bound | {"item"}, found, True)

    def code(self) -> Code:
        value, condition, size = self.value.code(), self.condition.code(), self.condition.size

        def filtered(scope: Scope) -> Any:
            items = value(scope)
            if items is None:
                return None
            if type(items) is not list:
                items = [items]
            return choose(items, condition, scope, size)

        return filtered


def choose(items: list[Any], condition: Code, scope: Scope, size: int) -> Any:
    """The items for which the condition is true, or the item at the position that it names."""
    if not items:
        return None if type(condition(scope)) is Decimal else []
    chosen = []
    for item in items:
        scope.run.spend(size + 1)
        truth = condition(item_scope(item, scope))
        if truth is True:
            chosen.append(item)
        elif type(truth) is Decimal:
            return at(items, truth)
        elif truth is not False and truth is not None:
            return None
    return chosen


def item_scope(item: Any, scope: Scope) -> Scope:
    """The scope in which a filter's condition sees the item and, of a context, its fields."""
    inner = Scope({"item": item}, scope, scope.run)
    return Item(item if isinstance(item, Mapping) else {}, inner, scope.run)


def at(items: list[Any], position: Decimal) -> Any:
    """The item at the position: 1 is the first, -1 the last, null when there is none."""
    if not -len(items) <= position <= len(items) or position != int(position) or not position:
        return None
    place = int(position)
    return items[place - 1 if place > 0 else place]


class Iteration:
    """`name in domain` or `name in start..end`."""

    __slots__ = ("domain", "end", "name")

    def __init__(self, name: str, domain: Node, end: Node | None):
        self.name = name
        self.domain = domain
        self.end = end

    def values(self) -> Callable[[Scope], Iterator[Any] | None]:
        """What to walk over; None when it is nothing that can be walked."""
        domain = self.domain.code()
        if self.end is None:
            return lambda scope: _walk(domain(scope), scope.run)
        end = self.end.code()
        return lambda scope: _steps(domain(scope), end(scope), scope.run)


def _walk(value: Any, run: Run) -> Iterator[Any] | None:
    if type(value) is list:
        return iter(value)
    if type(value) is Range:
        if order(value.start, value.end) not in (-1, 0):
            return None
        return _steps(value.start, value.end, run, value.start_included, value.end_included)
    return None if value is None else iter([value])


def _steps(start: Any, end: Any, run: Run, first: bool = True, last: bool = True):
    """Whole numbers or days from start to end, downwards when end is the smaller."""
    if type(start) is Decimal and type(end) is Decimal:
        if max(start.adjusted(), end.adjusted()) > 18:
            raise FeelError("Løkken er for lang")
        if start != start.to_integral_value() or end != end.to_integral_value():
            return None
        return _numbers(int(start), int(end), first, last)
    if type(start) is date and type(end) is date:
        low, high = start.toordinal(), end.toordinal()
        return (date.fromordinal(int(day)) for day in _numbers(low, high, first, last))
    return None


def _numbers(start: int, end: int, first: bool, last: bool) -> Iterator[Decimal]:
    step = 1 if start <= end else -1
    start += 0 if first else step
    end -= 0 if last else step
    return (Decimal(number) for number in range(start, end + step, step))


class Loop(Node):
    """What `for`, `some` and `every` share: each iteration sees the names of those before it."""

    __slots__ = ("body", "iterations")

    def __init__(self, iterations: list[Iteration], body: Node):
        self.iterations = iterations
        self.body = body

    def children(self) -> Iterator[Node]:
        for iteration in self.iterations:
            yield iteration.domain
            if iteration.end is not None:
                yield iteration.end
        yield self.body

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        for iteration in self.iterations:
            iteration.domain.visit(bound, found, unsure)
            if iteration.end is not None:
                iteration.end.visit(bound, found, unsure)
            bound |= {iteration.name}
        self.body.visit(bound | {"partial"}, found, unsure)

    def walk(self) -> Callable[[Scope, dict[str, Any]], Iterator[Scope]]:
        """A function that gives the scope of each turn; ValueError for what cannot be walked."""
        steps = [(iteration.name, iteration.values()) for iteration in self.iterations]
        cost = self.body.size + 1

        def turns(scope: Scope, extra: dict[str, Any], level: int = 0) -> Iterator[Scope]:
            name, values = steps[level]
            found = values(scope)
            if found is None:
                raise ValueError(name)
            for value in found:
                scope.run.spend(cost)
                inner = Scope({**extra, name: value}, scope, scope.run)
                if level + 1 < len(steps):
                    yield from turns(inner, extra, level + 1)
                else:
                    yield inner

        return turns


class For(Loop):
    __slots__ = ()

    def code(self) -> Code:
        turns, body = self.walk(), self.body.code()

        def collect(scope: Scope) -> list[Any] | None:
            partial: list[Any] = []
            try:
                for inner in turns(scope, {"partial": partial}):
                    partial.append(body(inner))
            except ValueError:
                return None
            return partial

        return collect


class Quantified(Loop):
    """`some` stops at the first true, `every` at the first false; null when undecided."""

    __slots__ = ("stops_at",)

    def __init__(self, iterations: list[Iteration], body: Node, stops_at: bool):
        super().__init__(iterations, body)
        self.stops_at = stops_at

    def code(self) -> Code:
        turns, body, stops_at = self.walk(), self.body.code(), self.stops_at

        def decide(scope: Scope) -> bool | None:
            unknown = False
            try:
                for inner in turns(scope, {}):
                    truth = body(inner)
                    if truth is stops_at:
                        return stops_at
                    unknown = unknown or type(truth) is not bool
            except ValueError:
                return None
            return None if unknown else not stops_at

        return decide
