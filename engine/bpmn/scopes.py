"""Variables: JSON in one scope per process instance, and local ones where an element has any.

A scope is named by the id of the task that opened it: the root task of a process instance,
or an element with input mappings or a multi-instance item. Reading goes from the inside out.
Writing, as in Camunda 8, changes the nearest scope that already has the name; a new name lands
in the process instance, so that what parallel branches write is never lost at a join.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.task import Task


@dataclass(frozen=True)
class Change:
    """A variable's new value; `old` is None also where there was none."""

    scope: str
    name: str
    old: Any
    new: Any


def item_scope(task: Task) -> str:
    """Where a multi-instance item's own variables lie: around those that input mappings make,
    so that output mappings reach them."""
    return f"{task.id}/item"


@dataclass
class Scopes:
    """Scope id to its variables. A chain lists scope ids from the inside out."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def open(self, scope: str, variables: Mapping[str, Any] | None = None) -> None:
        self.rows.setdefault(scope, {}).update(variables or {})

    def close(self, scope: str) -> None:
        self.rows.pop(scope, None)

    def local(self, scope: str) -> dict[str, Any]:
        return self.rows.get(scope, {})

    def seen(self, chain: Iterable[str]) -> dict[str, Any]:
        """Every variable visible from the inside of a chain."""
        visible: dict[str, Any] = {}
        for scope in reversed(list(chain)):
            visible.update(self.rows.get(scope, {}))
        return visible

    def write(self, chain: list[str], variables: Mapping[str, Any]) -> list[Change]:
        """Set variables from the inside of a chain whose last scope is the process instance.

        Values are taken over as they are: whoever calls has copied them.
        """
        changes = []
        for name, new in variables.items():
            home = next((s for s in chain if name in self.rows.get(s, {})), chain[-1])
            row = self.rows.setdefault(home, {})
            if name not in row or row[name] != new or type(row[name]) is not type(new):
                changes.append(Change(home, name, row.get(name), new))
            row[name] = new
        return changes
