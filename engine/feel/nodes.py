"""The tree of an expression: values, names, arithmetic and logic.

A node knows what it is made of and which names it uses. `code()` turns it into a closure
`f(scope) -> value` once, so that evaluating is only calling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from engine.feel import access
from engine.feel.errors import FeelError
from engine.feel.operators import ARITHMETIC, COMPARISON, conjunction, negate
from engine.feel.scope import MISSING, Scope
from engine.feel.values import kind

Code = Callable[[Scope], Any]


class Names:
    """What a walk over the tree finds.

    `free` names must come from outside. `maybe` names may: those inside filters can be fields of
    the items, and those asked about with `is defined` need not be there.
    """

    def __init__(self) -> None:
        self.free: set[str] = set()
        self.maybe: set[str] = set()


class Node:
    """`position` is the offset in the text, `size` the number of nodes, `depth` the levels."""

    __slots__ = ("depth", "position", "size")
    parts: tuple[str, ...] = ()

    def children(self) -> Iterator[Node]:
        for part in self.parts:
            value = getattr(self, part)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, (list, tuple)):
                yield from (item for item in value if isinstance(item, Node))

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        """Collect the names that the expression takes from outside."""
        for child in self.children():
            child.visit(bound, found, unsure)

    def code(self) -> Code:
        raise NotImplementedError


class Literal(Node):
    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value

    def code(self) -> Code:
        value = self.value
        return lambda scope: value


class Name(Node):
    __slots__ = ("builtin", "name", "text")

    def __init__(self, name: str, builtin: Any, text: str):
        self.name = name
        self.builtin = builtin  # the function of the standard that has this name, or None
        self.text = text

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        if self.name in bound or self.builtin is not None or self.name == "?":
            return
        (found.maybe if unsure else found.free).add(self.name)

    def code(self) -> Code:
        name, builtin, text, position = self.name, self.builtin, self.text, self.position

        def look_up(scope: Scope) -> Any:
            value = scope.find(name)
            if value is not MISSING:
                return value
            if builtin is None and scope.run.strict and not scope.inside_item():
                raise FeelError(f"Navnet »{name}« er ukendt", text, position)
            return builtin

        return look_up


class Path(Node):
    __slots__ = ("name", "value")
    parts = ("value",)

    def __init__(self, value: Node, name: str):
        self.value = value
        self.name = name

    def code(self) -> Code:
        value, name, path = self.value.code(), self.name, access.path
        return lambda scope: path(value(scope), name, scope.run)


class Binary(Node):
    __slots__ = ("left", "right")
    parts = ("left", "right")

    def __init__(self, left: Node, right: Node):
        self.left = left
        self.right = right


class Arithmetic(Binary):
    __slots__ = ("operator",)
    table = ARITHMETIC

    def __init__(self, left: Node, operator: str, right: Node):
        super().__init__(left, right)
        self.operator = operator

    def code(self) -> Code:
        left, right, work = self.left.code(), self.right.code(), self.table[self.operator]
        return lambda scope: work(left(scope), right(scope), scope.run)


class Comparison(Arithmetic):
    __slots__ = ()
    table = COMPARISON


class Negation(Node):
    __slots__ = ("value",)
    parts = ("value",)

    def __init__(self, value: Node):
        self.value = value

    def code(self) -> Code:
        if isinstance(self.value, Literal) and type(self.value.value) is Decimal:
            return Literal(negate(self.value.value)).code()
        value = self.value.code()
        return lambda scope: negate(value(scope))


class And(Binary):
    __slots__ = ()

    def code(self) -> Code:
        left, right = self.left.code(), self.right.code()

        def both(scope: Scope) -> bool | None:
            first = left(scope)
            if first is False:
                return False
            second = right(scope)
            if second is False:
                return False
            return True if first is True and second is True else None

        return both


class Or(Binary):
    __slots__ = ()

    def code(self) -> Code:
        left, right = self.left.code(), self.right.code()

        def either(scope: Scope) -> bool | None:
            first = left(scope)
            if first is True:
                return True
            second = right(scope)
            if second is True:
                return True
            return False if first is False and second is False else None

        return either


class Between(Node):
    __slots__ = ("high", "low", "value")
    parts = ("value", "low", "high")

    def __init__(self, value: Node, low: Node, high: Node):
        self.value = value
        self.low = low
        self.high = high

    def code(self) -> Code:
        value, low, high = self.value.code(), self.low.code(), self.high.code()
        at_least, at_most = COMPARISON[">="], COMPARISON["<="]

        def between(scope: Scope) -> bool | None:
            it = value(scope)
            above = at_least(it, low(scope), scope.run)
            return conjunction((above, at_most(it, high(scope), scope.run)))

        return between


class If(Node):
    __slots__ = ("condition", "otherwise", "then")
    parts = ("condition", "then", "otherwise")

    def __init__(self, condition: Node, then: Node, otherwise: Node):
        self.condition = condition
        self.then = then
        self.otherwise = otherwise

    def code(self) -> Code:
        condition, then, otherwise = self.condition.code(), self.then.code(), self.otherwise.code()
        return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


class InstanceOf(Node):
    __slots__ = ("type", "value")
    parts = ("value",)

    def __init__(self, value: Node, type_: Any):
        self.value = value
        self.type = type_

    def code(self) -> Code:
        value, holds = self.value.code(), self.type.holds

        def instance_of(scope: Scope) -> bool:
            it = value(scope)
            kind(it)
            return holds(it)

        return instance_of
