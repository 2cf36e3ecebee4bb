"""What events throw and catch, and that what they name exists."""

from __future__ import annotations

from engine.bpmn.dialect import Element, Process
from engine.bpmn.lint import texts
from engine.bpmn.lint.findings import Report

_PROCESS_START = frozenset(("none", "message", "timer", "signal"))
_EVENT_SUBPROCESS_START = frozenset(("message", "timer", "signal", "error", "escalation", "none"))
_END = frozenset(("none", "message", "signal", "error", "escalation", "terminate"))
_CATCH = frozenset(("message", "timer", "signal", "link"))
_THROW = frozenset(("none", "message", "signal", "escalation", "link"))
_BOUNDARY = frozenset(("message", "timer", "signal", "error", "escalation"))
_KINDS = {
    "endEvent": _END,
    "intermediateCatchEvent": _CATCH,
    "intermediateThrowEvent": _THROW,
    "boundaryEvent": _BOUNDARY,
}
_THROWING = frozenset(("endEvent", "intermediateThrowEvent", "sendTask"))
_ACTIVITIES = frozenset(
    """userTask manualTask serviceTask sendTask receiveTask businessRuleTask scriptTask
    callActivity subProcess""".split()
)
_DANISH = {
    "none": "ingen",
    "message": "besked",
    "timer": "timer",
    "signal": "signal",
    "error": "fejl",
    "escalation": "eskalering",
    "terminate": "afbrydelse",
    "link": "link",
}


def check(process: Process, report: Report) -> None:
    for element in process.elements.values():
        if element.event is None:
            continue
        _allowed(process, element, report)
        _named(process, element, report)
        if element.event.kind == "timer":
            _timer(process, element, report)
        if element.kind == "boundaryEvent":
            _boundary(process, element, report)
    _links(process, report)


def _allowed(process: Process, element: Element, report: Report) -> None:
    kind = element.event.kind
    if kind == "multiple":
        report.error(
            element.id,
            "several-definitions",
            "Hændelsen har flere betydninger på én gang.",
            "Tegn en hændelse for hver, evt. efter en hændelsesgateway.",
        )
        return
    allowed = _KINDS.get(element.kind)
    if element.kind == "startEvent":
        allowed = _starts(process, element)
    if allowed is None or kind in allowed:
        return
    report.error(
        element.id,
        "event-kind",
        f"En hændelse af typen {_DANISH.get(kind, kind)} kan ikke stå her.",
        "Brug en af: " + ", ".join(sorted(_DANISH[k] for k in allowed)) + ".",
    )


def _starts(process: Process, element: Element) -> frozenset[str]:
    owner = process.elements.get(element.scope)
    if owner is None:
        return _PROCESS_START
    return _EVENT_SUBPROCESS_START if owner.event_subprocess else frozenset(("none",))


def _named(process: Process, element: Element, report: Report) -> None:
    """The message, signal, error or escalation must exist and have its name."""
    event = element.event
    if event.kind == "message":
        _message(process, element, report)
    elif event.kind == "signal":
        if not event.name:
            _missing(element, "Signalet", "Vælg et signal med et navn.", report)
        _no_expression(element, "Signalets navn", report)
    elif event.kind in ("error", "escalation"):
        _coded(element, report)
    elif event.kind == "link" and not event.name:
        _missing(element, "Linkets navn", "Giv begge ender af linket det samme navn.", report)


def _message(process: Process, element: Element, report: Report) -> None:
    event = element.event
    if element.kind == "sendTask" and event.ref is None:
        return  # Then it needs a service, and `tasks` says so.
    if not event.name:
        _missing(element, "Beskeden", "Vælg en besked med et navn.", report)
        return
    _no_expression(element, "Beskedens navn", report)
    if event.key is not None:
        texts.feel_or_literal(element.id, event.key, "Beskedens nøgle", report)
    elif element.kind not in _THROWING and not _starts_process(process, element):
        report.error(
            element.id,
            "correlation-key",
            f"Beskeden {event.name} har ingen nøgle, så ingen ved, hvilken sag den angår.",
            "Skriv zeebe:subscription correlationKey på beskeden, som regel = sag.nummer.",
        )


