"""Function values: ours as FEEL sees them, and theirs as we call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from engine import feel
from engine.decisions.run import Run


def function(parameters: Sequence[str], apply: Callable[..., Any]) -> feel.Function:
    """A FEEL value that calls `apply` with one argument for each parameter."""
    return feel.Function(tuple(parameters), apply)


def is_function(value: Any) -> bool:
    return isinstance(value, feel.Function)


def call(target: feel.Function, arguments: Mapping[str, Any], run: Run, element: str) -> Any:
    """Call with named arguments; a missing or foreign name is a fault of `element`."""
    if arguments.keys() != set(target.parameters):
        wanted = ", ".join(target.parameters)
        return run.fail(element, f"Funktionen skal have netop disse oplysninger: {wanted}.")
    values = {f"a{n}": arguments[name] for n, name in enumerate(target.parameters)}
    return _call(len(values)).evaluate({"f": target, **values}, now=run.now)


@cache
def _call(arity: int) -> feel.Expression:
    names = [f"a{n}" for n in range(arity)]
    return feel.parse(f"f({', '.join(names)})", names=frozenset(("f", *names)))
