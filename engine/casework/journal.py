"""What a flow has told of itself, as the events of its case.

A round of an ordinary case is dozens of lines. Those that say one thing together become one event:
the variables that a step has set, and an element that was entered and left in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.events import PASSED, VARIABLES, Entry

if TYPE_CHECKING:
    from engine import bpmn
    from engine.casework.step import Run, Step

#: What a line holds of the citizen's own matters: kept beside the chain.
_PERSONAL = frozenset({"old", "new", "value", "message", "data", "reason"})


def entries(step: Step, run: Run, lines: Iterable[bpmn.Step]) -> Iterator[Entry]:
    """The lines, in their order, as entries of the trail.

    `variables` has the facts `names` and `scope`, and `corrected`, a task's id, where an answer was
    put right; its content is name -> {old, new}.
    """
    for told in _together(lines):
        first = told[0]
        kind, facts, content = _variables(told) if first.kind == "variable" else _plain(told)
        yield Entry(
            kind=kind,
            actor=step.actor,
            on_behalf_of=step.on_behalf_of,
            instance_id=run.instance.id,
            process=first.process,
            element=first.element,
            release_id=run.instance.release_id,
            facts=facts,
            content=content,
        )


def _together(lines: Iterable[bpmn.Step]) -> Iterator[list[bpmn.Step]]:
    """The lines, those together that say one thing."""
    told: list[bpmn.Step] = []
    for line in lines:
        if told and not _goes_on(told, line):
            yield told
            told = []
        told.append(line)
    if told:
        yield told


def _goes_on(told: list[bpmn.Step], line: bpmn.Step) -> bool:
    first = told[0]
    if (first.process, first.element) != (line.process, line.element):
        return False
    if line.kind == "variable" == first.kind:
        alike = all(first.data.get(name) == line.data.get(name) for name in ("scope", "corrected"))
        return alike and line.name not in {one.name for one in told}
    once = (first.kind, line.kind) == ("entered", "completed") and len(told) == 1
    return once and first.data == line.data


def _variables(told: list[bpmn.Step]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    facts = {k: v for k, v in told[0].data.items() if k not in ("old", "new")}
    content = {one.name: {"old": one.data["old"], "new": one.data["new"]} for one in told}
    return VARIABLES, {"names": list(content), **facts}, content


def _plain(told: list[bpmn.Step]) -> tuple[str, dict[str, Any], dict[str, Any] | None]:
    line = told[-1]
    moved = line.kind == "timer_moved"  # two moments, not two values
    content = {k: v for k, v in line.data.items() if k in _PERSONAL and not moved}
    facts = {k: v for k, v in line.data.items() if k not in content}
    return PASSED if len(told) > 1 else line.kind, {"label": line.name, **facts}, content or None
