"""What diagrams ask of services and forms: that they exist, and that names meet."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from engine import services
from engine.bpmn.dialect import Element
from engine.bpmn.lint import Finding, Report
from engine.diagrams import expressions
from engine.files import Bundle, Process
from engine.forms import Form

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def check(element: Element, bundle: Bundle, made: frozenset[str] | None, report: Report) -> None:
    """Services and completing listeners of one element.

    `made` are the names that diagrams put values under; None where others may come from outside.
    """
    if element.task is not None and element.task.type:
        service = _service(element, element.task.type, report)
        if service is not None:
            given = {m.target for m in element.inputs}
            _surplus(element, service, given, report)
            _missing(element, service, given, made, report)
    for listener in element.listeners:
        service = _service(element, listener.type, report)
        if service is not None:
            form = bundle.forms.get(element.form_id or "")
            keys = _keys(form[1]) if form else set()
            given = keys | {m.target for m in element.inputs}
            _missing(element, service, given, made, report)


def _service(element: Element, name: str, report: Report) -> services.Service | None:
    found = services.registered().get(name)
    if found is None:
        report.error(
            element.id,
            "service-unknown",
            f"Servicen {name} findes ikke.",
            "Vælg en af de registrerede services, eller få den skrevet.",
        )
    return found


def _surplus(element: Element, service, given: set[str], report: Report) -> None:
    """An input that the service never looks at is most often a misspelling."""
    named = set()
    for parameter in service.parameters:
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            # `**_` swallows what it does not know; any other name means that it is read.
            if not parameter.name.startswith("_"):
                return
        else:
            named.add(parameter.name)
    for name in sorted(given - named):
        report.error(
            element.id,
            "service-parameter",
            f"Servicen {service.name} bruger ikke {name}.",
            f"Den kender: {', '.join(sorted(named)) or 'ingen'}.",
        )


def _missing(element: Element, service, given: set[str], made, report: Report) -> None:
    if made is None:
        return
    known = given | made
    for parameter in service.parameters:
        wanted = parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        )
        if wanted and parameter.name not in known:
            report.warning(
                element.id,
                "service-parameter-missing",
                f"Servicen {service.name} skal have {parameter.name}, og intet i diagrammerne "
                "giver den det.",
                f"Giv den med zeebe:input {parameter.name}, eller bekræft, at en besked eller en "
                "service sætter den.",
            )


def names_made(bundle: Bundle) -> frozenset[str]:
    """Every name that some diagram or form of the bundle puts a value under."""
    made: set[str] = set()
    for process in bundle.processes.values():
        for element in process.process.elements.values():
            made |= _made_by(element)
    for _, form in bundle.forms.values():
        made |= _keys(form)
    return frozenset(made)


def _made_by(element: Element) -> set[str]:
    """The variables that an element itself names as its results or inputs."""
    made = {m.target for m in (*element.inputs, *element.outputs)}
    if element.script:
        made.add(element.script.result)
    if element.decision:
        made.add(element.decision.result)
    if element.loop:
        made |= {element.loop.input_element, element.loop.output_collection} - {None}
    return made


def _keys(form: Form) -> set[str]:
    return {c.key for c in form.walk() if c.key}


def removed_keys(new: Bundle, old: Bundle, together: Bundle) -> Iterator[Finding]:
    """A field taken out of a form, while a diagram still asks for its answer."""
    for form_id, (file, form) in new.forms.items():
        if form_id not in old.forms:
            continue
        removed = _keys(old.forms[form_id][1]) - _keys(form)
        for key in sorted(removed):
            for process in _showing(form_id, together):
                yield from _still_asked(key, file, process, together)


def _showing(form_id: str, bundle: Bundle) -> Iterator[Process]:
    for process in bundle.processes.values():
        if any(e.form_id == form_id for e in process.process.elements.values()):
            yield process


def _still_asked(key: str, form_file: str, process: Process, bundle: Bundle) -> Iterator[Finding]:
    others: set[str] = set()
    for element in process.process.elements.values():
        others |= _made_by(element)
        if element.form_id in bundle.forms:
            others |= _keys(bundle.forms[element.form_id][1])
    if key in others:
        return
    for element_id, text in expressions.texts(process.process):
        if re.search(rf"(?<![\w.]){re.escape(key)}\b", _STRING.sub('""', text)):
            yield Finding(
                process.file,
                element_id,
                "error",
                "form-field-removed",
                f"Feltet {key} er taget ud af {form_file}, men {element_id} i processen "
                f"{process.id} bruger det: {text}",
                "Sæt feltet ind igen, eller ret udtrykket i diagrammet.",
            )
