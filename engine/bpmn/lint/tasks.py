"""What each kind of task must say to be executed."""

from __future__ import annotations

from engine.bpmn import timers
from engine.bpmn.dialect import Element, Process
from engine.bpmn.lint import names, nets, texts
from engine.bpmn.lint.findings import Report


def check(process: Process, report: Report) -> None:
    for element in process.elements.values():
        _mappings(element, report)
        if element.loop is not None:
            _loop(element, report)
        judge = _JUDGES.get(element.kind)
        if judge is not None:
            judge(element, report)


def _person(element: Element, report: Report) -> None:
    """What user and manual tasks share: whose they are, and when."""
    texts.feel_or_literal(element.id, element.queue, "Køen", report)
    for what, text in (("Fristen", element.due), ("Opfølgningsdatoen", element.follow_up)):
        _moment(element.id, text, what, report)
    texts.feel_or_literal(element.id, element.priority, "Prioriteten", report)
    if element.priority and not element.priority.startswith("="):
        if not element.priority.isdigit() or int(element.priority) > 100:
            report.error(
                element.id,
                "priority",
                f'Prioriteten "{element.priority}" er ikke et tal fra 0 til 100.',
                "Skriv fx 80, eller et udtryk: = …",
            )
    if not element.name:
        report.warning(
            element.id,
            "no-name",
            "Opgaven har intet navn; det er det, medarbejderne ser i indbakken.",
            "Skriv i bydeform, hvad der skal gøres.",
        )


def _user(element: Element, report: Report) -> None:
    _person(element, report)
    _static_form(element, report)
    for listener in element.listeners:
        if listener.event != "completing":
            report.error(
                element.id,
                "listener",
                f"Lytteren {listener.type} på {listener.event or 'intet'} bliver ikke udført.",
                'Brug eventType="completing", eller tegn en serviceopgave.',
            )
        _static(element.id, listener.type, "Lytterens service", report)


def _start(element: Element, report: Report) -> None:
    _static_form(element, report)
    if element.inputs:
        report.error(
            element.id,
            "start-inputs",
            "En starthændelse har intet at læse fra.",
            "Brug zeebe:output, eller slet zeebe:input.",
        )


def _static_form(element: Element, report: Report) -> None:
    if element.form_id is not None:
        _static(element.id, element.form_id, "Formularens id", report)


def _service(element: Element, report: Report) -> None:
    if element.task is None or not element.task.type:
        report.error(
            element.id,
            "service-type",
            "Serviceopgaven siger ikke, hvilken service den kalder.",
            "Skriv servicens navn i zeebe:taskDefinition type.",
        )
        return
    _static(element.id, element.task.type, "Servicens navn", report)
    retries = element.task.retries
    if retries is not None and not (retries.isdigit() and int(retries) <= 100):
        report.error(
            element.id,
            "retries",
            f'Antallet af forsøg "{retries}" er ikke et helt tal fra 0 til 100.',
            "Skriv fx 3, eller slet det: så er servicen en del af trinnet.",
        )


def _send(element: Element, report: Report) -> None:
    if element.task is None and element.event is not None and element.event.name:
        return
    _service(element, report)


def _throw(element: Element, report: Report) -> None:
    """A thrown message may be sent by a service; every other throw is the engine's own."""
    if element.task is None:
        return
    if element.event is None or element.event.kind != "message":
        report.error(
            element.id,
            "unknown-taskDefinition",
            "Kun en besked kan sendes af en service.",
            "Slet zeebe:taskDefinition, og sæt en serviceopgave foran.",
        )
        return
    _service(element, report)


def _rules(element: Element, report: Report) -> None:
    if element.decision is None or not element.decision.id:
        report.error(
            element.id,
            "decision",
            "Opgaven siger ikke, hvilken beslutningstabel den spørger.",
            "Skriv tabellens id i zeebe:calledDecision decisionId.",
        )
        return
    _static(element.id, element.decision.id, "Tabellens id", report)
    texts.variable(element.id, element.decision.result, "Resultatet", report)


