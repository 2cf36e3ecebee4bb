"""Schemas: what is wrong with a form is said when it is saved, not when somebody answers it."""

import json
import time

import pytest

from engine import forms
from engine.forms import FormUnreadable
from engine.forms.patterns import LONGEST_TEXT, BadPattern, compiled


def faults(*components: dict, **more) -> list[str]:
    return [f.rule for f in forms.of({"id": "x", "components": list(components), **more}).faults]


def text(key: str = "felt", **more) -> dict:
    return {"type": "textfield", "key": key, "label": "Felt", **more}


@pytest.mark.parametrize("data", [b"", b"[1]", b"{}", b"\xff", b'{"components": NaN}', b"[" * 9999])
def test_what_is_no_form_is_refused(data):
    with pytest.raises(FormUnreadable):
        forms.read(data)


def test_a_form_of_half_a_megabyte_is_refused():
    with pytest.raises(FormUnreadable):
        forms.read(json.dumps({"components": ["x" * 600_000]}).encode())


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "signatur", "key": "felt"}, "component-type"),
        (text("Felt"), "key"),
        (text("sag"), "key"),
        ({"type": "textfield", "label": "Felt"}, "key"),
        ({"type": "textfield", "key": "felt"}, "label"),
        (text(conditional={"hide": "=svar ="}), "feel"),
        (text(conditional={"hide": "svar"}), "feel"),
        (text(validate={"minLength": "=1 +"}), "feel"),
        (text(validate={"minLength": [1]}), "limit"),
        (text(validate={"pattern": "(a+)+$"}), "pattern"),
        (text(validate={"pattern": "("}), "pattern"),
        (text(readonly="=("), "feel"),
        ({"type": "radio", "key": "felt", "label": "Felt"}, "options"),
        ({"type": "radio", "key": "felt", "label": "Felt", "values": [{"label": "A"}]}, "options"),
        (
            {"type": "radio", "key": "felt", "label": "Felt", "values": [{"value": 1}] * 2},
            "options",
        ),
        ({"type": "datetime", "key": "felt", "label": "Felt", "subtype": "uge"}, "subtype"),
        ({"type": "dynamiclist", "components": []}, "key"),
        ("felt", "component"),
    ],
)
def test_a_fault_of_the_schema_is_found(component, rule):
    assert rule in faults(component)


def test_two_fields_may_not_share_a_key_but_rows_and_groups_have_their_own():
    group = {"type": "group", "components": [text()]}
    assert faults(text(), group) == ["duplicate-key"]
    apart = {"type": "group", "path": "anden", "components": [text()]}
    rows = {"type": "dynamiclist", "path": "flere", "components": [text()]}
    assert faults(text(), apart, rows) == []


def test_groups_in_groups_have_a_bottom():
    inner: dict = text()
    for _ in range(50):
        inner = {"type": "group", "components": [inner]}
    assert "depth" in faults(inner)


def test_a_newer_schema_is_refused():
    assert faults(text(), schemaVersion=20) == ["schema-version"]


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)+$",
        "(?:a*b?)*c",
        "([a-z]+\\d?){2,}",
        "(a{1,9}){3}",
        ".*.*.*.*x",
        "(?<navn>a)",
        "(?=a)b",
        "(a)\\1",
        "[]a]",
        "a" * 400,
        "a{9999}",
        "a**",
        "\\p{L}",
        "(a?)" * 9,
    ],
)
def test_a_pattern_that_may_run_for_ever_or_means_something_else_is_refused(pattern):
    with pytest.raises(BadPattern):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("^\\d{6}-?\\d{4}$", "010203-1234", "0102031234\n"),
        ("^[^@\\s]+@[^@\\s]+\\.[a-z]+$", "a@b.dk", "a@b"),
        ("^(ja|nej)$", "nej", "nejj"),
        ("^[A-ZÆØÅ][a-zæøå ]*$", "Åse", "åse"),
        ("^[\\[\\]|&-]{2}$", "[]", "ab"),
    ],
)
def test_an_ordinary_pattern_means_the_same_as_in_the_browser(pattern, yes, no):
    assert compiled(pattern).search(yes)
    assert not compiled(pattern).search(no)


def test_the_worst_pattern_that_is_allowed_ends_soon():
    before = time.process_time()
    assert not compiled("^[a-z]*[a-y]*[a-x]*Z$").search("a" * LONGEST_TEXT)
    assert time.process_time() - before < 3


def component_faults(component: dict) -> list[tuple[str, str]]:
    read = forms.of({"id": "proeve", "schemaVersion": 19, "components": [component]})
    return [(f.rule, f.message) for f in read.faults]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("iframe", "fremmed side"),
        ("html", "HTML"),
        ("image", "billede"),
        ("documentPreview", "adgangen"),
        ("filepicker", "filer"),
        ("table", "data"),
        ("button", "knap"),
        ("spacer", "luft"),
        ("separator", "streg"),
        ("video", "kendes ikke"),
    ],
)
def test_what_the_pages_do_not_draw_is_refused_with_the_reason(kind, why):
    ((rule, message),) = component_faults({"type": kind, "key": "felt", "label": "Felt"})
    assert rule == "component-type" and why in message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<iframe src='//ond.dk'>", "HTML"),
        ("Se <b>her</b>", "HTML"),
        ("![pixel](https://ond.dk/p.png)", "billede"),
        ("[her](javascript:alert(1))", "link"),
        ("Se https://ond.dk", "link"),
        ("# Overskrift", "overskrift"),
        ("{{#if x}}ja{{/if}}", "løkke"),
        ("**uden ende", "fed skrift"),
        ("{{ uden ende", "{{"),
        ("{{ 1 + }}", "udtryk"),
    ],
)
def test_a_text_brings_nothing_foreign_along(text, why):
    ((_, message),) = component_faults({"type": "text", "id": "t", "text": text})
    assert why in message


def test_a_text_may_compare_and_be_bold():
    assert (
        component_faults({"type": "text", "id": "t", "text": "Under < 15 år: **{{a}}** ja"}) == []
    )


def test_a_label_is_words():
    for written in ({"label": "=navn"}, {"label": "Hej {{navn}}"}):
        ((rule, _),) = component_faults({"type": "textfield", "key": "a", **written})
        assert rule == "label"
    assert component_faults(
        {"type": "textfield", "key": "a", "label": "A", "description": "={{x}}"}
    )
