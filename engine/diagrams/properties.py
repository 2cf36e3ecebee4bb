"""The zeebe:properties that the engine itself reads: where each may stand, and what it may say.

A municipality may write properties of its own beside them; a misspelt one of ours would be one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine.bpmn.dialect import Element, Process
from engine.bpmn.lint import Report
from engine.bpmn.specs.catch import ALLOWED, WITHOUT_TIME

#: The process goes on when its case closes.
AFTER_CLOSING, GOES_ON = "efter_lukning", "fortsaetter"
#: Whoever works here may hand in the message that starts the process.
RECEIVED_BY, ANYBODY = "modtages_af", "alle"


@dataclass(frozen=True)
class Known:
    """A property of ours. `fits` is asked with a process, or with an element of it."""

    values: frozenset[str]
    fits: Callable[[Process | Element, Process], bool]
    where: str


def _is_process(owner: Process | Element, _: Process) -> bool:
    return isinstance(owner, Process)


def _guards_by_time(owner: Process | Element, process: Process) -> bool:
    """A timer on a boundary or that starts an event sub-process; a token cannot wait for nothing."""
    if isinstance(owner, Process) or owner.event is None or owner.event.kind != "timer":
        return False
    return owner.kind == "boundaryEvent" or (
        owner.kind == "startEvent" and owner.scope != process.id
    )


KNOWN: Mapping[str, Known] = {
    AFTER_CLOSING: Known(frozenset({GOES_ON}), _is_process, "på en proces"),
    RECEIVED_BY: Known(frozenset({ANYBODY}), _is_process, "på en proces"),
    WITHOUT_TIME: Known(
        frozenset({ALLOWED}),
        _guards_by_time,
        "på en timer, der sidder på kanten af en opgave eller begynder en hændelsesdelproces",
    ),
}


def check(process: Process, report: Report) -> None:
    """Each of ours stands where it means something and says something; none is nearly ours."""
    for owner in _owners(process):
        for name, value in owner.properties.items():
            known = KNOWN.get(name)
            if known is None:
                _nearly(owner.id, name, report)
            elif not known.fits(owner, process):
                report.error(
                    owner.id,
                    "property-place",
                    f"Egenskaben {name} har ingen virkning her.",
                    f"Den kan stå {known.where}. Flyt den, eller slet den.",
                )
            elif value not in known.values:
                report.error(
                    owner.id,
                    "property-value",
                    f"Egenskaben {name} kan ikke være {value or 'tom'}.",
                    f"Skriv {' eller '.join(sorted(known.values))}, eller slet egenskaben.",
                )


def _owners(process: Process) -> Iterator[Process | Element]:
    yield process
    yield from process.elements.values()


def _nearly(owner: str, name: str, report: Report) -> None:
    for ours in get_close_matches(name.lower(), KNOWN, n=1, cutoff=0.8):
        report.error(
            owner,
            "property-name",
            f"Egenskaben {name} ligner {ours}, men bliver ikke læst.",
            f"Skriv {ours}, hvis det er den, du mener; ellers giv den et andet navn.",
        )
