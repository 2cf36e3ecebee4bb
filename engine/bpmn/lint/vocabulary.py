"""Which BPMN elements and attributes may stand in a file. What is not listed is refused.

The schema has already said that the XML is BPMN 2.0; here stands what the engine executes, or
knows to be drawing only.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.lint.findings import Report
from engine.bpmn.xml import BPMN, BPMNDI, MODELER, ZEEBE, element_id

_NODE = "id name"
_TASK = f"{_NODE} default"

#: Element -> attributes that it may have. Attributes with a harmless value stand in _DEFAULTS.
ALLOWED: dict[str, frozenset[str]] = {
    tag: frozenset(attributes.split())
    for tag, attributes in {
        "definitions": "id name targetNamespace exporter exporterVersion expressionLanguage "
        "typeLanguage",
        "process": "id name isExecutable processType isClosed",
        "collaboration": "id name isClosed",
        "participant": "id name processRef",
        "participantMultiplicity": "id minimum maximum",
        "messageFlow": "id name sourceRef targetRef messageRef",
        "laneSet": "id name",
        "childLaneSet": "id name",
        "lane": "id name",
        "flowNodeRef": "",
        "documentation": "id textFormat",
        "extensionElements": "",
        "incoming": "",
        "outgoing": "",
        "sequenceFlow": "id name sourceRef targetRef",
        "conditionExpression": "id",
        "startEvent": f"{_NODE} isInterrupting",
        "endEvent": _NODE,
        "intermediateCatchEvent": _NODE,
        "intermediateThrowEvent": _NODE,
        "boundaryEvent": f"{_NODE} attachedToRef cancelActivity",
        "messageEventDefinition": "id messageRef",
        "timerEventDefinition": "id",
        "timeDate": "id",
        "timeDuration": "id",
        "timeCycle": "id",
        "signalEventDefinition": "id signalRef",
        "errorEventDefinition": "id errorRef",
        "escalationEventDefinition": "id escalationRef",
        "terminateEventDefinition": "id",
        "linkEventDefinition": "id name",
        "userTask": _TASK,
        "manualTask": _TASK,
        "serviceTask": _TASK,
        "sendTask": f"{_TASK} messageRef",
        "receiveTask": f"{_TASK} messageRef",
        "businessRuleTask": _TASK,
        "scriptTask": _TASK,
        "callActivity": _TASK,
        "subProcess": f"{_TASK} triggeredByEvent",
        "multiInstanceLoopCharacteristics": "id isSequential",
        "completionCondition": "id",
        "exclusiveGateway": f"{_NODE} default gatewayDirection",
        "parallelGateway": f"{_NODE} gatewayDirection",
        "inclusiveGateway": f"{_NODE} default gatewayDirection",
        "eventBasedGateway": f"{_NODE} gatewayDirection",
        "message": _NODE,
        "signal": _NODE,
        "error": f"{_NODE} errorCode",
        "escalation": f"{_NODE} escalationCode",
        # Drawing only from here on.
        "textAnnotation": "id textFormat",
        "text": "",
        "association": "id sourceRef targetRef associationDirection",
        "group": "id categoryValueRef",
        "category": _NODE,
        "categoryValue": "id value",
        "dataObject": "id name isCollection",
        "dataObjectReference": "id name dataObjectRef",
    }.items()
}

#: Attributes that are fine with the value that means "nothing special".
_DEFAULTS = {
    "isForCompensation": {"false"},
    "startQuantity": {"1"},
    "completionQuantity": {"1"},
    "implementation": {"##unspecified", "##WebService"},
    "parallelMultiple": {"false"},
    "behavior": {"All"},
    "instantiate": {"false"},
    "eventGatewayType": {"Exclusive"},
    "isImmediate": {"true"},
    "structureRef": set(),
}

_UNKNOWN = (
    "Overligger kan ikke udføre {what}.",
    "Fjern elementet, eller tegn det med opgaver, gateways og hændelser fra paletten.",
)

#: What people do draw, and what they should draw instead: (what it is, what to do).
_INSTEAD: dict[str, tuple[str, str]] = {
    "task": (
        "En opgave uden type siger ikke, hvem eller hvad der udfører den.",
        "Vælg en type: brugeropgave, serviceopgave, manuel opgave …",
    ),
    "transaction": (
        "Transaktioner kan ikke udføres.",
        "Brug en delproces med en fejlhændelse på kanten.",
    ),
    "adHocSubProcess": (
        "En ad hoc-delproces har ingen rækkefølge, som maskinen kan udføre.",
        "Brug en delproces med en inklusiv gateway, eller en opgave pr. element i en liste.",
    ),
    "complexGateway": (
        "En kompleks gateway kan ikke udføres.",
        "Brug en eksklusiv, parallel eller inklusiv gateway.",
    ),
    "compensateEventDefinition": (
        "Kompensation kan ikke udføres.",
        "Tegn det, der skal gøres om, som et almindeligt forløb efter en fejlhændelse.",
    ),
    "cancelEventDefinition": (
        "Annullering hører til transaktioner og kan ikke udføres.",
        "Brug en fejlhændelse.",
    ),
    "conditionalEventDefinition": (
        "En betinget hændelse kan ikke udføres: ingen holder øje med betingelsen.",
        "Brug en besked, som sendes, når betingelsen bliver sand, eller en timer med en gateway.",
    ),
    "standardLoopCharacteristics": (
        "Gentagelse på selve opgaven kan ikke udføres.",
        "Tegn gentagelsen med en gateway og en pil tilbage, eller brug en opgave pr. element.",
    ),
    "script": (
        "Scripts i andre sprog end FEEL kan ikke udføres.",
        "Skriv udtrykket i FEEL som zeebe:script, eller brug en serviceopgave.",
    ),
    "loopCardinality": (
        "Et fast antal gentagelser kan ikke udføres.",
        "Giv en liste: zeebe:loopCharacteristics inputCollection, fx = for i in 1..3 return i.",
    ),
    "import": ("Diagrammet henter andre filer.", "Kald den anden proces med en kaldaktivitet."),
    "dataStoreReference": (
        "Et datalager bliver ikke læst eller skrevet.",
        "Brug et dataobjekt eller en tekstnote som tegning; sagens fakta ligger i sagen.",
    ),
}
_INSTEAD["dataStore"] = _INSTEAD["dataStoreReference"]
for _tag in ("potentialOwner", "humanPerformer", "performer", "resourceRole"):
    _INSTEAD[_tag] = (
        "Hvem der udfører opgaven, kan ikke skrives som BPMN-ressource.",
        "Brug banen eller zeebe:assignmentDefinition candidateGroups.",
    )
for _tag in ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"):
    _INSTEAD[_tag] = (
        "Listen skal ikke gives som BPMN-data.",
        "Brug zeebe:loopCharacteristics inputCollection og inputElement.",
    )

#: Attributes that people do write, and where the same is said in this dialect.
_ATTRIBUTE_INSTEAD: dict[str, str] = {
    "calledElement": "Skriv processens id i zeebe:calledElement processId.",
    "scriptFormat": "Slet attributten; udtryk skrives i FEEL i zeebe:script.",
    "isForCompensation": "Kompensation kan ikke udføres; tegn det som et almindeligt forløb.",
    "instantiate": "Start processen med en starthændelse.",
    "eventGatewayType": "Brug en almindelig hændelsesgateway.",
    "startQuantity": "Brug en opgave pr. element i en liste.",
    "completionQuantity": "Brug en parallel gateway.",
    "behavior": "Fjern attributten; opgaverne er færdige, når alle er færdige.",
    "language": "Skriv udtrykket i FEEL og fjern attributten.",
    "itemSubjectRef": "Fjern attributten; data er FEEL-værdier uden typer.",
    "operationRef": "Skriv servicens navn i zeebe:taskDefinition type.",
}

_DRAWING_NAMESPACES = (
    BPMNDI,
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
)
_SILENT_NAMESPACES = (
    *_DRAWING_NAMESPACES,
    MODELER,
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
)
_FEEL_LANGUAGES = ("", "feel", "https://www.omg.org/spec/DMN/20191111/FEEL/")
_XPATH_DEFAULT = "http://www.w3.org/1999/XPath"
# Camunda's modeler stamps the template that an element was made from; drawing only.
_TEMPLATE_STAMPS = ("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon")


def check(root: etree._Element, report: Report) -> None:
    """Refuse every element and attribute outside the dialect."""
    for node in _semantic(root):
        space, tag = _split(node.tag)
        if space != BPMN:
            _foreign_element(node, space, tag, report)
        elif tag in ("dataInputAssociation", "dataOutputAssociation"):
            continue
        elif tag not in ALLOWED:
            message, action = _INSTEAD.get(tag, (_UNKNOWN[0].format(what=tag), _UNKNOWN[1]))
            report.error(element_id(node), f"unknown-{tag}", message, action)
        else:
            _attributes(node, tag, report)


def _semantic(node: etree._Element):
    """Every element but drawing, what stands inside extensions, and drawn data arrows."""
    yield node
    for child in node:
        if not isinstance(child.tag, str):
            continue
        space, tag = _split(child.tag)
        if space in _DRAWING_NAMESPACES:
            continue
        if space == BPMN and tag == "extensionElements":
            continue
        if space == BPMN and tag == "property" and _is_arrow_anchor(child, node):
            continue
        if space == BPMN and tag in ("dataInputAssociation", "dataOutputAssociation"):
            continue
        yield from _semantic(child)


def _is_arrow_anchor(prop: etree._Element, parent: etree._Element) -> bool:
    # bpmn-js hangs a data object's arrow on an empty property of the task.
    return any(
        (target.text or "").strip() == prop.get("id")
        for target in parent.iterfind(f"{{{BPMN}}}dataInputAssociation/{{{BPMN}}}targetRef")
    )


def _foreign_element(node, space: str, tag: str, report: Report) -> None:
    report.error(
        element_id(node),
        "foreign-element",
        f"Elementet {tag} ({space or 'uden navnerum'}) er ikke BPMN.",
        "Fjern det, eller gem diagrammet igen fra tegneprogrammet.",
    )


def _attributes(node, tag: str, report: Report) -> None:
    for full, value in node.attrib.items():
        space, name = _split(full)
        if space:
            _foreign_attribute(node, space, name, report)
        elif tag == "definitions" and name == "expressionLanguage":
            _language(node, value, report)
        elif name in ALLOWED[tag] or value in _DEFAULTS.get(name, ()):
            continue
        elif name == "language" and tag != "definitions" and value.lower() in _FEEL_LANGUAGES:
            continue
        else:
            report.error(
                element_id(node),
                f"unknown-attribute-{name}",
                f'Attributten {name}="{value}" på {tag} bliver ikke udført.',
                _ATTRIBUTE_INSTEAD.get(name, "Fjern attributten."),
            )


def _language(node, value: str, report: Report) -> None:
    if value.startswith(_XPATH_DEFAULT) or "FEEL" in value or value.lower() == "feel":
        return
    report.error(
        element_id(node),
        "language",
        f"Filens udtrykssprog er {value}.",
        "Skriv udtrykkene i FEEL og fjern expressionLanguage.",
    )


def _foreign_attribute(node, space: str, name: str, report: Report) -> None:
    if space in _SILENT_NAMESPACES or (space == ZEEBE and name in _TEMPLATE_STAMPS):
        return
    report.error(
        element_id(node),
        "foreign-attribute",
        f"Attributten {name} fra {_vendor(space)} bliver ikke udført.",
        "Fjern den, og skriv det samme med zeebe:-udvidelser (se vejledningen om diagrammer).",
    )


def _vendor(space: str) -> str:
    """The name people know an extension's namespace by."""
    known = {
        "http://camunda.org/schema/1.0/bpmn": "camunda (Camunda 7)",
        "http://activiti.org/bpmn": "activiti",
        "http://flowable.org/bpmn": "flowable",
        "http://operaton.org/schema/1.0/bpmn": "operaton",
        "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
    }
    return known.get(space, space)


def _split(tag: str) -> tuple[str, str]:
    name = etree.QName(tag)
    return name.namespace or "", name.localname
