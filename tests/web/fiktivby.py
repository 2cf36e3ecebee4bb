"""Fiktivby with everything shipped and people who may sign in, and stories played into it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from engine import clock
from engine.diagrams import shipped
from engine.domain import organisation, passwords
from engine.scenarios import read
from engine.scenarios.player import Played, Player
from engine.scenarios.world import furnish
from engine.store import Store
from tests import remembering

STORIES = Path(__file__).parents[1] / "scenarios"


def furnished(store: Store) -> None:
    """Fill an empty database."""
    furnish(store, shipped())
    store.write(passwords.give_demo)
    store.write(lambda session: organisation.change_setting(session, "demo", True))


def played_into(
    store: Store, story: str, until: datetime | None = None, before: str | None = None
) -> None:
    """Play a story by its file's name, with its own clock: its steps before the moment, or before
    the first step that answers a task of that element."""
    remembering.once(store, (story, until, before), lambda: _play(store, story, until, before))


def _play(store: Store, story: str, until: datetime | None, before: str | None) -> None:
    told = read(STORIES / f"{story}.yaml")
    last = None if until is None else until.replace(tzinfo=clock.COPENHAGEN)
    played = Played(told)
    with clock.travelling(told.starts_at) as virtual:
        player = Player(told, store, virtual, played)
        assert player.prepare(), played.failures
        for step in told.steps:
            if last is not None and max(step.at or virtual.now(), virtual.now()) > last:
                break
            if before is not None and step.get("task") == before:
                break
            assert player.take(step), played.failures