def _coded(element: Element, report: Report) -> None:
    event = element.event
    catching = element.kind not in _THROWING
    what = "Fejlen" if event.kind == "error" else "Eskaleringen"
    if event.ref is None and catching:
        return
    if not event.name:
        _missing(element, f"{what}s kode", f"Vælg en {_DANISH[event.kind]} med en kode.", report)
    _no_expression(element, f"{what}s kode", report)
    if event.kind == "error" and element.kind == "startEvent" and not element.interrupting:
        _error_interrupts(element, report)


def _starts_process(process: Process, element: Element) -> bool:
    return element.kind == "startEvent" and element.scope == process.id


def _missing(element: Element, what: str, action: str, report: Report) -> None:
    ref = element.event.ref
    found = f" ({ref} findes ikke i filen, eller har intet navn)" if ref else ""
    report.error(element.id, "reference", f"{what} mangler{found}.", action)


def _no_expression(element: Element, what: str, report: Report) -> None:
    name = element.event.name or ""
    if name.startswith("=") or "${" in name:
        report.error(
            element.id,
            "computed-name",
            f"{what} er et udtryk ({name}); det skal stå fast.",
            "Skriv navnet, som det er; brug nøglen til at skelne mellem sager.",
        )


def _timer(process: Process, element: Element, report: Report) -> None:
    timer = element.event.timer
    if timer is None:
        report.error(
            element.id,
            "timer-text",
            "Timeren har ingen tid.",
            "Vælg dato, varighed eller gentagelse.",
        )
        return
    texts.timer(element.id, timer.kind, timer.text, report)
    if timer.kind == "cycle" and not _may_repeat(process, element):
        report.error(
            element.id,
            "timer-cycle",
            "Timeren gentager sig, men kan kun ske én gang her.",
            "Skriv en varighed, eller gør hændelsen ikke-afbrydende.",
        )
    if timer.kind == "duration" and _starts_process(process, element):
        report.error(
            element.id,
            "timer-start",
            "En proces kan ikke begynde efter en varighed; der er intet at regne fra.",
            "Skriv en dato eller en gentagelse, fx R/P1M.",
        )


def _may_repeat(process: Process, element: Element) -> bool:
    if element.kind == "startEvent":
        return element.scope == process.id or not element.interrupting
    return element.kind == "boundaryEvent" and not element.interrupting


def _boundary(process: Process, element: Element, report: Report) -> None:
    host = process.elements.get(element.attached_to or "")
    if host is None or host.scope != element.scope:
        report.error(
            element.id,
            "boundary-host",
            "Hændelsen sidder ikke på kanten af noget.",
            "Træk den hen på kanten af en opgave eller delproces.",
        )
    elif host.kind not in _ACTIVITIES or host.event_subprocess:
        report.error(
            element.id,
            "boundary-host",
            "Hændelsen sidder på noget, der ikke kan afbrydes.",
            "Sæt den på en opgave, en delproces eller en kaldaktivitet.",
        )
    if element.event.kind == "error" and not element.interrupting:
        _error_interrupts(element, report)


def _error_interrupts(element: Element, report: Report) -> None:
    report.error(
        element.id,
        "error-interrupts",
        "En fejl afbryder altid.",
        "Gør hændelsen afbrydende, eller brug en eskalering.",
    )


def _links(process: Process, report: Report) -> None:
    """Each thrown link has exactly one place to come out, in the same scope."""
    catches: dict[tuple[str, str | None], list[Element]] = {}
    throws: dict[tuple[str, str | None], list[Element]] = {}
    for element in process.elements.values():
        if element.event is None or element.event.kind != "link":
            continue
        ends = catches if element.kind == "intermediateCatchEvent" else throws
        ends.setdefault((element.scope, element.event.name), []).append(element)
    for place, thrown in throws.items():
        if place not in catches:
            report.error(
                thrown[0].id,
                "link",
                f"Linket {place[1]} kommer ikke ud nogen steder.",
                "Tegn en link-modtager med samme navn i samme proces eller delproces.",
            )
    for place, caught in catches.items():
        if len(caught) > 1:
            report.error(
                caught[1].id,
                "link",
                f"Linket {place[1]} kommer ud to steder.",
                "Behold én modtager, og brug en gateway efter den.",
            )
        if place not in throws:
            report.error(
                caught[0].id,
                "link",
                f"Ingen sender linket {place[1]}.",
                "Tegn en link-afsender med samme navn, eller slet modtageren.",
            )
