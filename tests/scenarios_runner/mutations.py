"""A story told wrong, one expectation at a time: each such story has to fail.

`of(said)` takes what a scenario file says and gives every mutation of it, cut off after the step
that is told wrong: there is nothing more to see after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Mutation:
    name: str
    said: dict[str, Any]
    step: int


def of(said: dict[str, Any]) -> Iterator[Mutation]:
    """Every mutation of what the file says."""
    for number, step in enumerate(said["steps"], 1):
        for path, wrong in _of_step(step):
            told = {**said, "steps": [*said["steps"][: number - 1], wrong]}
            yield Mutation(f"trin {number} {path}", told, number)


def _of_step(step: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "refused" in step:
        plain = {key: value for key, value in step.items() if key != "expect"}
        yield "refused er en anden", {**plain, "refused": "EnHeltAndenAfvisning"}
        yield "refused er fjernet", {k: v for k, v in plain.items() if k != "refused"}
    for key, wanted in (step.get("expect") or {}).items():
        for path, wrong in _of_expectation(key, wanted):
            expect = {name: value for name, value in step["expect"].items() if name != key}
            other = {"visible_to": "invisible_to", "invisible_to": "visible_to"}.get(key, key)
            expect.pop(other, None)
            yield f"{key} {path}", {**step, "expect": {**expect, other: wrong}}


def _of_expectation(key: str, wanted: Any) -> Iterator[tuple[str, Any]]:
    match key:
        case "visible_to" | "invisible_to":
            yield "byttet", wanted
        case "letters":
            yield "et mere", [*wanted, "B99"]
        case "incidents":
            yield "et mere", [*wanted, "x"] if isinstance(wanted, list) else wanted + 1
        case "ended":
            yield "omvendt", not wanted
        case "tasks":
            for queue, elements in wanted.items():
                yield f"{queue} en mere", {**wanted, queue: [*elements, "findes_ikke"]}
                if elements:
                    yield f"{queue} en mindre", {**wanted, queue: elements[1:]}
        case "decisions":
            for name, rules in wanted.items():
                wrong = [*rules, "anden"] if isinstance(rules, list) else "en_anden_raekke"
                yield f"{name} en anden række", {**wanted, name: wrong}
        case "deadlines" | "timers":
            for name, value in wanted.items():
                yield f"{name} en dag senere", {**wanted, name: _a_day_later(value)}
                if value is not None:
                    yield f"{name} slet ikke", {**wanted, name: None}
        case "budget":
            for line, amounts in wanted.items():
                for name, amount in amounts.items():
                    wrong = {**amounts, name: amount + 1}
                    yield f"{line} {name} en krone mere", {**wanted, line: wrong}
        case _:
            for name, value in wanted.items():
                wrong = deepcopy(wanted)
                wrong[name] = _another(value)
                yield f"{name} en anden", wrong


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value is None:
        return "noget"
    if isinstance(value, list):
        return [*value, "en mere"]
    if isinstance(value, dict):
        name = next(iter(value), "x")
        return {**value, name: _another(value.get(name))}
    return f"{value}_ANDEN"


def _a_day_later(value: Any) -> Any:
    if value is None:
        return "2020-01-01"
    if isinstance(value, list):
        return [_a_day_later(value[0]), *value[1:]]
    return f"{date.fromisoformat(value[:10]) + timedelta(days=1)}{value[10:]}"
