"""What files need of each other, of the services, of the rules and of the organisation.

`check` takes a set of files together, in place of what is in force, and lists everything that
would go wrong; a definition in force is complained of only when these files break it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from engine import bpmn, clock, files
from engine.bpmn.dialect import Element
from engine.bpmn.lint import Finding, Report
from engine.diagrams import check_thrown, properties, rules, services
from engine.diagrams.queues import Queues
from engine.files import Bundle


def check(
    given: Mapping[str, bytes],
    existing: Mapping[str, bytes] | None = None,
    *,
    queues: Queues | None = None,
    demo: bool = True,
    today: date | None = None,
    settings: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Everything wrong with these files (name or path -> bytes), taken together.

    `existing` is what is in force beside them, by file name; `queues` and `settings` are the
    organisation's, else the demo municipality's; outside `demo`, unconfirmed rules of law (KONTROL)
    are errors.
    """
    new = files.read(given)
    refused = files.given_up(new)
    if refused:
        return refused
    from engine import municipality

    old = files.read(existing or {}, linted=False)
    together = new.over(old)
    queues = queues or Queues.of_demo()
    found = list(_needs(together, queues))
    if any(f.file not in new.files for f in found):
        before = set(_needs(old, queues))
        found = [f for f in found if f.file in new.files or f not in before]
    found += new.findings
    settings = municipality.read()["indstillinger"] if settings is None else settings
    found += rules.check(new, together, demo=demo, today=today or clock.today(), settings=settings)
    found += services.removed_keys(new, old, together)
    if not any(f.severity == "error" for f in found):
        found += _compiled(new, together)
    return files.in_order(found)


def _needs(bundle: Bundle, queues: Queues) -> Iterator[Finding]:
    """What every process of a bundle needs and does not get."""
    made = services.names_made(bundle)
    called = {name for p in bundle.processes.values() for _, name in files.calls(p)}
    for process in bundle.processes.values():
        report = Report(process.file)
        # What is not called begins with variables that only its starter knows.
        known = made if process.id in called else None
        for element in process.process.elements.values():
            _form(element, bundle, report)
            _queue(element, queues, report)
            _call(element, bundle, report)
            services.check(element, bundle, known, report)
            rules.decision(element, bundle, report)
        rules.named(process, bundle, report)
        properties.check(process.process, report)
        check_thrown.check(process, bundle, report)
        yield from report.findings
    yield from files.rings(bundle)


def _form(element: Element, bundle: Bundle, report: Report) -> None:
    if element.form_id is None:
        if element.kind == "userTask":
            report.error(
                element.id,
                "form-missing",
                f"Opgaven {_called(element)} har ingen formular.",
                "Vælg en formular (zeebe:formDefinition formId), eller gør den til en manuel opgave.",
            )
    elif element.form_id not in bundle.forms:
        report.error(
            element.id,
            "form-unknown",
            f"Formularen {element.form_id} findes ikke.",
            f"Udgiv {element.form_id}.form sammen med diagrammet, eller vælg en anden.",
        )


def _queue(element: Element, queues: Queues, report: Report) -> None:
    """A user or manual task lies in exactly one known queue; a computed one is known later."""
    if element.kind not in ("userTask", "manualTask"):
        return
    if element.queue and element.queue.startswith("="):
        literal = element.queue.removeprefix("=").strip()
        if not (literal.startswith('"') and literal.endswith('"') and literal.count('"') == 2):
            return
        text, where = literal.strip('"'), "Køen"
    elif element.queue:
        text, where = element.queue, "Køen"
    elif element.lane:
        text, where = element.lane, "Banen"
    else:
        report.error(
            element.id,
            "queue-missing",
            f"Opgaven {_called(element)} ligger ikke i nogen kø.",
            "Læg den i en enheds bane, eller skriv candidateGroups.",
        )
        return
    if "," in text and queues.find(text) is None:
        report.error(
            element.id,
            "queue-several",
            f"Opgaven {_called(element)} har flere køer: {text}.",
            "En opgave ligger i præcis én kø; tegn en opgave til hver.",
        )
    elif queues.find(text) is None:
        report.error(
            element.id,
            "queue-unknown",
            f"{where} {text} er ikke en kø: hverken en enhed, dens leder eller en rolle.",
            f"Brug en enheds kode eller navn, fx {queues.examples()}.",
        )


def _call(element: Element, bundle: Bundle, report: Report) -> None:
    if element.kind != "callActivity" or element.called is None:
        return
    called = bundle.processes.get(element.called.process)
    if called is None:
        report.error(
            element.id,
            "process-unknown",
            f"Processen {element.called.process} findes ikke.",
            f"Udgiv {element.called.process}.bpmn sammen med diagrammet, eller kald en anden.",
        )
    elif not any(
        e.kind == "startEvent" and e.event.kind == "none" for e in called.process.inside(called.id)
    ):
        report.error(
            element.id,
            "process-start",
            f"Processen {called.id} har ingen almindelig starthændelse at blive kaldt på.",
            "Giv den en, eller send den besked, som den begynder på.",
        )


def _compiled(new: Bundle, together: Bundle) -> Iterator[Finding]:
    """What passed the lint must also compile: the engine has the last word."""
    sources = {p.id: together.files[p.file] for p in together.processes.values()}
    for process in new.processes.values():
        try:
            bpmn.compile(sources, process.id)
        except bpmn.DiagramError as error:
            file = together.processes.get(error.process, process).file
            yield Finding(
                file,
                error.element,
                "error",
                "compile",
                f"Maskinen kan ikke udføre elementet: {error.message}",
                "Tegn det om; se vejledningen om diagrammer.",
            )


def _called(element: Element) -> str:
    return f'"{element.name}"' if element.name else element.id
