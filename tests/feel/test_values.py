"""Values on their way in from Python and out to JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from engine import feel


class Case(Mapping):
    """A context that computes its fields when asked."""

    def __init__(self):
        self.asked = []

    def __getitem__(self, name):
        self.asked.append(name)
        if name == "frist":
            return date(2026, 12, 20)
        raise KeyError(name)

    def __iter__(self):
        return iter(["frist"])

    def __len__(self):
        return 1


class Colour(StrEnum):
    RED = "rød"


def test_a_lazy_mapping_is_a_context_and_is_asked_only_for_what_is_used():
    case = Case()
    assert feel.evaluate('sag.frist > date("2026-01-01")', {"sag": case}) is True
    assert case.asked == ["frist"]
    assert feel.evaluate("sag.andet", {"sag": case}) is None


def test_the_root_may_be_lazy_and_each_name_is_asked_for_once():
    case = Case()
    assert feel.evaluate("for i in 1..3 return frist.year", case) == [2026] * 3
    assert case.asked.count("frist") == 1


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (3, Decimal(3)),
        (0.1, Decimal("0.1")),
        (float("nan"), None),
        (float("inf"), None),
        (True, True),
        ((1, 2), [Decimal(1), Decimal(2)]),
        (Colour.RED, "rød"),
        ({"a"}, ["a"]),
    ],
)
def test_pythons_values_become_feels(value, wanted):
    got = feel.evaluate("x", {"x": value})
    assert got == wanted
    assert type(got) is type(wanted)


def test_a_float_is_the_number_it_shows():
    assert feel.evaluate("x + y = 0.3", {"x": 0.1, "y": 0.2}) is True


def test_what_is_no_value_is_refused_by_type():
    with pytest.raises(feel.FeelError, match="object"):
        feel.evaluate("x", {"x": object()})


def test_the_callers_own_values_are_left_as_they_were():
    given = {"a": {"b": 1}, "l": [1, [2]]}
    feel.evaluate('[context put(a, "b", 2), append(l, 3), concatenate(l, l)]', given)
    assert given == {"a": {"b": 1}, "l": [1, [2]]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.0", 1),
        ("0.5", 0.5),
        ("1 / 3", 1 / 3),
        ("12500.50", 12500.5),
        ('[1, "a", null, true, {b: 2}]', [1, "a", None, True, {"b": 2}]),
        ('date("2026-12-20")', "2026-12-20"),
        ('time("10:00:00")', "10:00:00"),
        ('date and time("2026-12-20T09:00:00@Europe/Copenhagen")', "2026-12-20T09:00:00+01:00"),
        ('duration("P14D")', "P14D"),
        ('duration("P14M")', "P1Y2M"),
    ],
)
def test_a_value_as_json(text, wanted):
    got = feel.to_json(feel.evaluate(text, {}))
    assert got == wanted
    assert type(got) is type(wanted)
    json.dumps(got)


@pytest.mark.parametrize("text", ["[1..2]", "sum", "function(a) a", "1E6000", "[[1..2]]"])
def test_what_json_cannot_hold_is_refused(text):
    with pytest.raises(feel.FeelError):
        feel.to_json(feel.evaluate(text, {}))


def test_plain_python_goes_to_json_too():
    assert feel.to_json({"a": [1, 2.5, timedelta(hours=1)], "t": time(9, 30)}) == {
        "a": [1, 2.5, "PT1H"],
        "t": "09:30:00",
    }
    assert feel.to_json(datetime(2026, 7, 1, 10, tzinfo=UTC)) == "2026-07-01T12:00:00+02:00"


def test_json_becomes_values():
    assert feel.from_json({"a": [1, 0.5, "2026-01-01"]}) == {
        "a": [Decimal(1), Decimal("0.5"), "2026-01-01"]
    }
