"""Reads a diagram with its zeebe: extensions into frozen dataclasses; understands, never judges.

What may stand in a diagram is decided by `lint`; what it does is decided by `specs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from engine.bpmn.elements import (
    NOTHING,
    Called,
    Decision,
    Diagram,
    Element,
    Event,
    IoMapping,
    Listener,
    Loop,
    Message,
    Process,
    Script,
    SequenceFlow,
    TaskDefinition,
    Timer,
)

__all__ = [
    "FLOW_NODES",
    "Called",
    "Decision",
    "Diagram",
    "Element",
    "Event",
    "IoMapping",
    "Listener",
    "Loop",
    "Message",
    "Process",
    "Script",
    "SequenceFlow",
    "TaskDefinition",
    "Timer",
    "read",
]

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

FLOW_NODES = frozenset(
    """startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent
    task userTask manualTask serviceTask sendTask receiveTask businessRuleTask scriptTask
    callActivity subProcess adHocSubProcess transaction
    exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway""".split()
)

_READ = frozenset(
    """assignmentDefinition formDefinition taskSchedule priorityDefinition taskDefinition
    taskHeaders ioMapping calledElement calledDecision script loopCharacteristics subscription
    properties taskListeners userTask versionTag""".split()
)


def read(root: etree._Element) -> Diagram:
    """Read a parsed file: the bpmn:definitions element."""
    messages = {m.get("id", ""): _message(m) for m in root.iterfind(_b("message"))}
    names = _Names(
        messages=messages,
        signals={s.get("id", ""): s.get("name") for s in root.iterfind(_b("signal"))},
        errors={e.get("id", ""): e.get("errorCode") for e in root.iterfind(_b("error"))},
        escalations={
            e.get("id", ""): e.get("escalationCode") for e in root.iterfind(_b("escalation"))
        },
    )
    processes = tuple(_process(p, names) for p in root.iterfind(_b("process")))
    return Diagram(processes, MappingProxyType(messages))


@dataclass(frozen=True)
class _Names:
    messages: Mapping[str, Message]
    signals: Mapping[str, str | None]
    errors: Mapping[str, str | None]
    escalations: Mapping[str, str | None]


def _process(node: etree._Element, names: _Names) -> Process:
    process = node.get("id", "")
    elements: dict[str, Element] = {}
    flows: dict[str, SequenceFlow] = {}
    _walk(node, process, _lanes(node), None, names, elements, flows)
    tag = _extension(node, "versionTag")
    return Process(
        process,
        node.get("name", ""),
        node.get("isExecutable", "false") == "true",
        tag.get("value") if tag is not None else None,
        _documentation(node),
        MappingProxyType(elements),
        MappingProxyType(flows),
        _pairs(node, "properties", "property", "name"),
    )


def _walk(scope, process, lanes, lane, names, elements, flows) -> None:
    for node in scope:
        if not isinstance(node.tag, str) or not node.tag.startswith(f"{{{BPMN}}}"):
            continue
        kind = _local(node)
        if kind == "sequenceFlow":
            flows[node.get("id", "")] = SequenceFlow(
                node.get("id", ""),
                node.get("name", ""),
                node.get("sourceRef", ""),
                node.get("targetRef", ""),
                _text(node.find(_b("conditionExpression"))),
            )
        elif kind in FLOW_NODES:
            own_lane = lanes.get(node.get("id", ""), lane)
            element = _element(node, kind, process, scope.get("id", ""), own_lane, names)
            elements[element.id] = element
            if kind in ("subProcess", "transaction", "adHocSubProcess"):
                _walk(node, process, lanes, own_lane, names, elements, flows)


def _element(node, kind, process, scope, lane, names) -> Element:
    assignment = _extension(node, "assignmentDefinition")
    form = _extension(node, "formDefinition")
    schedule = _extension(node, "taskSchedule")
    priority = _extension(node, "priorityDefinition")
    return Element(
        id=node.get("id", ""),
        kind=kind,
        name=" ".join(node.get("name", "").split()),
        process=process,
        scope=scope,
        line=node.sourceline or 0,
        lane=lane,
        documentation=_documentation(node),
        event=_event(node, kind, names),
        attached_to=node.get("attachedToRef"),
        interrupting=_interrupting(node, kind),
        event_subprocess=node.get("triggeredByEvent") == "true",
        default=node.get("default"),
        queue=_get(assignment, "candidateGroups") or _get(assignment, "assignee"),
        form_id=_get(form, "formId"),
        due=_get(schedule, "dueDate"),
        follow_up=_get(schedule, "followUpDate"),
        priority=_get(priority, "priority"),
        task=_task(node),
        headers=_pairs(node, "taskHeaders", "header", "key"),
        properties=_pairs(node, "properties", "property", "name"),
        inputs=_mappings(node, "input"),
        outputs=_mappings(node, "output"),
        called=_called(node),
        decision=_decision(node),
        script=_script(node),
        loop=_loop(node),
        listeners=_listeners(node),
        zeebe_user_task=_extension(node, "userTask") is not None,
        strange=_strange(node),
    )


def _interrupting(node, kind) -> bool:
    if kind == "boundaryEvent":
        return node.get("cancelActivity", "true") == "true"
    return node.get("isInterrupting", "true") == "true"


def _event(node, kind, names: _Names) -> Event | None:
    if kind in ("receiveTask", "sendTask"):
        return _message_event(node.get("messageRef"), names)
    if not kind.endswith("Event"):
        return None
    found = [n for n in node if isinstance(n.tag, str) and _local(n).endswith("EventDefinition")]
    if not found:
        return Event()
    if len(found) > 1:
        return Event("multiple")
    definition = found[0]
    what = _local(definition).removesuffix("EventDefinition")
    if what == "message":
        return _message_event(definition.get("messageRef"), names)
    if what == "timer":
        return Event("timer", timer=_timer(definition))
    if what == "link":
        return Event("link", definition.get("name"), ref=definition.get("name"))
    known = {"signal": names.signals, "error": names.errors, "escalation": names.escalations}
    ref = definition.get(f"{what}Ref")
    return Event(what, known.get(what, {}).get(ref), ref=ref)


def _message_event(ref, names: _Names) -> Event | None:
    message = names.messages.get(ref)
    if message is None:
        return Event("message", ref=ref)
    return Event("message", message.name, message.key, ref=ref)


def _timer(definition) -> Timer | None:
    for tag, kind in (("timeDate", "date"), ("timeDuration", "duration"), ("timeCycle", "cycle")):
        node = definition.find(_b(tag))
        if node is not None:
            return Timer(kind, _text(node) or "")
    return None


def _message(node) -> Message:
    return Message(
        node.get("id", ""),
        node.get("name", ""),
        _get(_extension(node, "subscription"), "correlationKey"),
    )


def _task(node) -> TaskDefinition | None:
    found = _extension(node, "taskDefinition")
    if found is None:
        return None
    return TaskDefinition(found.get("type", ""), _get(found, "retries"))


def _called(node) -> Called | None:
    found = _extension(node, "calledElement")
    if found is None:
        return None
    return Called(
        found.get("processId", ""),
        found.get("propagateAllParentVariables", "true") == "true",
        found.get("propagateAllChildVariables", "true") == "true",
    )


def _decision(node) -> Decision | None:
    found = _extension(node, "calledDecision")
    if found is None:
        return None
    return Decision(found.get("decisionId", ""), found.get("resultVariable", ""))


def _script(node) -> Script | None:
    found = _extension(node, "script")
    if found is None:
        return None
    return Script(found.get("expression", ""), found.get("resultVariable", ""))


def _loop(node) -> Loop | None:
    multi = node.find(_b("multiInstanceLoopCharacteristics"))
    if multi is None:
        return None
    zeebe = _extension(multi, "loopCharacteristics")
    return Loop(
        multi.get("isSequential", "false") == "true",
        _get(zeebe, "inputCollection"),
        _get(zeebe, "inputElement"),
        _get(zeebe, "outputCollection"),
        _get(zeebe, "outputElement"),
        _text(multi.find(_b("completionCondition"))),
    )


def _listeners(node) -> tuple[Listener, ...]:
    found = _extension(node, "taskListeners")
    if found is None:
        return ()
    return tuple(
        Listener(n.get("eventType", ""), n.get("type", ""), n.get("retries"))
        for n in found.iterfind(_z("taskListener"))
    )


def _mappings(node, direction) -> tuple[IoMapping, ...]:
    found = _extension(node, "ioMapping")
    if found is None:
        return ()
    return tuple(
        IoMapping(n.get("source", ""), n.get("target", "")) for n in found.iterfind(_z(direction))
    )


def _pairs(node, container, item, key) -> Mapping[str, str]:
    found = _extension(node, container)
    if found is None:
        return NOTHING
    return MappingProxyType({n.get(key, ""): n.get("value", "") for n in found.iterfind(_z(item))})


def _strange(node) -> tuple[str, ...]:
    extensions = node.find(_b("extensionElements"))
    if extensions is None:
        return ()
    tags = (n for n in extensions if isinstance(n.tag, str))
    return tuple(
        _local(n) for n in tags if n.tag.startswith(f"{{{ZEEBE}}}") and _local(n) not in _READ
    )


def _lanes(process) -> dict[str, str]:
    """Element id to lane name; a lane inside a lane comes later in the file and wins."""
    return {
        (ref.text or "").strip(): lane.get("name", "")
        for lane in process.iter(_b("lane"))
        for ref in lane.iterfind(_b("flowNodeRef"))
    }


def _documentation(node) -> str | None:
    return _text(node.find(_b("documentation")))


def _extension(node, name) -> etree._Element | None:
    return node.find(f"{_b('extensionElements')}/{_z(name)}")


def _get(node, name) -> str | None:
    """An attribute, with empty and absent the same."""
    value = node.get(name) if node is not None else None
    return value.strip() or None if value is not None else None


def _text(node) -> str | None:
    return (node.text or "").strip() or None if node is not None else None


def _b(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def _z(name: str) -> str:
    return f"{{{ZEEBE}}}{name}"


def _local(node) -> str:
    return etree.QName(node).localname
