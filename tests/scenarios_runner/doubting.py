"""A story played by somebody who doubts it: would its expectations have noticed anything else?"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from engine import clock
from engine.scenarios import story
from engine.scenarios.cast import Stop
from engine.scenarios.player import Played, Player
from engine.scenarios.story import Step, Story
from engine.scenarios.world import Stage
from engine.store import Store
from tests.scenarios_runner import mutations


class Doubter(Player):
    """Takes each step as it is told, and then asks what the step told wrong would have said."""

    def __init__(self, said: Any, right: Story, store: Store, virtual: clock.VirtualClock):
        super().__init__(right, store, virtual, Played(right))
        told = list(mutations.of(said))
        steps = [wrong.said["steps"][-1] for wrong in told]
        parsed = story.parse({**said, "steps": steps}, right.path).steps
        #: The number of a step -> its wrong tellings, by name.
        self.wrong: dict[int, list[tuple[str, Step]]] = defaultdict(list)
        for wrong, step in zip(told, parsed, strict=True):
            self.wrong[wrong.step].append((wrong.name, step))
        self.believed: list[str] = []

    def take(self, step: Step) -> bool:
        went = super().take(step)
        if went and self.played.ok:
            self.believed += [
                name for name, wrong in self.wrong[step.number] if not self._noticed(wrong)
            ]
        return went

    def _noticed(self, wrong: Step) -> bool:
        if wrong.get("expect") is None:
            # What was refused has changed nothing, so it is refused again.
            try:
                self.act(wrong)
            except Stop:
                return True
            return False
        self.expect(wrong)
        noticed = not self.played.ok
        self.played.failures.clear()
        return noticed


def play(file: Path, on: Stage) -> Doubter:
    """The story as it was played: what failed, and which wrong tellings of it were believed."""
    said = story.content(file)
    right = story.parse(said, file)
    with on.store() as store, clock.travelling(right.starts_at) as virtual:
        player = Doubter(said, right, store, virtual)
        if player.prepare():
            for step in right.steps:
                if not player.take(step):
                    break
    return player
