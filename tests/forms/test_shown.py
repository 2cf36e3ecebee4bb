"""What a page shows: the fields that are visible now, with what stands in them."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from engine import clock, forms

NOON = datetime(2026, 11, 23, 12, tzinfo=clock.COPENHAGEN)
SHIPPED = sorted((Path(forms.__file__).parents[2] / "forms").glob("*.form"))


def form(*components: dict) -> forms.Form:
    read = forms.of({"id": "proeve", "schemaVersion": 19, "components": list(components)})
    assert read.faults == ()
    return read


def field(kind: str, key: str = "felt", **more) -> dict:
    return {"type": kind, "key": key, "label": key.capitalize(), **more}


def choice(kind: str, *values, key: str = "felt", **more) -> dict:
    options = [{"label": str(v).upper(), "value": v} for v in values]
    return field(kind, key, values=options, **more)


def shown(schema: forms.Form, answers=None, context=None, errors=()) -> dict[str, forms.Shown]:
    """Every shown field by its name, also those inside groups and rows."""
    return {f.name: f for f in walk(forms.fields(schema, answers, context, errors, NOON)) if f.name}


def walk(fields):
    for one in fields:
        yield one
        yield from walk(one.children)
        for row in one.rows:
            yield from walk(row)


def the(component: dict, answers=None, context=None) -> forms.Shown:
    (one,) = forms.fields(form(component), answers, context, now=NOON)
    return one


def test_a_field_says_all_that_a_page_needs():
    one = the(
        field(
            "number",
            decimalDigits=2,
            description="Pr. måned.",
            appearance={"suffixAdorner": "kr."},
            validate={"required": True, "min": 0, "max": "=loft * 2"},
        ),
        {"felt": 3},
        {"loft": 50},
    )
    assert (one.type, one.name, one.label, one.description) == (
        "number",
        "felt",
        "Felt",
        "Pr. måned.",
    )
    assert (one.required, one.readonly, one.value, one.prefilled) == (True, False, 3, False)
    assert (dict(one.limits), one.decimals, one.unit) == ({"min": 0, "max": 100}, 2, "kr.")


def test_a_field_appears_when_its_condition_is_met_and_keeps_its_place():
    schema = form(
        choice("radio", "ja", "nej", key="svar"),
        field("textarea", "hvorfor", conditional={"hide": '=svar != "nej"'}),
        field("textfield", "navn"),
    )
    assert list(shown(schema)) == ["svar", "navn"]
    assert list(shown(schema, {"svar": "nej"})) == ["svar", "hvorfor", "navn"]


def test_what_hangs_on_a_hidden_field_is_hidden_too():
    schema = form(
        choice("radio", "ja", "nej", key="svar"),
        {
            "type": "group",
            "label": "Mere",
            "conditional": {"hide": '=svar != "ja"'},
            "components": [choice("radio", "x", "y", key="valg")],
        },
        field("textfield", "om_x", conditional={"hide": '=valg != "x"'}),
    )
    assert "om_x" in shown(schema, {"svar": "ja", "valg": "x"})
    assert list(shown(schema, {"svar": "nej", "valg": "x"})) == ["svar"]


def test_an_answer_that_does_not_hold_opens_nothing_but_is_shown_again():
    schema = form(
        field("number", "antal"),
        field("textfield", "mange", conditional={"hide": "=antal = null or antal <= 3"}),
    )
    assert list(shown(schema, {"antal": 4})) == ["antal", "mange"]
    again = shown(schema, {"antal": "fire"})
    assert list(again) == ["antal"] and again["antal"].value == "fire"


@pytest.mark.parametrize(
    ("component", "older"),
    [
        (field("textfield"), "Ærø"),
        (field("number"), 1),
        (field("datetime", subtype="date"), "2026-12-01"),
        (choice("select", "a", "b"), "b"),
        (choice("checklist", "a", "b"), ["b"]),
    ],
)
def test_what_is_known_already_is_filled_in_and_marked(component, older):
    assert (the(component, None, {"felt": older}).value, the(component).value) == (older, None)
    assert the(component, None, {"felt": older}).prefilled is True
    answered = the(component, {"felt": older}, {"felt": older})
    assert (answered.value, answered.prefilled) == (older, False)


@pytest.mark.parametrize(
    ("component", "older", "empty"),
    [
        (choice("radio", "ja", "nej"), "ja", None),
        (field("checkbox"), True, False),
        (field("textfield", properties={"sag": "true"}), "fra en anden opgave", None),
        (choice("select", "a", "b"), "findes ikke mere", None),
        (field("number"), True, None),
        (field("textfield"), ["liste"], None),
    ],
)
def test_an_older_answer_never_speaks_for_a_new_one(component, older, empty):
    assert the(component, None, {"felt": older}).value == empty


def test_what_was_emptied_stays_empty():
    assert the(field("textfield"), {"felt": ""}, {"felt": "før"}).value == ""
    assert the(choice("checklist", "a"), {"felt": []}, {"felt": ["a"]}).value == []


def test_a_default_value_stands_until_something_else_is_said():
    component = field("textfield", defaultValue="Fiktivby")
    assert the(component).value == "Fiktivby"
    assert the(component, {"felt": "Ærø"}).value == "Ærø"


def test_what_cannot_be_changed_shows_the_variable_whatever_was_sent():
    component = field("textfield", readonly=True, validate={"required": True})
    one = the(component, {"felt": "falsk"}, {"felt": "ægte"})
    assert (one.value, one.readonly, one.required, one.prefilled) == ("ægte", True, False, False)


def test_options_come_from_the_schema_a_variable_or_feel():
    assert [o.label for o in the(choice("radio", "ja", "nej")).options] == ["JA", "NEJ"]
    expression = field("select", valuesExpression="=for e in sag.enheder return e")
    units = [{"value": "kui", "label": "KUI"}, {"value": "job", "label": "Jobcenter"}]
    options = the(expression, None, {"sag": {"enheder": units}}).options
    assert [(o.value, o.label) for o in options] == [("kui", "KUI"), ("job", "Jobcenter")]
    assert the(field("select", valuesKey="hvem"), None, {"hvem": ["Ida"]}).options[0].value == "Ida"


def test_errors_stand_at_their_field_also_inside_a_row():
    schema = form(
        field("textfield", "navn", validate={"required": True}),
        {
            "type": "dynamiclist",
            "path": "boern",
            "label": "Børn",
            "components": [field("number", "alder", validate={"max": 17})],
        },
    )
    answers = {"boern": [{"alder": 3}, {"alder": 40}]}
    found = shown(schema, answers, {}, forms.check(schema, answers, {}, NOON).errors)
    assert found["navn"].error == "»Navn« skal udfyldes."
    assert found["boern[0].alder"].error == ""
    assert "højst være 17" in found["boern[1].alder"].error


def test_a_list_begins_with_its_rows_and_always_has_a_blank_one():
    component = {
        "type": "dynamiclist",
        "path": "maal",
        "label": "Mål",
        "defaultRepetitions": 2,
        "components": [field("textfield", "navn", defaultValue="nyt")],
    }
    one = the(component)
    assert [row[0].name for row in one.rows] == ["maal[0].navn", "maal[1].navn"]
    assert (one.blank[0].name, one.blank[0].value, one.may_add) == ("maal[2].navn", "nyt", True)
    assert the(component, {"maal": []}).rows == ()
    assert the({**component, "allowAddRemove": False}).may_add is False
    kept = the(component, None, {"maal": [{"navn": "job"}]})
    assert ([row[0].value for row in kept.rows], kept.prefilled) == (["job"], True)


def test_a_row_sees_itself_and_what_stands_around_it():
    schema = form(
        choice("radio", "ja", "nej", key="svar"),
        {
            "type": "dynamiclist",
            "path": "raekker",
            "label": "Rækker",
            "components": [
                choice("select", "a", "b", key="art"),
                field(
                    "textfield",
                    "mere",
                    conditional={"hide": '=not(this.art = "b" and svar = "ja")'},
                ),
            ],
        },
    )
    found = shown(schema, {"svar": "ja", "raekker": [{"art": "a"}, {"art": "b"}]})
    assert "raekker[1].mere" in found and "raekker[0].mere" not in found


def test_a_group_with_a_path_is_filled_from_its_own_variable():
    schema = form(
        {
            "type": "group",
            "path": "kontakt",
            "label": "Kontakt",
            "showOutline": True,
            "components": [field("textfield", "navn"), field("textfield", "by")],
        }
    )
    context = {"kontakt": {"navn": "Ida"}, "navn": "en anden"}
    first = shown(schema, None, context)
    assert (first["kontakt.navn"].value, first["kontakt.navn"].prefilled) == ("Ida", True)
    later = shown(schema, {"kontakt": {"by": "Ærø"}}, context)
    assert (later["kontakt.by"].value, later["kontakt.by"].prefilled) == ("Ærø", False)
    assert first["kontakt"].outline and first["kontakt"].label == "Kontakt"


def test_a_text_is_paragraphs_with_the_values_put_in_and_no_markup_from_them():
    schema = form(
        {
            "type": "text",
            "id": "t",
            "text": "Indsats: **{{indsats}}**.\n\nI alt {{1.5 + 1}} {{ingen}}",
        }
    )
    (one,) = forms.fields(schema, None, {"indsats": "**<b>mentor</b>**"}, now=NOON)
    first, second = one.text
    assert [(s.text, s.strong) for s in first] == [
        ("Indsats: ", False),
        ("**<b>mentor</b>**", True),
        (".", False),
    ]
    assert "".join(s.text for s in second) == "I alt 2,5 "


def test_a_computed_field_is_not_shown_but_is_seen_by_conditions():
    schema = form(
        field("number", "antal"),
        {"type": "expression", "key": "dobbelt", "expression": "=antal * 2"},
        field("textfield", "mange", conditional={"hide": "=not(dobbelt > 6)"}),
    )
    assert list(shown(schema, {"antal": 4})) == ["antal", "mange"]


def test_what_is_shown_can_be_posted_back_and_is_what_is_checked():
    schema = form(
        field("textfield", "navn", validate={"required": True}),
        choice("radio", "ja", "nej", key="svar"),
        field("textarea", "hvorfor", conditional={"hide": '=svar != "nej"'}),
        choice("checklist", 1, 2, key="valg"),
        {"type": "dynamiclist", "path": "maal", "components": [field("number", "antal")]},
    )
    answers = {"navn": "Ida", "svar": "ja", "valg": [2], "maal": [{"antal": 3}], "hvorfor": "x"}
    posted: dict[str, list[str]] = {}
    for name, one in shown(schema, answers).items():
        values = one.value if isinstance(one.value, list) else [one.value]
        posted[name] = ["" if v is None else str(v) for v in values]
    again = forms.from_post(schema, lambda name: posted.get(name, []), posted)
    checked = forms.check(schema, again, {}, NOON)
    assert checked.errors == []
    assert checked.answers == {k: v for k, v in answers.items() if k != "hvorfor"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_the_check_misses_in_an_empty_shipped_form_is_shown(path):
    schema = forms.read(path.read_bytes())
    context = {"sag": {}}
    at_first = forms.check(schema, {}, context, NOON)
    names = shown(schema, {}, context)
    assert {key for key, _ in at_first.errors} <= names.keys()
    assert all(f.label for f in names.values())
    assert {c["type"] for c in components(json.loads(path.read_bytes()))} <= forms.ALLOWED


def components(schema: dict):
    for component in schema.get("components", ()):
        yield component
        yield from components(component)
