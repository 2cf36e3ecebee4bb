"""What a diagram may know of its case: `sag`, read-only, computed when asked for.

Each domain module adds the facts it owns:

    @fact("plan")
    def plan(session, case): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

_facts: dict[str, Callable[[Session, Any], Any]] = {}


def fact(name: str) -> Callable:
    """Register a function (session, case) -> JSON-like value as `sag.<name>`."""

    def add(function: Callable) -> Callable:
        _facts[name] = function
        return function

    return add


class View(Mapping):
    """`sag` in FEEL: every fact is looked up at most once per step."""

    def __init__(self, session: Session, case: Any):
        self._session, self._case, self._known = session, case, {}

    def __getitem__(self, name: str) -> Any:
        if name not in _facts:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = _facts[name](self._session, self._case)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_facts)

    def __len__(self) -> int:
        return len(_facts)


def names() -> list[str]:
    """Every fact a diagram may ask for."""
    return sorted(_facts)
