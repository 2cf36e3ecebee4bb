"""Nets that must end as an incident are refused; what can run well is left alone."""

import ast
import html
import re
from pathlib import Path

import pytest

from engine.bpmn.lint import lint, nets, texts, vocabulary
from tests.diagrams_deploy.small import HEAD

TESTS = Path(__file__).parents[2]
#: Drawn to get stuck: tests of what the engine says then.
STUCK = {"laas": "join-never", "rundt": "endless-loop"}
RULES = {"join-never", "endless-loop", "caught-twice", "loop-list"}


def found(body: str, roots: str = "") -> list[tuple[str, str]]:
    inner = re.sub(
        r"(\w+)>(\w+)(?: if ([^;]*))?;",
        lambda m: (
            f'<sequenceFlow id="{m[1]}_{m[2]}" sourceRef="{m[1]}" targetRef="{m[2]}">'
            + (f"<conditionExpression>{m[3]}</conditionExpression>" if m[3] else "")
            + "</sequenceFlow>"
        ),
        body,
    )
    text = f'{HEAD}{roots}<process id="p" isExecutable="true">{inner}</process></definitions>'
    return [(f.element, f.rule) for f in lint(text.encode(), "p.bpmn") if f.rule in RULES]


ENDS = '<startEvent id="s" /><endEvent id="e" />'
TWO = '<userTask id="a" name="A" /><userTask id="b" name="B" />'


def joined(split: str, more: str = "") -> str:
    return (
        f'{ENDS}{TWO}<{split} id="x" default="x_b" /><parallelGateway id="j" />'
        f"s>x; x>a if = true; x>b; a>j; b>j; j>e;{more}"
    )


def test_a_parallel_join_after_a_choice_never_fires():
    assert found(joined("exclusiveGateway")) == [("j", "join-never")]


@pytest.mark.parametrize("split", ["parallelGateway", "inclusiveGateway"])
def test_a_parallel_join_after_a_fork_is_fine(split):
    assert found(joined(split)) == []


def test_a_join_that_a_message_beside_the_task_fills_is_fine():
    beside = (
        '<boundaryEvent id="k" attachedToRef="a" cancelActivity="false">'
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
        "</boundaryEvent>"
    )
    body = f'{ENDS}{TWO}{beside}<parallelGateway id="j" />s>a; a>j; k>b; b>j; j>e;'
    assert found(body) == []
    assert found(body.replace(' cancelActivity="false"', "")) == [("j", "join-never")]


def looped(expression: str, condition: str) -> str:
    return (
        f'{ENDS}<exclusiveGateway id="x" /><exclusiveGateway id="y" default="y_e" />'
        '<scriptTask id="r"><extensionElements>'
        f'<zeebe:script expression="{expression}" resultVariable="n" />'
        f"</extensionElements></scriptTask>s>x; x>r; r>y; y>x if {condition}; y>e;"
    )


def test_a_round_that_its_own_constants_send_round_again_is_endless():
    assert [rule for _, rule in found(looped("= 1", "= n = 1"))] == ["endless-loop"]


@pytest.mark.parametrize(
    ("expression", "condition"),
    [
        ("= n + 1", "= n != 3"),
        ("= 1", "= n = 2"),
        ("= 1", "= sag.nummer = null"),
        ("= now()", "= n = now()"),
    ],
)
def test_a_round_that_may_end_is_fine(expression, condition):
    assert found(looped(expression, condition)) == []


def test_of_two_that_catch_the_same_error_the_second_is_pointed_out():
    def catch(name, code):
        return (
            f'<boundaryEvent id="{name}" attachedToRef="a">'
            f'<errorEventDefinition errorRef="{code}" /></boundaryEvent>{name}>b;'
        )

    roots = '<error id="en" errorCode="en" /><error id="to" errorCode="to" />'
    body = f"{ENDS}{TWO}s>a; a>e; b>e;{catch('k', 'en')}"
    assert found(body + catch("l", "en"), roots) == [("l", "caught-twice")]
    assert found(body + catch("l", "to"), roots) == []


def each(items: str) -> str:
    return (
        f'{ENDS}<userTask id="a" name="A"><multiInstanceLoopCharacteristics><extensionElements>'
        f'<zeebe:loopCharacteristics inputCollection="{items}" inputElement="nr" />'
        "</extensionElements></multiInstanceLoopCharacteristics></userTask>s>a; a>e;"
    )


@pytest.mark.parametrize("items", ["= 3", "= &quot;a&quot;", "= null"])
def test_a_list_that_is_none_is_pointed_out(items):
    assert found(each(items)) == [("a", "loop-list")]


def quoted() -> list[str]:
    """Every FEEL example in the lint's advice, from its source."""
    examples = []
    for path in sorted(Path(nets.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        built = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) not in built:
                    examples += re.findall(
                        r"(?:fx|eller|regel) (= .+?)(?:,? eller.*|\.?)$", node.value
                    )
    return examples


def test_every_expression_that_the_advice_quotes_can_be_read():
    examples = quoted()
    assert "= for i in 1..3 return i" in examples and len(examples) > 3
    assert {e: texts.feel_fault(e.removeprefix("=")) for e in examples} == dict.fromkeys(
        examples, ""
    )


def test_the_advice_on_a_fixed_number_of_times_can_be_followed():
    text = f'{HEAD}<process id="p" isExecutable="true">{each("= 5")}</process></definitions>'
    said = [f.action for f in lint(text.encode(), "p.bpmn") if f.rule == "loop-list"]
    for advice in (*said, vocabulary._INSTEAD["loopCardinality"][1]):
        example = re.search(r"= for .* return i", advice)
        assert found(each(html.escape(example[0]))) == []
        assert texts.feel_fault(example[0].removeprefix("=")) == ""


def test_no_diagram_that_runs_well_is_complained_of():
    said = {}
    for path in sorted([*TESTS.rglob("*.bpmn"), *(TESTS.parent / "processes").rglob("*.bpmn")]):
        for finding in lint(path.read_bytes(), path.name):
            if finding.rule in RULES:
                said[path.stem] = finding.rule
    assert said == STUCK
