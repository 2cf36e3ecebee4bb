"""From files to programs, and what is said of a diagram that cannot be executed."""

from __future__ import annotations

import pytest

from engine import bpmn

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="x">
<bpmn:message id="uden_navn" name=""/>
<bpmn:process id="p" isExecutable="true">"""
TAIL = "</bpmn:process></bpmn:definitions>"


def process(body: str) -> bytes:
    return f"{HEAD}{body}{TAIL}".encode()


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    inner = ""
    if condition:
        kind = 'xsi:type="bpmn:tFormalExpression"'
        inner = f"<bpmn:conditionExpression {kind}>{condition}</bpmn:conditionExpression>"
    id = id or f"f_{source}_{target}"
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{id}" {ends}>{inner}</bpmn:sequenceFlow>'


def ext(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


START = '<bpmn:startEvent id="s"/>'
TIMER = '<bpmn:timerEventDefinition id="t"/>'
A = '<bpmn:userTask id="a"/>'

BAD = {
    "no start event": (A, "p"),
    "unknown element": (START + '<bpmn:complexGateway id="g"/>', "g"),
    "undefined task": (START + '<bpmn:task id="g"/>', "g"),
    "service without type": (START + '<bpmn:serviceTask id="g"/>', "g"),
    "service type as expression": (
        START
        + '<bpmn:serviceTask id="g">'
        + ext('<zeebe:taskDefinition type="= x"/>')
        + "</bpmn:serviceTask>",
        "g",
    ),
    "bad retries": (
        START
        + "<bpmn:serviceTask id='g'>"
        + ext("<zeebe:taskDefinition type='x' retries='= n'/>")
        + "</bpmn:serviceTask>",
        "g",
    ),
    "script without expression": (START + '<bpmn:scriptTask id="g"/>', "g"),
    "rule without decision": (START + '<bpmn:businessRuleTask id="g"/>', "g"),
    "call without process": (START + '<bpmn:callActivity id="g"/>', "g"),
    "call of a process that is not there": (
        START
        + '<bpmn:callActivity id="g">'
        + ext('<zeebe:calledElement processId="q"/>')
        + "</bpmn:callActivity>",
        "g",
    ),
    "receive without message": (START + '<bpmn:receiveTask id="g"/>', "g"),
    "message without name": (
        START + '<bpmn:receiveTask id="g" messageRef="uden_navn"/>',
        "g",
    ),
    "timer without time": (
        START + f'<bpmn:intermediateCatchEvent id="g">{TIMER}</bpmn:intermediateCatchEvent>',
        "g",
    ),
    "catch of nothing": (START + '<bpmn:intermediateCatchEvent id="g"/>', "g"),
    "conditional event": (
        START
        + '<bpmn:intermediateCatchEvent id="g"><bpmn:conditionalEventDefinition id="c">'
        + "<bpmn:condition/></bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>",
        "g",
    ),
    "compensation": (
        START
        + '<bpmn:intermediateThrowEvent id="g"><bpmn:compensateEventDefinition id="c"/>'
        + "</bpmn:intermediateThrowEvent>",
        "g",
    ),
    "link without catch": (
        START
        + '<bpmn:intermediateThrowEvent id="g"><bpmn:linkEventDefinition id="c" name="x"/>'
        + "</bpmn:intermediateThrowEvent>",
        "g",
    ),
    "condition without =": (
        START
        + '<bpmn:exclusiveGateway id="g"/>'
        + A
        + '<bpmn:userTask id="b"/>'
        + flow("s", "g")
        + flow("g", "a", "x > 1", "f")
        + flow("g", "b", "= y"),
        "f",
    ),
    "condition that cannot be read": (
        START + '<bpmn:exclusiveGateway id="g"/>' + A + flow("g", "a", "= (", "f"),
        "f",
    ),
    "flow without condition": (
        START
        + '<bpmn:exclusiveGateway id="g"/>'
        + A
        + flow("g", "a", id="f")
        + flow("g", "a", "= x"),
        "f",
    ),
    "condition on a task's flow": (START + A + flow("s", "a", "= x", "f"), "f"),
    "events behind a gateway that are none": (
        START + '<bpmn:eventBasedGateway id="g"/>' + A + flow("g", "a"),
        "g",
    ),
    "flow into another room": (
        START
        + '<bpmn:subProcess id="r"><bpmn:startEvent id="i"/><bpmn:userTask id="b"/>'
        + "</bpmn:subProcess>"
        + flow("s", "b", id="f"),
        "f",
    ),
    "sub-process without start": (
        START + '<bpmn:subProcess id="g"><bpmn:userTask id="b"/></bpmn:subProcess>',
        "g",
    ),
    "sub-process that starts on a timer": (
        START
        + f'<bpmn:subProcess id="r"><bpmn:startEvent id="g">{TIMER}</bpmn:startEvent>'
        + "</bpmn:subProcess>",
        "g",
    ),
    "guard on a gateway": (
        START
        + '<bpmn:exclusiveGateway id="x"/><bpmn:boundaryEvent id="g" attachedToRef="x">'
        + "<bpmn:errorEventDefinition id='e'/></bpmn:boundaryEvent>",
        "g",
    ),
    "guard for an error without a code": (
        START
        + A
        + '<bpmn:boundaryEvent id="g" attachedToRef="a">'
        + '<bpmn:errorEventDefinition id="e" errorRef="findes_ikke"/></bpmn:boundaryEvent>',
        "g",
    ),
    "two catches of one link": (
        START
        + "".join(
            f'<bpmn:intermediateCatchEvent id="{i}"><bpmn:linkEventDefinition id="{i}d" name="x"/>'
            "</bpmn:intermediateCatchEvent>"
            for i in "hg"
        ),
        "g",
    ),
    "multi-instance without a collection": (
        START + '<bpmn:userTask id="g"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>',
        "g",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_executed_is_named_by_its_id(what):
    body, element = BAD[what]
    with pytest.raises(bpmn.DiagramError) as error:
        bpmn.compile({"p": process(body)}, "p")
    assert error.value.element == element


def test_a_file_that_cannot_be_read_is_a_diagram_error_too():
    with pytest.raises(bpmn.DiagramError):
        bpmn.compile({"p": b"<x/>"}, "p")
    with pytest.raises(bpmn.DiagramError):
        bpmn.compile({"p": b"<!DOCTYPE x>" + process(START)}, "p")


def test_the_process_must_be_named_by_its_file():
    with pytest.raises(bpmn.DiagramError) as error:
        bpmn.compile({"q": process(START)}, "q")
    assert "p" in error.value.message


def test_files_may_be_named_with_their_ending():
    assert bpmn.compile({"p.bpmn": process(START + A + flow("s", "a"))}, "p").processes == ("p",)


def test_other_pools_and_data_are_drawing_only(case, travel):
    body = START + A + flow("s", "a") + '<bpmn:dataObjectReference id="dor" dataObjectRef="do"/>'
    body += '<bpmn:dataObject id="do"/><bpmn:textAnnotation id="note"/>'
    data = process(body).replace(
        b'<bpmn:process id="p"',
        b'<bpmn:dataStore id="ds" name="Register"/><bpmn:collaboration id="c">'
        b'<bpmn:participant id="os" processRef="p"/><bpmn:participant id="borger"/>'
        b'</bpmn:collaboration><bpmn:process id="p"',
    )
    flow_ = bpmn.Flow.start(bpmn.compile({"p": data}, "p"), case)
    assert [w.element for w in flow_.work] == ["a"]


def test_a_long_diagram_is_as_good_as_a_short_one(case, travel):
    names = [f"t{n}" for n in range(1500)]
    tasks = "".join(
        f"<bpmn:scriptTask id='{n}'>"
        + ext("<zeebe:script expression='= (if n = null then 0 else n) + 1' resultVariable='n'/>")
        + "</bpmn:scriptTask>"
        for n in names
    )
    flows = "".join(flow(a, b) for a, b in zip(["s", *names], names, strict=False))
    flow_ = bpmn.Flow.start(bpmn.compile({"p": process(START + tasks + flows)}, "p"), case)
    assert flow_.ended
    assert flow_.variables() == {"n": 1500}


def test_two_processes_may_hold_sub_processes_of_the_same_id(case, travel):
    inner = '<bpmn:subProcess id="sp"><bpmn:startEvent id="i"/><bpmn:userTask id="{0}"/>'
    inner += flow("i", "{0}") + "</bpmn:subProcess>"
    called = ext("<zeebe:calledElement processId='q'/>")
    one = process(
        START
        + inner.format("a")
        + f'<bpmn:callActivity id="k">{called}</bpmn:callActivity>'
        + flow("s", "sp")
        + flow("sp", "k")
    )
    two = process(START + inner.format("b") + flow("s", "sp"))
    two = two.replace(b'<bpmn:process id="p"', b'<bpmn:process id="q"')
    program = bpmn.compile({"p": one, "q": two}, "p")
    assert set(program.specs) == {"p", "p/sp", "q", "q/sp"}
    flow_ = bpmn.Flow.start(program, case)
    flow_.complete(flow_.work[0].id, {})
    assert [(w.process, w.element) for w in flow_.work] == [("q", "b")]


def test_a_called_process_needs_a_plain_start():
    called = ext("<zeebe:calledElement processId='q'/>")
    one = process(START + f'<bpmn:callActivity id="k">{called}</bpmn:callActivity>')
    two = process(
        '<bpmn:startEvent id="s"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration>P1D'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>"
    ).replace(b'<bpmn:process id="p"', b'<bpmn:process id="q"')
    with pytest.raises(bpmn.DiagramError) as error:
        bpmn.compile({"p": one, "q": two}, "p")
    assert error.value.element == "k"


def test_a_failed_diagram_fails_every_time():
    data = process(BAD["unknown element"][0])
    for _ in range(3):
        with pytest.raises(bpmn.DiagramError):
            bpmn.compile({"p": data}, "p")


def test_lanes_reach_into_the_sub_processes_that_stand_in_them():
    lanes = (
        '<bpmn:laneSet id="l"><bpmn:lane id="l1" name="JOB"><bpmn:flowNodeRef> r </bpmn:flowNodeRef>'
        '<bpmn:childLaneSet id="l2"><bpmn:lane id="l3" name="SOC"><bpmn:flowNodeRef>a'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    room = (
        '<bpmn:subProcess id="r"><bpmn:startEvent id="i"/><bpmn:userTask id="b"/></bpmn:subProcess>'
    )
    program = bpmn.compile({"p": process(lanes + START + A + room)}, "p")
    assert program.element("p", "a").lane == "SOC"
    assert program.element("p", "b").lane == "JOB"
    assert program.element("p", "s").lane is None