def _script(element: Element, report: Report) -> None:
    if element.script is None:
        report.error(
            element.id,
            "script",
            "Scriptopgaven har intet udtryk.",
            "Skriv det i FEEL i zeebe:script expression.",
        )
        return
    texts.must_be_feel(element.id, element.script.expression, "Udtrykket", report)
    texts.variable(element.id, element.script.result, "Resultatet", report)


def _call(element: Element, report: Report) -> None:
    if element.called is None or not element.called.process:
        report.error(
            element.id,
            "called-process",
            "Kaldaktiviteten siger ikke, hvilken proces den kalder.",
            "Skriv processens id i zeebe:calledElement processId.",
        )
        return
    _static(element.id, element.called.process, "Processens id", report)


def _subprocess(element: Element, report: Report) -> None:
    if element.event_subprocess and element.loop is not None:
        report.error(
            element.id,
            "event-subprocess-loop",
            "En hændelsesdelproces kan ikke gentages for en liste.",
            "Læg en delproces med listen inde i den.",
        )


_JUDGES = {
    "userTask": _user,
    "manualTask": _person,
    "startEvent": _start,
    "serviceTask": _service,
    "sendTask": _send,
    "businessRuleTask": _rules,
    "scriptTask": _script,
    "callActivity": _call,
    "endEvent": _throw,
    "intermediateThrowEvent": _throw,
    "subProcess": _subprocess,
}


def _mappings(element: Element, report: Report) -> None:
    for what, mappings in (("Input", element.inputs), ("Output", element.outputs)):
        for mapping in mappings:
            texts.variable(element.id, mapping.target, what, report)
            said = f"{what} {mapping.target}"
            if not mapping.source:
                texts.must_be_feel(element.id, None, said, report)
            texts.feel_or_literal(element.id, mapping.source, said, report)


def _loop(element: Element, report: Report) -> None:
    loop = element.loop
    texts.must_be_feel(element.id, loop.input_collection, "Listen (inputCollection)", report)
    _list(element, report)
    if loop.input_element is not None:
        texts.variable(element.id, loop.input_element, "Listens element", report)
    if (loop.output_collection is None) != (loop.output_element is None):
        report.error(
            element.id,
            "loop-output",
            "Resultatlisten og dens element skal skrives begge to, eller ingen af dem.",
            "Skriv både outputCollection og outputElement.",
        )
    elif loop.output_collection is not None:
        texts.variable(element.id, loop.output_collection, "Resultatlisten", report)
        texts.must_be_feel(element.id, loop.output_element, "Resultatets element", report)
    if loop.completion is not None:
        texts.must_be_feel(element.id, loop.completion, "Afslutningsbetingelsen", report)


def _list(element: Element, report: Report) -> None:
    """A list that asks for nothing can be seen beforehand: it must be one."""
    sure, value = nets.constant(element.loop.input_collection)
    if sure and not isinstance(value, list):
        number = value if isinstance(value, int) and value > 0 else 3
        report.error(
            element.id,
            "loop-list",
            f'Listen (inputCollection) "{element.loop.input_collection}" er ikke en liste.',
            f"Skriv en liste, fx = sag.enheder, eller et antal gange: = for i in 1..{number} return i",
        )


def _moment(element: str, text: str | None, what: str, report: Report) -> None:
    texts.feel_or_literal(element, text, what, report)
    if text is None or text.startswith("=") or "{" in text:
        return
    try:
        timers.schedule("" if text.startswith("R") else text, timers.moment("2026-01-01"))
    except timers.BadTime:
        report.error(
            element,
            "date",
            f'{what} "{text}" er hverken en dato eller en varighed.',
            'Skriv et udtryk, fx = get value(sag.frister, "KP-4"), eller P14D.',
        )


def _static(element: str, name: str, what: str, report: Report) -> None:
    """A name that the deploy check must know beforehand; computed names are refused."""
    if name.startswith("=") or "${" in name or "#{" in name:
        report.error(
            element,
            "computed-name",
            f"{what} er et udtryk ({name}); det skal stå fast, så udgivelsen kan kontrolleres.",
            "Skriv navnet, og vælg mellem flere med en gateway.",
        )
    else:
        names.snake(element, name, what, report)
