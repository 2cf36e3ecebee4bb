"""A scenario file as the runner sees it: read, checked against the closed lists of keys.

The format is told in docs/howto/scenarios.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.clock import COPENHAGEN
from engine.scenarios import yaml12

FILE_KEYS = frozenset(
    {"scenario", "requirements", "starts_at", "settings", "deploy", "citizens", "steps"}
)
CITIZEN_KEYS = frozenset(
    {
        "navn",
        "cpr",
        "foedselsdag",
        "adresse",
        "adressebeskyttelse",
        "digital_post_fritaget",
        "tolk",
        "sprog",
    }
)
STEP_KEYS = frozenset(
    "by on_behalf_of case at open for task item answers claim release assign hold tell key data "
    "set_budget set_rule absent refused expect".split()
)
EXPECT_KEYS = frozenset(
    "case tasks deadlines timers decisions letters budget visible_to invisible_to variables "
    "incidents ended".split()
)
# What a step does; at most one of them. The rest of the keys say how.
ACTIONS = (
    "open",
    "task",
    "claim",
    "release",
    "assign",
    "hold",
    "tell",
    "set_budget",
    "set_rule",
    "absent",
)
NEEDS_USER = frozenset({"open", "task", "claim", "release", "assign", "hold"})


class BadScenario(ValueError):
    """The file is no scenario; the message says where and why."""


@dataclass(frozen=True)
class Step:
    """One step of the story: at most one action, a time to move to, expectations."""

    number: int
    action: str | None
    keys: Mapping[str, Any]
    at: datetime | None

    def get(self, key: str, default: Any = None) -> Any:
        return self.keys.get(key, default)


@dataclass(frozen=True)
class Story:
    path: Path
    title: str
    starts_at: datetime
    requirements: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    deploy: tuple[Path, ...] = ()
    citizens: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def read(path: Path) -> Story:
    """Read and check one scenario file. Raises BadScenario, or OSError where there is no file."""
    try:
        content = yaml12.loads(path.read_text(encoding="utf-8"))
    except (yaml12.NotYaml, UnicodeDecodeError) as error:
        raise BadScenario(f"{path}: {error}") from error
    return parse(content, path)


def parse(content: Any, path: Path) -> Story:
    """Check the file's content and shape it. Raises BadScenario."""
    where = str(path)
    content = _keys(content, FILE_KEYS, where)
    for key in ("scenario", "starts_at", "steps"):
        if content.get(key) is None:
            raise BadScenario(f"{where}: {key} is missing")
    citizens = {
        name: _keys(person, CITIZEN_KEYS, f"{where}: citizens.{name}")
        for name, person in _mapping(content.get("citizens") or {}, f"{where}: citizens").items()
    }
    return Story(
        path=path,
        title=str(content["scenario"]),
        starts_at=moment(content["starts_at"], f"{where}: starts_at"),
        requirements=tuple(_list(content.get("requirements") or [], f"{where}: requirements")),
        settings=_mapping(content.get("settings") or {}, f"{where}: settings"),
        deploy=tuple(
            path.parent / name for name in _list(content.get("deploy") or [], f"{where}: deploy")
        ),
        citizens=citizens,
        steps=tuple(
            _step(number, step, f"{where}: step {number}")
            for number, step in enumerate(_list(content["steps"], f"{where}: steps"), 1)
        ),
    )


def moment(text: Any, where: str) -> datetime:
    """A local date and time, or a date (midnight), in Copenhagen. Raises BadScenario."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise BadScenario(f"{where}: {text} is no date or time") from error
    return found if found.tzinfo else found.replace(tzinfo=COPENHAGEN)


def _step(number: int, content: Any, where: str) -> Step:
    keys = _keys(content, STEP_KEYS, where)
    actions = [key for key in ACTIONS if key in keys]
    if len(actions) > 1:
        raise BadScenario(f"{where}: a step does one thing, not {' and '.join(actions)}")
    action = actions[0] if actions else None
    if action in NEEDS_USER and not keys.get("by"):
        raise BadScenario(f"{where}: {action} needs by")
    if action is None and not {"at", "expect"} & keys.keys():
        raise BadScenario(f"{where}: the step does nothing")
    if action is None and "refused" in keys:
        raise BadScenario(f"{where}: refused needs something that is done")
    for key, needed in (
        ("answers", ("task", "open")),
        ("item", ("task", "claim", "release", "assign", "hold")),
        ("for", ("open",)),
        ("key", ("tell",)),
        ("data", ("tell",)),
    ):
        if key in keys and action not in needed:
            raise BadScenario(f"{where}: {key} goes with {' or '.join(needed)}")
    if "expect" in keys:
        _keys(keys["expect"], EXPECT_KEYS, f"{where}: expect")
    at = moment(keys["at"], f"{where}: at") if "at" in keys else None
    return Step(number, action, keys, at)


def _keys(content: Any, allowed: frozenset[str], where: str) -> dict[str, Any]:
    content = _mapping(content, where)
    unknown = sorted(content.keys() - allowed)
    if unknown:
        raise BadScenario(
            f"{where}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(allowed))}"
        )
    return content


def _mapping(content: Any, where: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise BadScenario(f"{where}: keys and values are expected")
    return content


def _list(content: Any, where: str) -> list[Any]:
    if not isinstance(content, list):
        raise BadScenario(f"{where}: a list is expected")
    return content
