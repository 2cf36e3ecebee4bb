"""Names: with blanks, with symbols, bound inside and taken from outside."""

import pytest

from engine import feel


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("fulde navn", {"fulde navn": "Bo"}, "Bo"),
        ("borger.fulde navn", {"borger": {"fulde navn": "Bo"}}, "Bo"),
        ("Pre-bureau score + 1", {"Pre-bureau score": 2}, 3),
        ("a-b", {"a-b": 1, "a": 9, "b": 5}, 1),
        ("a - b", {"a-b": 1, "a": 9, "b": 5}, 4),
        ("a-b", {"a": 9, "b": 5}, 4),
        ("Student's name", {"Student's name": "Bo"}, "Bo"),
        ("`a + b`", {"a + b": 1}, 1),
        ("dato for møde + 1", {"dato for møde": 1}, 2),
        ("tid og sted and true", {"tid og sted": True}, True),
        ("{a b: 1, c: a b + 1}.c", {}, 2),
        ('{"a+b": 1, c: a+b + 1}.c', {}, 2),
        ("for min post in [1, 2] return min post * 2", {}, [2, 4]),
        ("{f: function(første tal, andet) første tal - andet, r: f(5, 3)}.r", {}, 2),
        ("{f: function(a b) a b, r: f(a b: 3)}.r", {}, 3),
        ("år", {"år": 2026}, 2026),
        ("frist.time offset = null", {"frist": None}, True),
    ],
)
def test_a_name_may_hold_blanks_and_symbols(text, context, wanted):
    assert feel.evaluate(text, context) == wanted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a + b.c", {"a", "b"}),
        ("for x in liste return x + y", {"liste", "y"}),
        ("some x in [1], y in x satisfies y = z", {"z"}),
        ("function(a) a + b", {"b"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("sum(tal) + ukendt(1)", {"tal", "ukendt"}),
        ("kurser[pris > 200]", {"kurser"}),
        ("if is defined(x) then 1 else get or else(y, z)", set()),
        ("for i in 1..3 return sum(partial)", set()),
        ('"tekst"', set()),
    ],
)
def test_an_expression_tells_which_names_it_takes_from_outside(text, names):
    assert feel.parse(text).names == names


def test_the_names_of_a_filter_are_told_apart_as_they_may_be_fields():
    parsed = feel.parse("kurser[pris > graense]")
    assert parsed.names == {"kurser"}
    assert parsed.maybe_names == {"pris", "graense"}


def test_unary_tests_tell_their_names_but_not_the_input():
    assert feel.parse_unary_tests("> graense, ? < 3").names == {"graense"}


def test_an_unknown_name_is_null():
    assert feel.evaluate("ukendt", {}) is None


def test_a_strict_evaluation_names_the_unknown_name_and_its_place():
    with pytest.raises(feel.FeelError) as caught:
        feel.parse("1 + ukendt").evaluate({}, strict=True)
    assert "ukendt" in caught.value.reason
    assert caught.value.position == 4


@pytest.mark.parametrize(
    "text", ["is defined(x)", "get or else(x, 1)", "[{a: 1}, {b: 2}][a = 1]", "{a: 1}.b"]
)
def test_a_strict_evaluation_forgives_where_absence_is_the_question(text):
    feel.parse(text).evaluate({}, strict=True)


def test_a_variable_does_not_hide_the_function_of_its_name():
    assert feel.evaluate("count([date, count])", {"date": 1, "count": 2}) == 2
