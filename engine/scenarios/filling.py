"""Stories played into a demonstration, so that people who open it find cases at work.

A story is moved in time by whole weeks so that the last step that is played lies in the past week:
what comes after happens by itself, or waits for whoever signs in. Weekdays stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine import clock
from engine.scenarios import story as stories
from engine.scenarios.player import Failure, Played, Player
from engine.scenarios.story import Story
from engine.store import Store

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(T[\d:.]+)?$")
#: Days that are somebody's own, and move with nothing.
_OWN = frozenset({"foedselsdag"})
WEEK = timedelta(weeks=1)


def fill(store: Store, file: Path, steps: int | None = None) -> list[Failure]:
    """Play the story's first steps (all) into the store, as if it had just come so far.

    Returns where it went otherwise than told. Raises BadScenario, OSError.
    """
    said = stories.content(file)
    if isinstance(said, dict) and isinstance(said.get("steps"), list):
        said = said | {"steps": [*_without_expectations(said["steps"][:steps])]}
    told = _moved(said, file)
    played = Played(told)
    with clock.travelling(told.starts_at) as virtual:
        player = Player(told, store, virtual, played)
        if player.prepare():
            for step in told.steps:
                if not player.take(step):
                    break
    return played.failures


def _moved(said: Any, file: Path) -> Story:
    """The story with every day moved back, when its last step has not been yet."""
    told = stories.parse(said, file)
    last = max([told.starts_at, *(step.at for step in told.steps if step.at)])
    ahead = last - clock.now()
    weeks = max(0, -(-ahead // WEEK))
    return told if not weeks else stories.parse(_shifted(said, weeks * WEEK), file)


def _shifted(value: Any, back: timedelta, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _shifted(inner, back, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shifted(inner, back) for inner in value]
    if isinstance(value, str) and key not in _OWN and (found := _DAY.match(value)):
        day = datetime.fromisoformat(found[1]) - back
        return f"{day:%Y-%m-%d}{found[2] or ''}"
    return value


def _without_expectations(steps: list[Any]) -> Iterator[Any]:
    """A moved story meets other holidays: what it expects to the day is no longer said."""
    for step in steps:
        kept = {key: v for key, v in step.items() if key != "expect"}
        if kept.keys() - {"by", "case"}:
            yield kept
