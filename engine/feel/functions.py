"""Making functions and calling them."""

from __future__ import annotations

from typing import Any

from engine.feel.errors import FeelError
from engine.feel.limits import MAX_CALLS
from engine.feel.nodes import Code, Name, Names, Node
from engine.feel.scope import Scope
from engine.feel.types import Type
from engine.feel.values import Function

FORGIVING = frozenset({"is defined", "get or else"})


class Closure(Function):
    """A function of an expression: a body and the scope in which it was made."""

    __slots__ = ("body", "scope", "size")

    def __init__(self, parameters, types, body: Code, scope: Scope, size: int):
        super().__init__(parameters, self._call, types)
        self.body = body
        self.scope = scope
        self.size = size

    def _call(self, *args: Any) -> Any:
        return self.apply(self.scope.run, list(args))

    def apply(self, run, args: list[Any]) -> Any:
        run.spend(self.size + 2)
        if run.calls >= MAX_CALLS:
            raise FeelError("Funktionerne kalder hinanden for dybt")
        run.calls += 1
        try:
            names = dict(zip(self.parameters, args, strict=True))
            return self.body(Scope(names, self.scope, run))
        finally:
            run.calls -= 1


class FunctionDefinition(Node):
    __slots__ = ("body", "names", "types")
    parts = ("body",)

    def __init__(self, parameters: list[tuple[str, Type | None]], body: Node):
        self.names = tuple(name for name, _ in parameters)
        self.types = tuple(type_.fit if type_ else None for _, type_ in parameters)
        self.body = body

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        self.body.visit(bound | set(self.names), found, unsure)

    def code(self) -> Code:
        names, types, body, size = self.names, self.types, self.body.code(), self.body.size
        if len(set(names)) < len(names):
            return lambda scope: None
        return lambda scope: Closure(names, types, body, scope, size)


class Call(Node):
    __slots__ = ("args", "callee")
    parts = ("callee", "args")

    def __init__(self, callee: Node, args: list[Node]):
        self.callee = callee
        self.args = args

    def visit(self, bound: frozenset[str], found: Names, unsure: bool = False) -> None:
        self.callee.visit(bound, found, unsure)
        for arg in self.args:
            arg.visit(bound, found, unsure or self.forgives)

    @property
    def forgives(self) -> bool:
        """Whether the function is there to be asked about names that may be unknown."""
        return isinstance(self.callee, Name) and self.callee.name in FORGIVING

    def code(self) -> Code:
        codes = [arg.code() for arg in self.args]
        if self.forgives:
            codes = [forgiving(code) for code in codes]
        callee = find_function(self.callee)

        def call(scope: Scope) -> Any:
            function = callee(scope)
            if function is None:
                return None
            return function.invoke(scope.run, [code(scope) for code in codes])

        return call


class NamedCall(Node):
    __slots__ = ("args", "callee", "names")
    parts = ("callee", "args")

    def __init__(self, callee: Node, names: list[str], args: list[Node]):
        self.callee = callee
        self.names = names
        self.args = args

    def code(self) -> Code:
        callee = find_function(self.callee)
        if len(set(self.names)) < len(self.names):
            return lambda scope: None
        codes = [(name, arg.code()) for name, arg in zip(self.names, self.args, strict=True)]

        def call(scope: Scope) -> Any:
            function = callee(scope)
            if function is None:
                return None
            return function.invoke_named(scope.run, {name: code(scope) for name, code in codes})

        return call


def forgiving(code: Code) -> Code:
    """The same, but an unknown name is null even in a strict evaluation."""

    def lenient(scope: Scope) -> Any:
        run = scope.run
        strict, run.strict = run.strict, False
        try:
            return code(scope)
        finally:
            run.strict = strict

    return lenient


def find_function(callee: Node) -> Code:
    """The function that the node gives, or null when it gives something else."""
    code = callee.code()
    # A variable called `date` or `count` must not hide the function of that name.
    builtin = callee.builtin if isinstance(callee, Name) else None

    def find(scope: Scope) -> Function | None:
        value = code(scope)
        return value if isinstance(value, Function) else builtin

    return find
