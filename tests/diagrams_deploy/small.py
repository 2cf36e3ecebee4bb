"""A small municipality's files, written where the test needs them."""

import itertools
import json

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">'
)


def task(form: str | None = "spoerg", queue: str = "KUI", extra: str = "") -> str:
    """One user task."""
    shown = f'<zeebe:formDefinition formId="{form}" />' if form else ""
    lies = f'<zeebe:assignmentDefinition candidateGroups="{queue}" />' if queue else ""
    return (
        f'<userTask id="spoerg" name="Spørg"><extensionElements>{lies}{shown}{extra}'
        "</extensionElements></userTask>"
    )


def service(kind: str, inputs: str = "") -> str:
    return (
        f'<serviceTask id="goer"><extensionElements><zeebe:taskDefinition type="{kind}" />'
        f"<zeebe:ioMapping>{inputs}</zeebe:ioMapping></extensionElements></serviceTask>"
    )


def call(process: str) -> str:
    return (
        f'<callActivity id="kald"><extensionElements><zeebe:calledElement processId="{process}" />'
        "</extensionElements></callActivity>"
    )


def script(expression: str) -> str:
    return (
        f'<scriptTask id="regn"><extensionElements><zeebe:script expression="{expression}" '
        'resultVariable="r" /></extensionElements></scriptTask>'
    )


def asks(decision: str) -> str:
    return (
        f'<businessRuleTask id="slaa_op"><extensionElements><zeebe:calledDecision '
        f'decisionId="{decision}" resultVariable="svar" /></extensionElements></businessRuleTask>'
    )


def process(name: str, *elements: str, start: str = "", lanes: str = "", extra: str = "") -> bytes:
    """A straight process: start, the elements one after the other, end."""
    ids = ["start", *(e.split('id="', 1)[1].split('"', 1)[0] for e in elements), "slut"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}" />'
        for n, (a, b) in enumerate(itertools.pairwise(ids))
    )
    return (
        f'{HEAD}<process id="{name}" name="{name.capitalize()}" isExecutable="true">{lanes}'
        f'<startEvent id="start">{start}</startEvent>{"".join(elements)}<endEvent id="slut" />'
        f"{flows}</process>{extra}</definitions>"
    ).encode()


def form(name: str = "spoerg", *keys: str) -> bytes:
    fields = [{"type": "textfield", "key": key, "label": key} for key in keys or ("svar",)]
    return json.dumps({"id": name, "schemaVersion": 19, "components": fields}).encode()


def table(name: str = "tabel", *rows: str, policy: str = "UNIQUE") -> bytes:
    """A DMN file: each row is `id|input cell|output cell|art|gyldig_fra|gyldig_til`."""
    written = ""
    for row in rows or ("alle|-|1||",):
        parts = [*row.split("|"), "", "", ""]
        id_, cell, out, kind, first, last = parts[:6]
        notes = "".join(
            f"<annotationEntry><text>{text}</text></annotationEntry>"
            for text in ("kilde", kind, first, last, "")
        )
        written += (
            f'<rule id="{id_}"><inputEntry id="i_{id_}"><text>{cell}</text></inputEntry>'
            f'<outputEntry id="o_{id_}"><text>{out}</text></outputEntry>{notes}</rule>'
        )
    names = "".join(
        f'<annotation name="{n}" />' for n in ("kilde", "art", "gyldig_fra", "gyldig_til", "note")
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="D" '
        f'namespace="n"><decision id="{name}" name="{name.capitalize()}">'
        f'<decisionTable id="t_{name}" hitPolicy="{policy}"><input id="i"><inputExpression '
        'id="e" typeRef="number"><text>x</text></inputExpression></input>'
        f'<output id="o" name="r" typeRef="number" />{names}{written}</decisionTable></decision>'
        "</definitions>"
    ).encode()
