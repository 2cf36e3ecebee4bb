"""Files that somebody sends to hurt: each is refused with a reason, and fast."""

import time

import pytest

from engine.bpmn import xml
from engine.bpmn.lint import lint

MODEL = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"'


def definitions(body: str) -> bytes:
    return f"<definitions {MODEL}>{body}</definitions>".encode()


MANY_ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(100_000))
BOMB = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 30))

HOSTILE = {
    "fifty_megabytes": (b"<a>" + b"x" * 50_000_000 + b"</a>", "fylder"),
    "ten_thousand_deep": (b"<a>" * 10_000 + b"</a>" * 10_000, "niveauer"),
    "deep_processes": (
        definitions("<subProcess>" * 10_000 + "</subProcess>" * 10_000),
        "niveauer",
    ),
    "just_too_deep": (b"<a>" * 101 + b"</a>" * 101, "niveauer"),
    "too_many_elements": (definitions('<task id="a"/>' * 60_000), "elementer"),
    "external_entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        "DOCTYPE",
    ),
    "entity_bomb": (f'<!DOCTYPE a [<!ENTITY e0 "ha">{BOMB}]><a b="&e29;"/>'.encode(), "DOCTYPE"),
    "external_dtd": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "DOCTYPE"),
    "undeclared_entity": (b"<a>&foo;</a>", "velformet"),
    "utf_16": ("<a/>".encode("utf-16"), "UTF-8"),
    "utf_16_without_mark": ("<!DOCTYPE a><a/>".encode("utf-16-le"), "UTF-8"),
    "utf_7": (b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>', "UTF-8"),
    "not_xml": (b"PK\x03\x04 and more", "velformet"),
    "empty": (b"  ", "tom"),
    "no_namespace": (b"<definitions/>", "definitions fra BPMN 2.0"),
    "wrong_namespace": (b'<definitions xmlns="http://example.org/x"/>', "example.org"),
    "duplicate_ids": (
        definitions('<process id="p"><task id="a"/><task id="a"/></process>'),
        "Id'et a bruges to gange",
    ),
    "unknown_element": (definitions('<process id="p"><tsk id="a"/></process>'), "skema"),
    "thousands_of_attributes": (
        f"<definitions {MODEL} {MANY_ATTRIBUTES}/>".encode(),
        "skema",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_in_under_two_seconds(name):
    data, reason = HOSTILE[name]
    before = time.process_time()
    with pytest.raises(xml.XmlRefused) as refused:
        xml.parse(data)
    assert time.process_time() - before < 2
    assert reason in refused.value.message
    assert refused.value.action


def executable(body: str) -> bytes:
    zeebe = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    process = f'<process id="p" isExecutable="true">{body}</process>'
    return f"<definitions {MODEL} {zeebe}>{process}</definitions>".encode()


def script(number: int, expression: str) -> str:
    return (
        f'<scriptTask id="s{number}"><extensionElements><zeebe:script resultVariable="r" '
        f'expression="= {expression}" /></extensionElements></scriptTask>'
    )


COSTLY = {
    "a_chain_of_ten_thousand": (
        '<startEvent id="t0" />'
        + "".join(f'<manualTask id="t{n}" />' for n in range(1, 10_000))
        + "".join(
            f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}" />'
            for n in range(9_999)
        ),
        "too-many-elements",
    ),
    "thousands_of_faults": ('<task id="a" />' + "<dataStoreReference />" * 20_000, "unknown-task"),
    "a_long_expression": (script(1, "+".join(["a"] * 50_000)), "feel"),
    "long_expressions_together": (
        "".join(script(n, "+".join(["a"] * 900)) for n in range(100)),
        "feel-together",
    ),
    "brackets_in_brackets": (script(1, "[" * 900 + "]" * 900), "feel"),
    "thousands_of_extensions": (
        f'<task id="a"><extensionElements>{"<zeebe:x />" * 20_000}</extensionElements></task>',
        "unknown-x",
    ),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_valid_file_that_is_costly_to_judge_is_refused_as_fast(name):
    lint(executable(script(1, "1")), "p.bpmn")  # the grammar is built once per process
    body, rule = COSTLY[name]
    before = time.process_time()
    rules = {f.rule for f in lint(executable(body), "p.bpmn") if f.severity == "error"}
    assert time.process_time() - before < 2
    assert rule in rules


def test_the_element_at_fault_is_named():
    with pytest.raises(xml.XmlRefused) as refused:
        xml.parse(
            definitions('\n<process id="p">\n<task id="a" isForCompensation="maybe"/></process>')
        )
    assert (refused.value.element, refused.value.line) == ("a", 3)


def test_a_large_but_honest_diagram_is_read():
    tasks = "".join(f'<task id="t{n}"/>' for n in range(5_000))
    root = xml.parse(definitions(f'<process id="p">{tasks}</process>'))
    assert len(root.findall(f".//{{{xml.BPMN}}}task")) == 5_000
