"""What may come in as a DMN file, and what is found wrong with it."""

from __future__ import annotations

from datetime import date

import pytest

from engine import decisions
from engine.decisions import TableError

DMN_1_3 = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'


def file(body: str, attributes: str = DMN_1_3) -> bytes:
    return f'<definitions {attributes} id="f" name="f" namespace="n">{body}</definitions>'.encode()


def decision(expression: str, id_: str = "svar") -> str:
    return f'<decision id="{id_}" name="{id_}"><variable name="{id_}"/>{expression}</decision>'


def literal(text: str) -> str:
    return f'<literalExpression id="udtryk"><text>{text}</text></literalExpression>'


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_dmn_1_2_to_1_5_are_read(namespace):
    source = file(decision(literal("1 + 1")), f'xmlns="{namespace}"')
    assert decisions.read(source).decide("svar", {}).value == 2


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"not xml",
        b"<definitions/>",
        b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>',
        b'<!DOCTYPE definitions [<!ENTITY e "x">]><definitions/>',
        file(decision(literal("&unknown;"))),
        b"<!DOCTYPE d>" + file(decision(literal("1"))),
        file("<a>" * 400 + "</a>" * 400),
        b" " * 5_000_000,
    ],
    ids=["empty", "text", "other", "1.1", "entity", "unknown", "doctype", "deep", "large"],
)
def test_anything_else_is_refused(source):
    with pytest.raises(TableError):
        decisions.read(source)


def test_an_expression_that_is_not_feel_is_refused_with_its_element():
    with pytest.raises(TableError) as refused:
        decisions.read(file(decision(literal("1 +"))))
    assert refused.value.element == "udtryk"


def test_without_strictness_the_faults_are_listed_and_the_rest_can_be_asked():
    body = decision(literal("1 +")) + decision(literal("2").replace("udtryk", "u2"), "godt")
    definitions = decisions.read(file(body), strict=False)
    assert [p.element for p in definitions.problems] == ["udtryk"]
    assert definitions.decide("godt", {}).value == 2
    with pytest.raises(TableError):
        definitions.decide("svar", {})


def test_a_requirement_that_leads_nowhere_is_refused():
    need = '<informationRequirement><requiredDecision href="#ukendt"/></informationRequirement>'
    with pytest.raises(TableError, match="ukendt"):
        decisions.read(file(decision(need + literal("1"))))


def test_a_decision_that_needs_its_own_answer_is_refused():
    def needs(id_, other):
        link = f'<requiredDecision href="#{other}"/>'
        wanted = f"<informationRequirement>{link}</informationRequirement>"
        return decision(wanted + literal("1").replace("udtryk", f"u_{id_}"), id_)

    with pytest.raises(TableError, match="sit eget svar"):
        decisions.read(file(needs("a", "b") + needs("b", "a")))


def test_two_elements_may_not_share_an_id():
    with pytest.raises(TableError, match="udtryk"):
        decisions.read(file(decision(literal("1")) + decision(literal("2"), "b")))


def test_a_type_that_nobody_defines_is_refused():
    variable = '<variable name="i" typeRef="tUkendt"/>'
    with pytest.raises(TableError, match="tUkendt"):
        decisions.read(file(f'<inputData id="i" name="i">{variable}</inputData>'))


def test_other_expression_languages_are_refused():
    java = '<literalExpression id="j" expressionLanguage="juel"><text>1</text></literalExpression>'
    with pytest.raises(TableError, match="juel"):
        decisions.read(file(decision(java)))


def test_a_table_whose_rule_lacks_a_cell_is_refused():
    table = """<decisionTable id="t"><input id="i"><inputExpression id="e"><text>x</text>
        </inputExpression></input><output id="o"/>
        <rule id="r"><outputEntry id="s"><text>1</text></outputEntry></rule></decisionTable>"""
    with pytest.raises(TableError) as refused:
        decisions.read(file(decision(table)))
    assert refused.value.element == "r"


def rows(facts: str) -> tuple[decisions.Row, ...]:
    table = f"""<decisionTable id="t"><output id="o"/>{facts}</decisionTable>"""
    return decisions.read(file(decision(table))).decisions["svar"].rows


def test_the_facts_of_a_row_stand_in_annotation_columns():
    (row,) = rows(
        """<annotation name="gyldig_fra"/><annotation name="kilde"/><annotation name="art"/>
        <rule id="r"><outputEntry id="s"><text>1</text></outputEntry>
        <annotationEntry><text>2024-01-01</text></annotationEntry>
        <annotationEntry><text>BL § 95</text></annotationEntry>
        <annotationEntry><text>lov</text></annotationEntry></rule>"""
    )
    assert row == decisions.Row("r", source="BL § 95", kind="lov", valid_from=date(2024, 1, 1))


def test_the_facts_of_a_row_stand_in_its_description_where_camundas_modeler_shows_them():
    (row,) = rows(
        """<rule id="r"><description>kilde: BL § 95: opfølgning
        art: KONTROL
        gyldig_til: 2026-06-30
        note: skal kontrolleres</description>
        <outputEntry id="s"><text>1</text></outputEntry></rule>"""
    )
    assert row == decisions.Row(
        "r",
        source="BL § 95: opfølgning",
        kind="KONTROL",
        valid_to=date(2026, 6, 30),
        note="skal kontrolleres",
    )


@pytest.mark.parametrize(
    "facts",
    ["gyldig_fra: i morgen", "gyldig_fra: 2026-02-01\ngyldig_til: 2026-01-01", "art: a\nart: b"],
)
def test_facts_that_cannot_be_true_are_refused(facts):
    cell = '<outputEntry id="s"><text>1</text></outputEntry>'
    with pytest.raises(TableError) as refused:
        rows(f'<rule id="r"><description>{facts}</description>{cell}</rule>')
    assert refused.value.element == "r"
