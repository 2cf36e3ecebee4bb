"""Which zeebe: extensions each kind of element may carry, and which attributes they may have."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.vocabulary import _DRAWING_NAMESPACES, _split, _vendor
from engine.bpmn.xml import BPMN, MODELER, ZEEBE, element_id

#: Kind of element -> the extensions that mean something on it.
CARRIES: dict[str, frozenset[str]] = {
    kind: frozenset(extensions.split())
    for kind, extensions in {
        "process": "versionTag properties",
        "userTask": "userTask assignmentDefinition formDefinition taskSchedule "
        "priorityDefinition taskListeners ioMapping properties",
        "manualTask": "assignmentDefinition taskSchedule priorityDefinition properties",
        "serviceTask": "taskDefinition ioMapping properties",
        "sendTask": "taskDefinition ioMapping properties",
        "receiveTask": "ioMapping properties",
        "businessRuleTask": "calledDecision ioMapping properties",
        "scriptTask": "script ioMapping properties",
        "callActivity": "calledElement ioMapping properties",
        "subProcess": "ioMapping properties",
        "startEvent": "formDefinition ioMapping properties",
        "endEvent": "taskDefinition ioMapping properties",
        "intermediateCatchEvent": "ioMapping properties",
        "intermediateThrowEvent": "taskDefinition ioMapping properties",
        "boundaryEvent": "ioMapping properties",
        "exclusiveGateway": "properties",
        "parallelGateway": "properties",
        "inclusiveGateway": "properties",
        "eventBasedGateway": "properties",
        "sequenceFlow": "properties",
        "message": "subscription properties",
        "signal": "properties",
        "error": "properties",
        "escalation": "properties",
        "multiInstanceLoopCharacteristics": "loopCharacteristics",
        "collaboration": "properties",
        "participant": "properties",
        "laneSet": "properties",
        "lane": "properties",
        "messageFlow": "properties",
        "textAnnotation": "properties",
        "association": "properties",
        "group": "properties",
        "dataObject": "properties",
        "dataObjectReference": "properties",
        "definitions": "properties",
    }.items()
}

#: Extension -> attributes; children are listed as extensions of their own.
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "versionTag": "value",
        "properties": "",
        "property": "name value",
        "userTask": "",
        "assignmentDefinition": "candidateGroups assignee",
        "formDefinition": "formId bindingType versionTag",
        "taskSchedule": "dueDate followUpDate",
        "priorityDefinition": "priority",
        "taskListeners": "",
        "taskListener": "eventType type",
        "ioMapping": "",
        "input": "source target",
        "output": "source target",
        "taskDefinition": "type retries",
        "calledDecision": "decisionId resultVariable bindingType versionTag",
        "script": "expression resultVariable",
        "calledElement": "processId propagateAllChildVariables propagateAllParentVariables "
        "bindingType versionTag",
        "loopCharacteristics": "inputCollection inputElement outputCollection outputElement",
        "subscription": "correlationKey",
    }.items()
}
_CHILDREN = {
    "properties": {"property"},
    "taskListeners": {"taskListener"},
    "ioMapping": {"input", "output"},
}

_INSTEAD = {
    "executionListeners": "Tegn forretningens virkninger som serviceopgaver.",
    "taskHeaders": "Giv værdierne som zeebe:input.",
    "userTaskForm": "Skriv formularen i sin egen fil og henvis med zeebe:formDefinition formId.",
    "adHoc": "Brug en delproces med en inklusiv gateway.",
    "conditionalFilter": "Brug en besked eller en timer.",
    "taskDefinition": "Opgavens slags bestemmer, hvad der sker; brug en serviceopgave.",
    "taskListeners": "Lyttere kan kun stå på brugeropgaver; tegn en serviceopgave.",
    "formDefinition": "En formular kan kun stå på en brugeropgave eller en starthændelse.",
    "publishMessage": "Skriv beskeden på hændelsen (messageRef).",
}
_ATTRIBUTE_INSTEAD = {
    "candidateUsers": "En opgave hører til én kø; brug candidateGroups.",
    "formKey": "Brug formId.",
    "externalReference": "Brug formId; formularen skal ligge i Overligger.",
    "processIdExpression": "Brug processId med processens faste id.",
    "retries": "Fjern retries; lytteren er en del af selve trinnet og bliver aldrig gentaget.",
}


def check(root: etree._Element, report: Report) -> None:
    for node in root.iter(f"{{{BPMN}}}extensionElements"):
        owner = node.getparent()
        seen: set[str] = set()
        for extension in node:
            _extension(owner, extension, seen, report)


def _extension(owner, extension, seen: set[str], report: Report) -> None:
    where, kind = element_id(owner), _split(owner.tag)[1]
    space, name = _split(extension.tag)
    if space in (MODELER, *_DRAWING_NAMESPACES):
        return
    if space != ZEEBE:
        report.error(
            where,
            "foreign-extension",
            f"Udvidelsen {name} fra {_vendor(space)} bliver ikke udført.",
            "Fjern den, og skriv det samme med zeebe:-udvidelser.",
        )
        return
    if name not in CARRIES.get(kind, ()):
        report.error(
            where,
            f"unknown-{name}",
            f"zeebe:{name} på {kind} bliver ikke udført.",
            _INSTEAD.get(name, "Fjern udvidelsen."),
        )
        return
    if name in seen:
        report.error(
            where,
            "extension-twice",
            f"zeebe:{name} står to gange; kun den første ville gælde.",
            "Slet den ene.",
        )
    seen.add(name)
    _known(where, extension, name, report)


def _known(where: str, extension, name: str, report: Report) -> None:
    _attributes(where, extension, name, report)
    if (
        name == "assignmentDefinition"
        and extension.get("assignee")
        and extension.get("candidateGroups")
    ):
        report.error(
            where,
            "two-queues",
            "Opgaven har både assignee og candidateGroups; den ligger i præcis én kø.",
            "Behold candidateGroups.",
        )
    for child in extension:
        space, tag = _split(child.tag)
        if space != ZEEBE or tag not in _CHILDREN.get(name, ()):
            report.error(
                where,
                f"unknown-{tag}",
                f"{tag} i zeebe:{name} bliver ikke udført.",
                "Fjern det.",
            )
            continue
        _attributes(where, child, tag, report)
        if len(child):
            report.error(where, "extension-content", f"zeebe:{tag} har indhold.", "Fjern det.")


def _attributes(where: str, extension, name: str, report: Report) -> None:
    for full, value in extension.attrib.items():
        space, attribute = _split(full)
        if space or attribute not in ATTRIBUTES[name]:
            report.error(
                where,
                f"unknown-attribute-{attribute}",
                f'Attributten {attribute}="{value}" i zeebe:{name} bliver ikke udført.',
                _ATTRIBUTE_INSTEAD.get(attribute, "Fjern attributten."),
            )
        elif attribute == "bindingType" and value != "latest":
            report.warning(
                where,
                "binding-type",
                f'bindingType="{value}" har ingen virkning: en sag følger den udgivelse, '
                "den begyndte på.",
                "Fjern bindingType, eller bekræft ved udgivelsen.",
            )
