"""One good diagram with everything in it, and it again with one thing that is refused, each by name."""

from __future__ import annotations

from pathlib import Path

GOOD = (Path(__file__).parent / "good.bpmn").read_text()
CAMUNDA_7 = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
HEAD = 'id="d" targetNamespace'


def change(*replacements: tuple[str, str]) -> str:
    text = GOOD
    for old, new in replacements:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def with_task(task: str) -> str:
    """The good diagram with the manual task replaced."""
    return change(('<bpmn:manualTask id="ring" name="Ring til borgeren" />', task))


def service(inside: str, attributes: str = "") -> str:
    return with_task(
        f'<bpmn:serviceTask id="ring" {attributes}><bpmn:extensionElements>'
        f'<zeebe:taskDefinition type="ring_op" />{inside}</bpmn:extensionElements></bpmn:serviceTask>'
    )


def throw(definition: str) -> str:
    return change(
        (
            '<bpmn:intermediateThrowEvent id="naaet" name="Nået" />',
            f'<bpmn:intermediateThrowEvent id="naaet">{definition}</bpmn:intermediateThrowEvent>',
        )
    )


#: Name -> (the diagram, the element that is at fault, the rule).
REFUSED = {
    # Elements that the engine does not execute.
    "a task without type": (with_task('<bpmn:task id="ring" />'), "ring", "unknown-task"),
    "a transaction": (
        with_task(
            '<bpmn:transaction id="ring"><bpmn:startEvent id="ts" /><bpmn:endEvent id="te" />'
            '<bpmn:sequenceFlow id="tf" sourceRef="ts" targetRef="te" /></bpmn:transaction>'
        ),
        "ring",
        "unknown-transaction",
    ),
    "an ad hoc sub-process": (
        with_task(
            '<bpmn:adHocSubProcess id="ring"><bpmn:manualTask id="x" /></bpmn:adHocSubProcess>'
        ),
        "ring",
        "unknown-adHocSubProcess",
    ),
    "a complex gateway": (
        with_task('<bpmn:complexGateway id="ring" />'),
        "ring",
        "unknown-complexGateway",
    ),
    "compensation": (
        throw('<bpmn:compensateEventDefinition id="k" />'),
        "k",
        "unknown-compensateEventDefinition",
    ),
    "a conditional event": (
        change(
            (
                '<bpmn:signalEventDefinition id="s1" signalRef="signal_alarm" />',
                '<bpmn:conditionalEventDefinition id="s1">'
                "<bpmn:condition>= x</bpmn:condition></bpmn:conditionalEventDefinition>",
            )
        ),
        "s1",
        "unknown-conditionalEventDefinition",
    ),
    "a standard loop": (
        with_task(
            '<bpmn:manualTask id="ring"><bpmn:standardLoopCharacteristics id="lo" />'
            "</bpmn:manualTask>"
        ),
        "lo",
        "unknown-standardLoopCharacteristics",
    ),
    "a script in another language": (
        with_task(
            '<bpmn:scriptTask id="ring" scriptFormat="python"><bpmn:script>import os'
            "</bpmn:script></bpmn:scriptTask>"
        ),
        "ring",
        "unknown-script",
    ),
    "a data store": (
        change(
            (
                '<bpmn:dataObject id="plan_objekt" />',
                '<bpmn:dataObject id="plan_objekt" /><bpmn:dataStoreReference id="lager" />',
            )
        ),
        "lager",
        "unknown-dataStoreReference",
    ),
    "compensation by attribute": (
        service("", 'isForCompensation="true"'),
        "ring",
        "unknown-attribute-isForCompensation",
    ),
    "plain BPMN called element": (
        with_task('<bpmn:callActivity id="ring" calledElement="anden" />'),
        "ring",
        "unknown-attribute-calledElement",
    ),
    "a camunda 7 attribute": (
        change(
            (HEAD, f"{CAMUNDA_7} {HEAD}"),
            ('<bpmn:manualTask id="ring"', '<bpmn:manualTask id="ring" camunda:asyncBefore="true"'),
        ),
        "ring",
        "foreign-attribute",
    ),
    "a camunda 7 extension": (
        change(
            (HEAD, f"{CAMUNDA_7} {HEAD}"),
            (
                '<bpmn:manualTask id="ring" name="Ring til borgeren" />',
                '<bpmn:manualTask id="ring"><bpmn:extensionElements><camunda:executionListener />'
                "</bpmn:extensionElements></bpmn:manualTask>",
            ),
        ),
        "ring",
        "foreign-extension",
    ),
    # zeebe: extensions.
    "an execution listener": (
        service(
            '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="x" />'
            "</zeebe:executionListeners>"
        ),
        "ring",
        "unknown-executionListeners",
    ),
    "task headers": (service("<zeebe:taskHeaders />"), "ring", "unknown-taskHeaders"),
    "a listener on a service": (
        service(
            '<zeebe:taskListeners><zeebe:taskListener eventType="completing" type="x" />'
            "</zeebe:taskListeners>"
        ),
        "ring",
        "unknown-taskListeners",
    ),
    "another kind of listener": (
        change(('eventType="completing"', 'eventType="creating"')),
        "spoerg",
        "listener",
    ),
    "a form by key": (
        change(('formId="spoerg" bindingType="latest"', 'formId="spoerg" formKey="x"')),
        "spoerg",
        "unknown-attribute-formKey",
    ),
    "candidate users": (
        change(('candidateGroups="= sag.enhed"', 'candidateUsers="hans"')),
        "spoerg",
        "unknown-attribute-candidateUsers",
    ),
    "two queues": (
        change(('candidateGroups="= sag.enhed"', 'candidateGroups="= sag.enhed" assignee="hans"')),
        "spoerg",
        "two-queues",
    ),
    "the same extension twice": (
        service('<zeebe:taskDefinition type="anden" />'),
        "ring",
        "extension-twice",
    ),
    "a service without type": (with_task('<bpmn:serviceTask id="ring" />'), "ring", "service-type"),
    "a computed service": (
        service("").replace('type="ring_op"', 'type="= x"'),
        "ring",
        "computed-name",
    ),
    "retries that are no number": (
        change(('retries="3"', 'retries="= 3"')),
        "send_rykker",
        "retries",
    ),
    "a script without expression": (
        with_task('<bpmn:scriptTask id="ring" />'),
        "ring",
        "script",
    ),
    "a decision without id": (
        with_task('<bpmn:businessRuleTask id="ring" />'),
        "ring",
        "decision",
    ),
    "a call of nothing": (
        with_task('<bpmn:callActivity id="ring" />'),
        "ring",
        "called-process",
    ),
    "a list without collection": (
        change(('inputCollection="= parter" ', "")),
        "spoerg",
        "missing-feel",
    ),
    "an output list without element": (
        change((' outputElement="= svar"', "")),
        "spoerg",
        "loop-output",
    ),
    # Expressions.
    "JUEL": (
        change(('>= svar = "nej"</bpmn:cond', ">${svar == 'nej'}</bpmn:cond")),
        "f_nej",
        "not-feel",
    ),
    "JUEL in an input": (change(('source="B09"', 'source="${brev}"')), "send_rykker", "juel"),
    "a condition without =": (change(("= antal &gt; 1", "antal &gt; 1")), "f_del_1", "not-feel"),
    "FEEL that does not parse": (change(("= antal &gt; 1", "= antal &gt;")), "f_del_1", "feel"),
    "a reserved variable": (
        change(('resultVariable="antal"', 'resultVariable="sag"')),
        "regn",
        "reserved-name",
    ),
    "no variable name": (
        change(('resultVariable="antal"', 'resultVariable="et antal"')),
        "regn",
        "variable-name",
    ),
    "a duration that is none": (change(("R3/P14D", "hver anden uge")), "rykker", "timer-text"),
    "cron": (change(("R3/P14D", "0 0 9 * * *")), "rykker", "timer-text"),
    "an interrupting cycle": (
        change((' cancelActivity="false"><bpmn:timer', "><bpmn:timer")),
        "rykker",
        "timer-cycle",
    ),
    "a date that is none": (
        change(('>= get value(sag.planlagt, "KP-1")<', ">2026-13-01<")),
        "frist_ude",
        "timer-text",
    ),
    "a due date that is none": (
        change(('followUpDate="P7D"', 'followUpDate="snart"')),
        "spoerg",
        "date",
    ),
    "a process that begins after a duration": (
        change(
            (
                '<bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/P1M</bpmn:timeCycle>',
                "<bpmn:timeDuration>P1M</bpmn:timeDuration>",
            )
        ),
        "hver_maaned",
        "timer-start",
    ),
    # Flow.
    "an implicit fork": (
        change(
            (
                'sourceRef="sig_til" targetRef="alle" />',
                'sourceRef="sig_til" targetRef="alle" />'
                '<bpmn:sequenceFlow id="ekstra" sourceRef="sig_til" targetRef="naaet" />',
            )
        ),
        "sig_til",
        "implicit-fork",
    ),
    "an element nobody reaches": (
        change(
            (
                '<bpmn:endEvent id="rykket" />',
                '<bpmn:endEvent id="rykket" /><bpmn:endEvent id="ene" />',
            )
        ),
        "ene",
        "unreachable",
    ),
    "a way that stops": (
        change(('<bpmn:sequenceFlow id="f4" sourceRef="send_rykker" targetRef="rykket" />', "")),
        "send_rykker",
        "no-way-out",
    ),
    "a missing condition": (
        change(
            (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">= svar = "nej"</bpmn:conditionExpression>',
                "",
            )
        ),
        "f_nej",
        "missing-condition",
    ),
    "a default that is elsewhere": (
        change(('default="f_ja"', 'default="f1"')),
        "vaelg",
        "default-flow",
    ),
    "a condition on the default": (
        change(('default="f_ja"', 'default="f_nej"')),
        "f_nej",
        "condition-on-default",
    ),
    "a condition without a choice": (
        change(
            (
                'sourceRef="gem" targetRef="saml" />',
                'sourceRef="gem" targetRef="saml">'
                "<bpmn:conditionExpression>= true</bpmn:conditionExpression></bpmn:sequenceFlow>",
            )
        ),
        "f7",
        "condition-without-choice",
    ),
    "a sub-process without start": (
        change(
            ('<bpmn:startEvent id="dele_start" />', ""),
            ('<bpmn:sequenceFlow id="d1" sourceRef="dele_start" targetRef="op" />', ""),
        ),
        "dele",
        "no-start",
    ),
    "a sub-process without end": (
        change(
            ('<bpmn:endEvent id="dele_fejl_slut" />', ""),
            (
                '<bpmn:sequenceFlow id="d3" sourceRef="dele_fejl_start" targetRef="dele_fejl_slut" />',
                "",
            ),
        ),
        "dele_fejl",
        "no-end",
    ),
    "two plain starts": (
        change(('<bpmn:signalEventDefinition id="s0" signalRef="signal_alarm" />', "")),
        "alarm_kommer",
        "several-starts",
    ),
    "an event sub-process that starts by itself": (
        change(('<bpmn:errorEventDefinition id="e5" />', "")),
        "dele_fejl_start",
        "event-subprocess-start",
    ),
    "a flow into a sub-process": (
        change(('sourceRef="naaet" targetRef="dele" />', 'sourceRef="naaet" targetRef="op" />')),
        "f23",
        "flow-across",
    ),
    "a flow to nowhere": (
        change(('sourceRef="gem" targetRef="saml"', 'sourceRef="gem" targetRef="vaek"')),
        "f7",
        "loose-flow",
    ),
    "an event gateway before a task": (
        change(
            ('sourceRef="vent" targetRef="alarm" />', 'sourceRef="vent" targetRef="ring" />'),
            ('sourceRef="begge" targetRef="ring" />', 'sourceRef="begge" targetRef="alarm" />'),
        ),
        "ring",
        "event-gateway-target",
    ),
    # Events.
    "a message without key": (
        change(('<zeebe:subscription correlationKey="= sag.nummer" />', "")),
        "svar_kommer",
        "correlation-key",
    ),
    "a message that is not there": (
        change(('id="m1" messageRef="besked_svar"', 'id="m1" messageRef="findes_ikke"')),
        "svar_kommer",
        "reference",
    ),
    "a signal that is not there": (
        change(('id="s1" signalRef="signal_alarm"', 'id="s1" signalRef="findes_ikke"')),
        "alarm",
        "reference",
    ),
    "an error without code": (change((' errorCode="regnefejl"', "")), "fejl", "reference"),
    "a computed message name": (
        change(('name="svar_modtaget"', 'name="= navn"')),
        "svar_kommer",
        "computed-name",
    ),
    "an error that does not interrupt": (
        change(
            (
                '<bpmn:boundaryEvent id="fejl" attachedToRef="regn">',
                '<bpmn:boundaryEvent id="fejl" attachedToRef="regn" cancelActivity="false">',
            )
        ),
        "fejl",
        "error-interrupts",
    ),
    "a boundary event on an event": (
        change(('attachedToRef="kald"', 'attachedToRef="naaet"')),
        "alt_andet",
        "boundary-host",
    ),
    "a link that leads nowhere": (
        change(('id="l2" name="slut"', 'id="l2" name="et_andet"')),
        "til_slut",
        "link",
    ),
    "two meanings at once": (
        change(
            (
                '<bpmn:messageEventDefinition id="m1" messageRef="besked_svar" />',
                '<bpmn:messageEventDefinition id="m1" messageRef="besked_svar" /><bpmn:signalEventDefinition id="m1b" signalRef="signal_alarm" />',
            )
        ),
        "svar_kommer",
        "several-definitions",
    ),
    "a timer that is thrown": (
        throw(
            '<bpmn:timerEventDefinition id="tt"><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>'
        ),
        "naaet",
        "event-kind",
    ),
    # Names.
    "an id with capitals": (
        GOOD.replace('"ring"', '"Ring_1"').replace(">ring<", ">Ring_1<"),
        "Ring_1",
        "name",
    ),
    "an id with Danish letters": (GOOD.replace('"naaet"', '"nået"'), "nået", "name"),
    "a process named otherwise than its file": (
        GOOD.replace('id="good"', 'id="andet"').replace('"good"', '"andet"'),
        "andet",
        "process-file-name",
    ),
    "nothing to execute": (change((' isExecutable="true"', "")), "good", "no-executable-process"),
    "two executable processes": (
        change(
            (
                '<bpmn:message id="besked_klage"',
                '<bpmn:process id="nummer_to" isExecutable="true"><bpmn:startEvent id="n1" /></bpmn:process><bpmn:message id="besked_klage"',
            )
        ),
        "nummer_to",
        "several-processes",
    ),
    "a citizen's pool with content": (
        change(
            (
                '<bpmn:message id="besked_klage"',
                '<bpmn:process id="borgeren"><bpmn:startEvent id="n1" /></bpmn:process><bpmn:message id="besked_klage"',
            )
        ),
        "borgeren",
        "drawn-process",
    ),
    "a lane that holds what is not there": (
        change(("<bpmn:flowNodeRef>vaelg<", "<bpmn:flowNodeRef>vaek<")),
        "bane_1",
        "lane-reference",
    ),
}
