"""One evaluation on its way: the moment, the day whose rows count, what went wrong, what fired."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.decisions.errors import TableError


@dataclass
class Run:
    """What every expression of one question shares."""

    on: date
    now: Callable[[], datetime]
    lenient: bool = False
    problems: list[TableError] = field(default_factory=list)
    fired: list[str] = field(default_factory=list)
    """Ids of the rows that fired in the decision being evaluated."""
    tables_without_hit: int = 0

    def fail(self, element: str, message: str) -> None:
        """Raise, or with `lenient` note the fault; the value is null then, as DMN has it."""
        error = TableError(element, message)
        if not self.lenient:
            raise error
        self.problems.append(error)


@dataclass(frozen=True)
class Scope:
    """The names that an expression sees, and the run it belongs to."""

    run: Run
    values: Mapping[str, Any]

    def within(self, values: Mapping[str, Any]) -> Scope:
        """The same with more names; inner names hide outer ones."""
        return Scope(self.run, ChainMap(dict(values), self.values))
