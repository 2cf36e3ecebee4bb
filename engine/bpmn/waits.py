"""What a flow waits for from outside: timers, messages and signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.bpmn.timers import Schedule


@dataclass(frozen=True)
class Timer:
    """A timer row: due at an aware UTC moment. `every` and `left` tell of a cycle."""

    id: str
    element: str
    name: str
    process: str
    due: datetime
    every: str | None = None
    left: int | None = 1


@dataclass(frozen=True)
class Subscription:
    """A message or signal somebody waits for; `key` is the correlation key's value."""

    id: str
    kind: str
    name: str
    key: str | None
    element: str
    process: str


@dataclass(frozen=True)
class Wait:
    """One armed catch event. `task` hosts it: the event itself, the activity it guards, the
    gateway it stands behind, or the root of the scope whose event sub-process it starts.
    `catcher` is the name of the task spec that handles it, in the spec of the host's scope.
    """

    id: str
    kind: str
    task: str
    catcher: str
    element: str
    process: str
    name: str
    key: str | None = None
    schedule: Schedule | None = None

    def timer(self) -> Timer:
        at = self.schedule
        assert at is not None
        return Timer(self.id, self.element, self.name, self.process, at.due, at.every, at.left)

    def subscription(self) -> Subscription:
        return Subscription(self.id, self.kind, self.name, self.key, self.element, self.process)

    def dump(self) -> dict[str, Any]:
        plain = {k: v for k, v in vars(self).items() if k != "schedule" and v is not None}
        if self.schedule is not None:
            at = vars(self.schedule)
            plain["at"] = {
                k: v.isoformat() if isinstance(v, datetime) else v for k, v in at.items()
            }
        return plain

    @classmethod
    def load(cls, plain: dict[str, Any]) -> Wait:
        plain = dict(plain)
        at = plain.pop("at", None)
        if at is not None:
            at["due"] = datetime.fromisoformat(at["due"])
            at["anchor"] = at["anchor"] and datetime.fromisoformat(at["anchor"])
            plain["schedule"] = Schedule(**at)
        return cls(**plain)


@dataclass
class Waits:
    """All that is armed, in the order it was armed; beside it the timers that have no time yet."""

    rows: dict[str, Wait] = field(default_factory=dict)
    undated: dict[str, Wait] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Wait]:
        return iter(list(self.rows.values()))

    def arm(self, wait: Wait) -> None:
        self.rows[wait.id] = wait

    def get(self, wait_id: str) -> Wait | None:
        return self.rows.get(wait_id)

    def drop(self, wait_id: str) -> None:
        self.rows.pop(wait_id, None)

    def drop_of(self, task_id: str) -> None:
        """Disarm everything that a task hosts."""
        for wait in self.of(task_id):
            self.rows.pop(wait.id, None)
            self.undated.pop(wait.id, None)

    def of(self, task_id: str) -> list[Wait]:
        return [w for w in (*self.rows.values(), *self.undated.values()) if w.task == task_id]

    def put_off(self, wait: Wait) -> None:
        """A timer whose time nobody knows yet."""
        self.undated[wait.id] = wait

    def date(self, wait: Wait, schedule: Schedule) -> None:
        """The time of a timer has become known."""
        del self.undated[wait.id]
        self.arm(replace(wait, schedule=schedule))

    def reschedule(self, wait: Wait, schedule: Schedule) -> None:
        self.rows[wait.id] = replace(wait, schedule=schedule)
