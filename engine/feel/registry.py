"""The functions of the standard, each registered under the signature the standard gives it.

    @builtin("substring(string: string, start position: number, length?: number)")
    def substring(string, start, length=None): ...

`name?` may be left out, `...name` takes the rest, and a type followed by `?` accepts null. An
argument that does not fit its type makes the result null, as do arithmetic errors; a list of
one stands in for its only item, and an item for a list of one (DMN 1.5, 10.3.2.9.4).
A function that asks for `run` gets the evaluation as its first argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.feel.values import Function, kind

SHORT = {
    "datetime": "date and time",
    "days": "days and time duration",
    "months": "years and months duration",
}
UNFIT: Any = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    types: frozenset[str]
    optional: bool
    variadic: bool
    nullable: bool

    def fit(self, value: Any) -> Any:
        """The argument to use, or UNFIT."""
        if value is None:
            return None if self.nullable else UNFIT
        sort = kind(value)
        if sort in self.types or "any" in self.types:
            return value
        if sort == "list" and len(value) == 1 and value[0] is not None:
            return value[0] if kind(value[0]) in self.types else UNFIT
        if "list" in self.types:
            return [value]
        return UNFIT


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    work: Callable[..., Any]
    takes_run: bool

    def bind(self, args: list[Any]) -> list[Any] | None:
        """The arguments by position, or None when they do not fit."""
        bound = []
        place = 0
        for parameter in self.parameters:
            if parameter.variadic:
                rest = [parameter.fit(value) for value in args[place:]]
                if not rest or any(value is UNFIT for value in rest):
                    return None
                bound.append(rest)
                place = len(args)
            elif place < len(args):
                value = parameter.fit(args[place])
                if value is UNFIT:
                    return None
                bound.append(value)
                place += 1
            elif not parameter.optional:
                return None
        return bound if place == len(args) else None

    def bind_named(self, args: dict[str, Any]) -> dict[str, Any] | None:
        """The arguments by their place in the signature, or None when they do not fit."""
        bound = {}
        known = 0
        for place, parameter in enumerate(self.parameters):
            if parameter.name in args and not parameter.variadic:
                value = parameter.fit(args[parameter.name])
                if value is UNFIT:
                    return None
                bound[place] = value
                known += 1
            elif not parameter.optional:
                return None
        return bound if known == len(args) else None


class Builtin(Function):
    """A function of the standard with its signatures."""

    __slots__ = ("name", "signatures")

    def __init__(self, name: str):
        super().__init__((), self.invoke)
        self.name = name
        self.signatures: list[Signature] = []

    def invoke(self, run, args: list[Any]) -> Any:
        self._pay(run, args)
        for signature in self.signatures:
            bound = signature.bind(args)
            if bound is not None:
                return _work(signature, run, bound, {})
        return None

    def _pay(self, run, args: Iterable[Any]) -> None:
        """Most functions walk through what they are given at least once."""
        steps = 1
        for value in args:
            if type(value) is str:
                steps += len(value) >> 6
            elif type(value) is list:
                steps += len(value) >> 2
        run.spend(steps)

    def invoke_named(self, run, args: dict[str, Any]) -> Any:
        self._pay(run, args.values())
        for signature in self.signatures:
            bound = signature.bind_named(args)
            if bound is not None:
                return _work_named(signature, run, bound)
        return None


def _work_named(signature: Signature, run, bound: dict[int, Any]) -> Any:
    names = signature.work.__code__.co_varnames[signature.takes_run :]
    return _work(signature, run, [], {names[place]: value for place, value in bound.items()})


def _work(signature: Signature, run, args: list[Any], named: dict[str, Any]) -> Any:
    try:
        if signature.takes_run:
            return signature.work(run, *args, **named)
        return signature.work(*args, **named)
    except (ArithmeticError, ValueError, OverflowError):
        return None


BUILTINS: dict[str, Builtin] = {}


def builtin(text: str) -> Callable[[Callable], Callable]:
    """Register the function under this signature; a name may have several, first fit wins."""
    name, _, rest = text.partition("(")
    parameters = tuple(_parameter(part) for part in rest.rstrip(")").split(",") if part.strip())

    def register(work: Callable) -> Callable:
        takes_run = work.__code__.co_varnames[:1] == ("run",)
        there = BUILTINS.setdefault(name, Builtin(name))
        there.signatures.append(Signature(parameters, work, takes_run))
        return work

    return register


def _parameter(text: str) -> Parameter:
    name, _, type_ = (part.strip() for part in text.partition(":"))
    types = frozenset(SHORT.get(part, part) for part in type_.rstrip("?").split("|"))
    return Parameter(
        name=name.strip(".?"),
        types=types,
        optional=name.endswith("?"),
        variadic=name.startswith("..."),
        nullable=type_.endswith("?") or "any" in types,
    )
