"""Files that are not XML: the reason is Danish, and the place is told."""

import re

import pytest

from engine import decisions, xml
from engine.bpmn.lint import lint
from engine.bpmn.xml import BPMN, XmlRefused, parse

CASES = {
    b'<a>\n<b x="1">\n</a>': ("elementet b fra linje 2 bliver lukket som a", 3),
    b"hej": ("et element begynde med <", 1),
    b"<a": ("mangler sin afslutning", 1),
    b"<a>\n": ("før alle elementer er lukket", 2),
    b"<a>&nbsp;</a>": ("skriv tegnet selv", 1),
    b"<a>\n\xff</a>": ("ikke er UTF-8", 2),
    b"<a/>\n<b/>": ("efter det yderste element", 2),
    b"<a b=1/>": ("anførselstegn", 1),
    b"<a b='1'\n b='2'/>": ("to gange", 2),
    b"<x:a/>": ("navnerummet", 1),
    b"<a>\x01</a>": ("ikke må stå i XML", 1),
    b"<a>\n&lt</a>": ("&amp;", 2),
    b"<a>A & B</a>": ("&amp;", 1),
    b"<a b='<'/>": ("&lt;", 1),
    b"  <?xml version='1.0'?><a/>": ("allerførst", 1),
    b"<a><![CDATA[x</a>": ("CDATA", 1),
    b"<a b='1'c='2'/>": ("mellemrum", 1),
    b"<?xml version='9'?><a/>": ("ikke er XML", 1),
}
#: Words of libxml2's own sentences.
ENGLISH = re.compile(r"\b(the|and|expected|not|line|tag|of|is|allowed|element:|attribute|value)\b")


@pytest.mark.parametrize("data", CASES)
def test_the_reason_is_danish_and_has_line_and_column(data):
    reason, line = CASES[data]
    with pytest.raises(xml.XmlFault) as fault:
        xml.harden(data)
    assert reason in fault.value.reason and not ENGLISH.search(fault.value.reason)
    assert fault.value.line == line and fault.value.column >= 1
    assert f"på linje {line}, tegn {fault.value.column}" in fault.value.reason


def test_the_bounds_are_the_callers():
    nested = b"<a>" * 12 + b"</a>" * 12
    assert xml.harden(nested).tag == "a"
    for bounds in ({"most_bytes": 20}, {"most_depth": 11}, {"most_elements": 11}):
        with pytest.raises(xml.XmlFault):
            xml.harden(nested, **bounds)


def test_diagram_and_table_say_the_same():
    broken = b"<definitions>\n<decision></definitions>"
    (finding,) = lint(broken, "p.bpmn")
    with pytest.raises(decisions.TableError) as refused:
        decisions.read(broken)
    assert "linje 2, tegn " in refused.value.message
    assert refused.value.message in finding.message


SCHEMA = {
    '<process id="1a"/>': "egenskaben id på process kan ikke være »1a«",
    "<process><start/></process>": "elementet start kan ikke stå her",
    '<process id="p"><sequenceFlow id="f" sourceRef="a"/></process>': (
        "elementet sequenceFlow mangler egenskaben targetRef"
    ),
    '<process id="p" foo="1"/>': "elementet process kan ikke have egenskaben foo",
    '<process id="p" isExecutable="ja"/>': "isExecutable på process kan ikke være »ja«",
    '<process id="p"><startEvent id="s">hej</startEvent></process>': "tekst i sig",
    '<process id="p"><exclusiveGateway id="g" gatewayDirection="Op"/></process>': (
        "gatewayDirection på exclusiveGateway kan ikke være »Op«"
    ),
    '<process id="p"><ioSpecification/></process>': "elementet ioSpecification mangler noget",
    '<process id="p"><subProcess id="u"/><sequenceFlow id="f" sourceRef="" targetRef="u"/>'
    "</process>": "sourceRef på sequenceFlow kan ikke være »«",
}


@pytest.mark.parametrize("body", SCHEMA)
def test_what_breaks_the_schema_is_told_in_danish(body):
    with pytest.raises(XmlRefused) as refused:
        parse(f'<definitions xmlns="{BPMN}" targetNamespace="t">\n{body}</definitions>'.encode())
    assert SCHEMA[body] in refused.value.message and refused.value.line == 2
    assert not ENGLISH.search(refused.value.message)
