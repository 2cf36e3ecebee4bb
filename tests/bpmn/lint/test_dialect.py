"""The allow-list: one good diagram with everything in it, and one change at a time that is refused."""

import pytest

from engine.bpmn.lint import lint
from tests.bpmn.lint.refused import GOOD, REFUSED, change


def test_a_diagram_with_everything_that_the_engine_executes_has_no_findings():
    assert lint(GOOD.encode(), "processes/good.bpmn") == []


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused_with_its_element_and_what_to_do_instead(name):
    text, element, rule = REFUSED[name]
    found = [f for f in lint(text.encode(), "good.bpmn") if f.rule == rule]
    assert [f.element for f in found if f.element == element], lint(text.encode(), "good.bpmn")
    assert all(f.severity == "error" and f.message and f.action for f in found)


def test_where_feel_goes_wrong_is_said():
    text = change(("= antal &gt; 1", "= antal &gt; 1 )"))
    (finding,) = lint(text.encode(), "good.bpmn")
    assert "tegn" in finding.message


def test_a_camunda_7_condition_is_translated_for_the_reader():
    text = change(
        ('>= svar = "nej"</bpmn:cond', ">${svar == 'nej' &amp;&amp; antal > 1}</bpmn:cond")
    )
    (finding,) = lint(text.encode(), "good.bpmn")
    assert '= svar = "nej" and antal > 1' in finding.action


def test_an_id_is_suggested():
    text = GOOD.replace('"naaet"', '"MåletErNået"')
    (finding,) = lint(text.encode(), "good.bpmn")
    assert "maalet_er_naaet" in finding.action


@pytest.mark.parametrize(
    ("old", "new", "element", "rule"),
    [
        ('bindingType="latest"', 'bindingType="deployment"', "spoerg", "binding-type"),
        (' default="f_del_2"', "", "del", "no-default"),
        (' name="Spørg borgeren"', "", "spoerg", "no-name"),
    ],
)
def test_what_runs_but_may_surprise_is_a_warning(old, new, element, rule):
    text = change((old, new))
    if rule == "no-default":
        text = text.replace(
            'sourceRef="del" targetRef="kald" />',
            'sourceRef="del" targetRef="kald">'
            "<bpmn:conditionExpression>= antal = 1</bpmn:conditionExpression></bpmn:sequenceFlow>",
        )
    (finding,) = lint(text.encode(), "good.bpmn")
    assert (finding.element, finding.severity, finding.rule) == (element, "warning", rule)
