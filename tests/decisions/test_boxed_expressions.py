"""Boxed expressions, functions, services and types, as the decisions of boxed.dmn use them."""

from __future__ import annotations

from collections import UserDict

import pytest

from engine.decisions import TableError

CONTEXT = {"borger": {"navn": "Mads", "fulde alder": 17}, "tal": [5, 20, 30], "mindst": 20}


@pytest.fixture
def definitions(tables):
    return tables("boxed.dmn")


@pytest.mark.parametrize(
    ("decision", "value"),
    [
        ("hilsen", "Kære Mads, 17"),
        ("store tal", [20, 30]),
        ("dobbelt", [40, 61]),
        ("kaldt", 40),
        ("stor eller lille", "stor"),
        ("mindst en", True),
        ("alle", False),
        ("en liste", [2, "to"]),
        ("en relation", [{"navn": "a", "pris": 1}, {"navn": "b", "pris": 2}]),
        ("ser ikke", True),
        ("bruger tjenesten", [10]),
    ],
)
def test_each_boxed_expression_has_its_value(definitions, decision, value):
    answer = definitions.decide(decision, CONTEXT)
    assert (answer.value, answer.matched, answer.rules) == (value, True, ())


def test_the_trace_holds_what_was_needed_first(definitions):
    trace = definitions.decide("dobbelt", CONTEXT).trace
    assert [(step.decision, step.value) for step in trace] == [
        ("store_tal", [20, 30]),
        ("dobbelt", [40, 61]),
    ]


def test_a_decision_without_logic_takes_its_value_from_outside(definitions):
    assert definitions.decide("bygger på", {"uden logik": 2}).value == 3


def test_a_service_is_asked_like_a_decision_and_given_its_input_decisions(definitions):
    assert definitions.decide("tjeneste", {"store tal": [1, 2]}).value == [2, 5]


def test_a_call_with_a_foreign_parameter_is_refused(definitions):
    with pytest.raises(TableError, match="x"):
        definitions.decide("forkert kaldt", {})
    assert definitions.decide("forkert kaldt", {}, lenient=True).value is None


def test_a_function_is_no_answer_to_the_world_outside(definitions):
    with pytest.raises(TableError):
        definitions.decide("en funktion", {})


def test_no_foreign_code_is_run(definitions):
    with pytest.raises(TableError, match="Java"):
        definitions.decide("fremmed", {})


@pytest.mark.parametrize(
    ("citizen", "told"),
    [
        ("Mads", "tBorger"),
        ({"navn": "Mads"}, "fulde alder"),
        ({"navn": 1, "fulde alder": 17}, "string"),
        ({"navn": "Mads", "fulde alder": 200}, "0..130"),
    ],
)
def test_an_input_that_is_not_of_its_type_is_refused_and_says_why(definitions, citizen, told):
    with pytest.raises(TableError, match=told) as refused:
        definitions.decide("hilsen", CONTEXT | {"borger": citizen})
    assert refused.value.element == "input_borger"


def test_faults_become_null_where_the_standard_is_followed_to_the_letter(definitions):
    answer = definitions.decide("hilsen", CONTEXT | {"borger": "Mads"}, lenient=True)
    assert answer.value is None
    assert [p.element for p in answer.problems] == ["input_borger"]


def test_one_value_becomes_a_list_of_one_and_back(definitions):
    context = CONTEXT | {"tal": 25, "mindst": [20]}
    assert definitions.decide("store tal", context).value == [25]


def test_only_the_facts_that_a_decision_needs_are_read(definitions):
    asked = []

    class Facts(UserDict):
        def __getitem__(self, name):
            asked.append(name)
            return super().__getitem__(name)

    facts = Facts(CONTEXT, andet="dyrt")
    assert definitions.decide("store tal", facts).value == [20, 30]
    assert set(asked) == {"tal", "mindst"}
