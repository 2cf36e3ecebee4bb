"""What the trials have come to: how many there were, what was hidden and shown, and each leak."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Leak:
    state: int
    user: str
    asked: str
    why: str

    def __str__(self) -> str:
        return f"state {self.state}, {self.user}: {self.asked}: {self.why}"


@dataclass
class Result:
    trials: int = 0
    denied: int = 0
    shown: int = 0
    twins: int = 0
    routes: Counter = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.trials} trials over {len(self.routes)} routes: {self.denied} did not exist, "
            f"{self.shown} words were seen by those who may, {self.twins} compared with what was "
            f"never there, {len(self.leaks)} leaks"
        )
