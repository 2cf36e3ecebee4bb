"""A scenario file as the runner sees it: read, checked against the closed lists of keys.

The format is told in docs/howto/scenarios.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.scenarios import shapes, yaml12
from engine.scenarios.shapes import (
    anything,
    bad,
    count,
    day,
    either,
    filled,
    keys,
    list_of,
    map_of,
    mapping,
    moment,
    number,
    optional,
    position,
    refusal,
    some,
    text,
    truth,
    words,
)

_AMOUNTS = ("total", "requested", "reserved", "granted", "spent", "free")
_CITIZEN = keys(
    {
        "navn": text,
        "cpr": optional(text),
        "foedselsdag": day,
        "adresse": text,
        "adressebeskyttelse": truth,
        "digital_post_fritaget": truth,
        "tolk": truth,
        "sprog": text,
    }
)
_FILE = keys(
    {
        "scenario": text,
        "requirements": list_of(text),
        "starts_at": moment,
        "settings": optional(mapping),
        "deploy": list_of(text),
        "citizens": optional(map_of(_CITIZEN)),
        "steps": filled(mapping),
    },
    required=("scenario", "starts_at", "steps"),
)
_EXPECT = keys(
    {
        "case": map_of(anything),
        "tasks": map_of(list_of(text)),
        "deadlines": map_of(optional(moment)),
        "timers": map_of(optional(some(moment))),
        "decisions": map_of(optional(some(text))),
        "letters": list_of(text),
        "budget": map_of(keys(dict.fromkeys(_AMOUNTS, number))),
        "visible_to": some(text),
        "invisible_to": some(text),
        "variables": map_of(anything),
        "incidents": either(list_of(text), count),
        "ended": truth,
    }
)
# What a step does; at most one of them. The rest of the keys say how.
_ACTIONS = {
    "open": text,
    "task": text,
    "claim": text,
    "release": text,
    "assign": keys({"task": text, "to": text}, required=("task", "to")),
    "hold": keys(
        {"task": text, "until": moment, "reason": words},
        required=("task", "until"),
    ),
    "tell": text,
    "set_budget": map_of(keys({"total": number}, required=("total",))),
    "set_rule": keys(
        {"id": text, "value": anything, "applies_to_running": truth}, required=("id",)
    ),
    "absent": keys(
        {"user": text, "from": day, "to": day, "deputy": text},
        required=("user", "from", "to", "deputy"),
    ),
}
_STEP = keys(
    {
        "by": text,
        "on_behalf_of": text,
        "case": position,
        "at": moment,
        "for": some(text),
        "item": anything,
        "answers": optional(mapping),
        "key": text,
        "data": optional(mapping),
        "refused": refusal,
        "expect": _EXPECT,
        **_ACTIONS,
    }
)
_ON_TASKS = ("task", "claim", "release", "assign", "hold")
_BY_SOMEBODY = ("open", *_ON_TASKS)
# Keys that say how an action is done, and the actions that they go with.
_GO_WITH = {
    "answers": ("task", "open"),
    "item": _ON_TASKS,
    "for": ("open",),
    "key": ("tell",),
    "data": ("tell",),
    "on_behalf_of": _BY_SOMEBODY,
    "refused": tuple(_ACTIONS),
}


@dataclass(frozen=True)
class Step:
    """One step of the story: at most one action, a time to move to, expectations."""

    number: int
    action: str | None
    keys: Mapping[str, Any]
    at: datetime | None

    def get(self, key: str, default: Any = None) -> Any:
        found = self.keys.get(key)
        return default if found is None else found

    @property
    def refused(self) -> str | None:
        """The refusal that the step is to meet."""
        return self.keys.get("refused")


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
    """Read and check one scenario file. Raises BadScenario, or OSError where it cannot be read."""
    return parse(content(path), path)


def content(path: Path) -> Any:
    """What the file says, unchecked. Raises BadScenario, or OSError where it cannot be read."""
    try:
        return yaml12.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise bad(str(path), f"filen er ikke UTF-8 (byte {error.start + 1})") from error
    except yaml12.NotYaml as error:
        raise bad(str(path), str(error)) from error


def parse(said: Any, path: Path) -> Story:
    """Check what a file says and shape it. Raises BadScenario."""
    where = str(path)
    if said is None:
        raise bad(where, "filen er tom")
    _FILE(said, where)
    citizens = said.get("citizens") or {}
    return Story(
        path=path,
        title=said["scenario"],
        starts_at=moment(said["starts_at"], f"{where}.starts_at"),
        requirements=tuple(said.get("requirements", ())),
        settings=said.get("settings") or {},
        deploy=tuple(_beside(path, name, where) for name in said.get("deploy", ())),
        citizens=citizens,
        steps=tuple(
            _step(number, step, f"{where}: trin {number}", citizens)
            for number, step in enumerate(said["steps"], 1)
        ),
    )


def _beside(path: Path, name: str, where: str) -> Path:
    if not shapes.is_file_name(name):
        raise bad(f"{where}.deploy", f"{name} er ikke navnet på en fil ved siden af scenariet")
    found = path.parent / name
    if not found.is_file():
        raise bad(f"{where}.deploy", f"filen {name} findes ikke ved siden af scenariet")
    return found


def _step(number: int, said: dict[str, Any], where: str, citizens: Mapping[str, Any]) -> Step:
    _STEP(said, where)
    actions = [key for key in _ACTIONS if key in said]
    if len(actions) > 1:
        raise bad(where, f"et trin gør én ting, ikke {' og '.join(actions)}")
    action = actions[0] if actions else None
    if action is None and not {"at", "expect"} & said.keys():
        raise bad(where, "trinnet gør ingenting")
    if "expect" in said and not said["expect"]:
        raise bad(f"{where}.expect", "her mangler mindst én nøgle")
    if action in _BY_SOMEBODY and "by" not in said:
        raise bad(where, f"{action} mangler by: hvem gør det?")
    for key, goes_with in _GO_WITH.items():
        if key in said and action not in goes_with:
            raise bad(where, f"{key} hører sammen med {' eller '.join(goes_with)}")
    if action == "open" and "case" in said and "for" in said:
        raise bad(where, "for hører til en ny sag, og case er en, der er åbnet")
    for person in _listed(said.get("for", [])):
        if person not in citizens:
            known = ", ".join(citizens) or "ingen"
            raise bad(f"{where}.for", f"{person} står ikke under citizens; der står {known}")
    if action == "absent" and said["absent"]["from"] > said["absent"]["to"]:
        raise bad(f"{where}.absent", "from er senere end to")
    if action == "set_rule" and "value" not in said["set_rule"]:
        raise bad(f"{where}.set_rule", "nøglen value mangler")
    at = moment(said["at"], f"{where}.at") if "at" in said else None
    return Step(number, action, said, at)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
