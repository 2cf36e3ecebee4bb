"""Errors and escalations that a diagram throws and that nobody, here or in a caller, catches."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.dialect import Element
from engine.bpmn.lint import Report
from engine.files import Bundle, Process

_DANISH = {"error": "Fejlen", "escalation": "Eskaleringen"}


def check(process: Process, bundle: Bundle, report: Report) -> None:
    """Warn of each throwing event whose way out, through every caller, meets no catch."""
    for element in process.process.elements.values():
        event = element.event
        if event is None or event.kind not in _DANISH or not event.name:
            continue
        if element.kind not in ("endEvent", "intermediateThrowEvent"):
            continue
        if not _caught(bundle, process, element, event.kind, event.name, frozenset()):
            report.warning(
                element.id,
                "thrown-uncaught",
                f"{_DANISH[event.kind]} {event.name} bliver ikke grebet af nogen; når sagen kommer "
                "hertil, standser den som en hændelse.",
                "Grib den på kanten af delprocessen, i en hændelsesdelproces eller i den proces, "
                "der kalder, eller slut med en almindelig sluthændelse.",
            )


def _caught(
    bundle: Bundle, process: Process, element: Element, kind: str, code: str, seen: frozenset[str]
) -> bool:
    """Whether something catches on the way out; in a called process it is enough that one does."""
    elements = process.process.elements
    at: Element | None = element
    inside = element.id
    while at is not None:
        catching = [
            *(e for e in elements.values() if e.attached_to == at.id),
            *_starts_beside(process, at, inside),
        ]
        if any(c.event.kind == kind and c.event.name in (code, None) for c in catching):
            return True
        inside = at.scope
        at = elements.get(at.scope)
    callers = list(_callers(bundle, process.id)) if process.id not in seen else []
    seen |= {process.id}
    return any(_caught(bundle, p, call, kind, code, seen) for p, call in callers)


def _starts_beside(process: Process, at: Element, inside: str) -> Iterator[Element]:
    """Starts of the event sub-processes of the scope an element stands in, but not its own."""
    for other in process.process.inside(at.scope):
        if other.event_subprocess and other.id not in (at.id, inside):
            yield from (e for e in process.process.inside(other.id) if e.kind == "startEvent")


def _callers(bundle: Bundle, name: str) -> Iterator[tuple[Process, Element]]:
    for process in bundle.processes.values():
        for element in process.process.elements.values():
            if element.kind == "callActivity" and element.called is not None:
                if element.called.process == name:
                    yield process, element
