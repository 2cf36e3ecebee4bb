"""YAML 1.2 core, strictly: yes and no are words, dates are text, a key stands once.

The library only splits the text into events. The few scalars of the core schema are resolved here,
because no loader on offer leaves dates alone and refuses doubled keys and tags as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

#: No story is larger; an alias counts as much as what it stands for.
LONGEST, DEEPEST, MOST_VALUES = 1_000_000, 50, 50_000

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_CONSTANTS = {
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class NotYaml(ValueError):
    """The text is not YAML 1.2 core; the message tells the line."""


def loads(text: str) -> Any:
    """The document as dicts, lists and scalars; None where there is none. Raises NotYaml."""
    if len(text) > LONGEST:
        raise NotYaml(f"the text is longer than {LONGEST} characters")
    try:
        return _Reader(YAML(typ="safe", pure=True).parse(text)).document()
    except YAMLError as error:
        raise NotYaml(_told(error)) from error


class _Reader:
    """Builds values from the library's events."""

    def __init__(self, events: Iterator[Event]):
        self.events = events
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.values = 0

    def document(self) -> Any:
        found, seen = None, False
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if seen:
                    raise _wrong(event, "a second document begins; a file holds one")
                if event.tags or event.version not in (None, (1, 2)):
                    raise _wrong(event, "no directives but %YAML 1.2 are read")
                seen = True
                found = self.value(next(self.events))
        return found

    def value(self, event: Event, depth: int = 0) -> Any:
        before = self.values
        self.values += 1
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise _wrong(event, f"*{event.anchor} stands for nothing that is whole yet")
            found, size = self.anchors[event.anchor]
            self.values += size
        elif event.tag is not None:
            raise _wrong(event, f"the tag {event.tag} is not read; write the value plainly")
        elif depth > DEEPEST:
            raise _wrong(event, f"more than {DEEPEST} levels deep")
        elif isinstance(event, MappingStartEvent):
            found = self.mapping(depth)
        elif isinstance(event, SequenceStartEvent):
            found = self.sequence(depth)
        else:
            found = _scalar(event)
        if self.values > MOST_VALUES:
            raise _wrong(event, f"more than {MOST_VALUES} values")
        if not isinstance(event, AliasEvent) and event.anchor:
            self.anchors[event.anchor] = found, self.values - before
        return found

    def sequence(self, depth: int) -> list[Any]:
        found = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            found.append(self.value(event, depth + 1))
        return found

    def mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or event.tag is not None:
                raise _wrong(event, "a key must be a word")
            key = event.value
            if key in found:
                raise _wrong(event, f"the key {key} stands twice")
            found[key] = self.value(next(self.events), depth + 1)
        return found


def _scalar(event: ScalarEvent) -> Any:
    text = event.value
    if event.style is not None:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        try:
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        except ValueError as error:
            raise _wrong(event, "the number is too long") from error
    if not _FLOAT.fullmatch(text):
        return text
    number = math.inf if text[-1] in "fFnN" else float(text)
    if not math.isfinite(number):
        raise _wrong(event, f"{text} is no number that can be kept")
    return number


def _wrong(event: Event, what: str) -> NotYaml:
    return NotYaml(f"line {event.start_mark.line + 1}: {what}")


def _told(error: YAMLError) -> str:
    """The library's error as one sentence with its line."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None)
    said = f"{problem} {context}" if context and context not in problem else problem
    return f"line {mark.line + 1}: {said}" if mark else said
