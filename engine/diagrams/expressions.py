"""The texts of a diagram, element by element, and the rules of law that they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn import timers
from engine.bpmn.dialect import Element, Process

_RULE = re.compile(r"\bsag\.(?:frister|planlagt|frist_tider)\s*,\s*\"([^\"]+)\"")
_LITERAL = re.compile(r"=?\s*\"?([A-Za-zÆØÅæøå0-9_-]+)\"?\s*")


def texts(process: Process) -> Iterator[tuple[str, str]]:
    """(element id, text) of everything that is or may be FEEL, with its `=`."""
    for flow in process.flows.values():
        if flow.condition:
            yield flow.id, flow.condition
    for element in process.elements.values():
        for text in _of(element):
            if text:
                yield element.id, text


def _of(element: Element) -> Iterator[str | None]:
    yield from (element.queue, element.due, element.follow_up, element.priority)
    yield from (m.source for m in (*element.inputs, *element.outputs))
    if element.script:
        yield element.script.expression
    if element.loop:
        loop = element.loop
        yield from (loop.input_collection, loop.output_element, loop.completion)
    if element.event:
        yield element.event.key
        if element.event.timer:
            yield element.event.timer.text


def rules_in(text: str) -> list[str]:
    """Ids of the deadline rules whose date a FEEL text asks the case for, each once."""
    return list(dict.fromkeys(_RULE.findall(text)))


def rules_used(process: Process) -> Iterator[tuple[str, str]]:
    """(element id, rule id) of every deadline rule that a diagram names."""
    for element, text in texts(process):
        for rule in rules_in(text):
            yield element, rule
    for element in process.elements.values():
        for mapping in element.inputs:
            if mapping.target != "regel":
                continue
            literal = _LITERAL.fullmatch(mapping.source)
            is_text = not mapping.source.startswith("=") or '"' in mapping.source
            if literal and is_text:
                yield element.id, literal[1]


def longest_days(process: Process) -> int:
    """The longest literal timer of a diagram, in days (months of 31)."""
    return max((_days(text) for text in _timers(process)), default=0)


def _timers(process: Process) -> Iterator[str]:
    for element in process.elements.values():
        if element.event and element.event.timer:
            yield element.event.timer.text
        yield from (t for t in (element.due, element.follow_up) if t)


def _days(text: str) -> int:
    """Days of the longest ISO 8601 duration in a text, also inside FEEL."""
    found = re.findall(r"P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?", text)
    longest = 0
    for duration in found:
        try:
            one = timers.Duration.parse(duration)
        except timers.BadTime:
            continue
        longest = max(longest, one.months * 31 + one.days + one.seconds // 86_400)
    return longest
