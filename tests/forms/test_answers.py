"""Answers against their form: nothing passes that the form does not allow."""

from datetime import datetime

import pytest

from engine import clock, forms
from engine.forms import FormErrors

NOON = datetime(2026, 11, 23, 12, tzinfo=clock.COPENHAGEN)


def form(*components: dict) -> forms.Form:
    read = forms.of({"id": "proeve", "schemaVersion": 19, "components": list(components)})
    assert read.faults == ()
    return read


def field(kind: str, key: str = "felt", **more) -> dict:
    return {"type": kind, "key": key, "label": key.capitalize(), **more}


def choice(kind: str, *values, key: str = "felt", **more) -> dict:
    options = [{"label": str(v).upper(), "value": v} for v in values]
    return field(kind, key, values=options, **more)


def errors(component: dict, answer, **context) -> list[str]:
    checked = forms.check(form(component), {"felt": answer}, context, NOON)
    return [text for _, text in checked.errors]


ACCEPTED = [
    (field("textfield"), "Ærø"),
    (field("textarea"), "to\nlinjer"),
    (field("textfield", validate={"minLength": 2, "maxLength": 3}), "abc"),
    (field("textfield", validate={"pattern": "^[A-Z]{2}\\d+$"}), "AB12"),
    (field("textfield", validate={"validationType": "email"}), "hans@fiktivby.dk"),
    (field("textfield", validate={"validationType": "phone"}), "+45 12 34 56 78"),
    (field("number", validate={"min": 1, "max": 5}), 5),
    (field("number", decimalDigits=2), 3.25),
    (field("number", serializeToString=True), "12345.67"),
    (field("checkbox", validate={"required": True}), True),
    (choice("radio", "ja", "nej"), "ja"),
    (choice("select", 1, 2), 2),
    (choice("checklist", "a", "b"), ["b", "a"]),
    (choice("taglist", "a", "b"), ["a"]),
    (field("datetime", subtype="date"), "2028-02-29"),
    (field("datetime", subtype="time", timeInterval=15), "09:45"),
    (field("datetime", subtype="datetime"), "2026-11-23T09:00"),
    (field("datetime", subtype="datetime"), "2026-11-23T09:00:00+01:00"),
    (field("datetime", subtype="date", disallowPassedDates=True), "2026-11-23"),
]

WRONG = [
    (field("textfield"), 3, "tekst"),
    (field("textfield"), {"a": 1}, "tekst"),
    (field("textfield"), "to\nlinjer", "én linje"),
    (field("textfield"), "nul\0", "ikke kan gemmes"),
    (field("textfield"), "\ud800", "ikke kan gemmes"),
    (field("textfield"), "x" * 1001, "højst"),
    (field("textarea"), "x" * 50_001, "højst"),
    (field("textfield", validate={"minLength": 2}), "a", "mindst 2 tegn"),
    (field("textfield", validate={"maxLength": 3}), "abcd", "højst være på 3 tegn"),
    (field("textfield", validate={"pattern": "^a$"}), "a\n", "én linje"),
    (field("textarea", validate={"pattern": "^a$"}), "a\n", "rigtige form"),
    (field("textfield", validate={"pattern": "^\\d+$"}), "٣", "rigtige form"),
    (field("textfield", validate={"validationType": "email"}), "hans", "mailadresse"),
    (field("textfield", validate={"validationType": "phone"}), "ring", "telefonnummer"),
    (field("number"), "3", "et tal"),
    (field("number"), True, "et tal"),
    (field("number"), float("nan"), "gemmes"),
    (field("number"), 10**400, "gemmes"),
    (field("number", validate={"min": 1}), 0, "mindst 1"),
    (field("number", validate={"max": 5.5}), 6, "højst være 5,5"),
    (field("number", decimalDigits=0), 1.5, "helt tal"),
    (field("number", decimalDigits=2), 1.005, "2 decimaler"),
    (field("number", serializeToString=True), "en", "et tal"),
    (field("checkbox"), "ja", "ja eller nej"),
    (field("checkbox", validate={"required": True}), False, "udfyldes"),
    (choice("radio", "ja", "nej"), "måske", "valgmulighederne"),
    (choice("select", 1, 2), True, "valgmulighederne"),
    (choice("checklist", "a", "b"), "a", "liste"),
    (choice("checklist", "a", "b"), ["a", "c"], "valgmulighederne"),
    (choice("checklist", "a", "b"), ["a", "a"], "to gange"),
    (choice("taglist", "a", validate={"required": True}), [], "udfyldes"),
    (field("datetime", subtype="date"), "29-02-2027", "en dato"),
    (field("datetime", subtype="date"), "2027-02-29", "en dato"),
    (field("datetime", subtype="date"), 20270201, "tekst"),
    (field("datetime", subtype="time"), "25:00", "klokkeslæt"),
    (field("datetime", subtype="time", timeInterval=15), "09:50", "hele 15 minutter"),
    (field("datetime", subtype="datetime"), "2026-11-23", "klokkeslæt"),
    (field("datetime", subtype="date", disallowPassedDates=True), "2026-11-22", "før i dag"),
    (field("datetime", subtype="datetime", disallowPassedDates=True), "2026-11-23T11:59", "før nu"),
    (field("datetime", validate={"max": "2026-12-01"}), "2026-12-02", "senest"),
]


@pytest.mark.parametrize(("component", "answer"), ACCEPTED)
def test_what_the_form_allows_is_kept_as_it_is(component, answer):
    checked = forms.check(form(component), {"felt": answer}, {}, NOON)
    assert checked.errors == []
    assert checked.answers == checked.variables == {"felt": answer}


@pytest.mark.parametrize(("component", "answer", "said"), WRONG)
def test_what_the_form_does_not_allow_is_refused_in_danish(component, answer, said):
    (text,) = errors(component, answer)
    assert text.startswith("»Felt« ") and said in text


def test_only_the_forms_own_keys_are_accepted():
    proeve = form(field("textfield"), {"type": "text", "text": "Hej", "key": "hej"})
    checked = forms.check(proeve, {"felt": "a", "enhed": "KUI", "hej": 1}, {})
    assert [key for key, _ in checked.errors] == ["enhed", "hej"]
    with pytest.raises(FormErrors, match="»enhed« findes ikke"):
        checked.or_refuse()


def test_what_is_not_a_form_at_all_is_refused():
    assert forms.check(form(field("textfield")), ["a"], {}).errors


@pytest.mark.parametrize("empty", [None, "", "   ", []])
def test_a_required_field_must_be_filled_and_an_optional_one_becomes_null(empty):
    required = form(field("textfield", validate={"required": True}))
    assert forms.check(required, {"felt": empty}, {}).errors == [("felt", "»Felt« skal udfyldes.")]
    checked = forms.check(form(field("textfield")), {"felt": empty}, {"felt": "fra sidst"})
    assert checked.answers == {} and checked.variables == {"felt": None}


def test_a_checkbox_left_alone_is_no():
    assert forms.check(form(field("checkbox")), {}, {}).variables == {"felt": False}


def test_a_hidden_field_is_dropped_whatever_was_sent():
    proeve = form(
        choice("radio", "ja", "nej", key="svar"),
        field(
            "textfield",
            "begrundelse",
            validate={"required": True},
            conditional={"hide": '=svar = "ja"'},
        ),
    )
    yes = forms.check(proeve, {"svar": "ja", "begrundelse": 7}, {})
    assert (yes.errors, yes.answers) == ([], {"svar": "ja"})
    assert "begrundelse" not in yes.variables
    no = forms.check(proeve, {"svar": "nej"}, {})
    assert [key for key, _ in no.errors] == ["begrundelse"]


def test_a_field_hidden_by_a_hidden_field_goes_with_it():
    proeve = form(
        field("checkbox", "barn"),
        field("textfield", "skole", conditional={"hide": "=not(barn)"}),
        field("textfield", "laerer", conditional={"hide": "=skole = null"}),
    )
    assert forms.check(proeve, {"skole": "A", "laerer": "B"}, {}).answers == {"barn": False}


def test_a_hidden_group_hides_what_stands_in_it():
    proeve = form(
        field("checkbox", "vis"),
        {
            "type": "group",
            "conditional": {"hide": "=not(vis)"},
            "components": [field("textfield", validate={"required": True})],
        },
    )
    assert forms.check(proeve, {"felt": "x"}, {}).answers == {"vis": False}
    assert [key for key, _ in forms.check(proeve, {"vis": True}, {}).errors] == ["felt"]


def test_a_variable_of_an_earlier_round_does_not_decide_what_is_hidden():
    proeve = form(
        choice("radio", "ja", "nej", key="svar"),
        field("textfield", conditional={"hide": '=svar = "ja"'}),
    )
    assert forms.check(proeve, {"felt": "x"}, {"svar": "ja"}).answers == {"felt": "x"}


def test_limits_may_be_feel_over_variables_the_case_and_other_answers():
    component = field("number", validate={"min": "=mindst", "max": "=sag.loft - andet"})
    proeve = form(component, field("number", "andet"))
    context = {"mindst": 2, "sag": {"loft": 10}}
    assert forms.check(proeve, {"felt": 7, "andet": 3}, context).errors == []
    assert "højst være 6" in forms.check(proeve, {"felt": 7, "andet": 4}, context).errors[0][1]
    assert "mindst 2" in forms.check(proeve, {"felt": 1, "andet": 0}, context).errors[0][1]


def test_a_date_may_be_limited_by_feel():
    component = field("datetime", subtype="date", validate={"min": "=today()"})
    assert errors(component, "2026-11-23") == []
    assert "tidligst" in errors(component, "2026-11-22")[0]


def test_options_may_come_from_a_variable():
    component = field("select", valuesKey="enheder")
    enheder = [{"label": "Job", "value": "JOB"}, {"label": "Voksne", "value": "VOK"}]
    assert errors(component, "VOK", enheder=enheder) == []
    assert errors(component, "KUI", enheder=enheder)
    assert errors(component, "VOK")


def test_options_may_be_feel():
    component = field("checklist", valuesExpression="=for p in sag.parter return p.id")
    sag = {"parter": [{"id": "p1"}, {"id": "p2"}]}
    assert errors(component, ["p2"], sag=sag) == []
    assert errors(component, ["p3"], sag=sag)
    proeve = form(component)
    offered = forms.options(proeve.components[0], {}, {"sag": sag})
    assert [(o.value, o.label) for o in offered] == [("p1", "p1"), ("p2", "p2")]


def test_a_disabled_or_readonly_field_keeps_what_it_shows():
    proeve = form(
        field("textfield", "navn", disabled=True, validate={"required": True}),
        field("textfield", "cpr", readonly=True),
        field("textfield", "felt", readonly="=sag.lukket"),
        field("number", "mere", conditional={"hide": '=navn = "Hans"'}),
    )
    given = {"navn": "Grete", "cpr": "x", "felt": "y", "mere": 1}
    checked = forms.check(proeve, given, {"navn": "Hans", "sag": {"lukket": True}})
    assert (checked.errors, checked.answers, checked.variables) == ([], {}, {})


def test_an_expression_field_is_computed_here_whatever_was_sent():
    proeve = form(
        field("number", "antal"),
        {"type": "expression", "key": "dobbelt", "expression": "=antal * 2"},
    )
    assert forms.check(proeve, {"antal": 4, "dobbelt": 99}, {}).variables == {
        "antal": 4,
        "dobbelt": 8,
    }


def test_a_group_with_a_path_is_an_object():
    proeve = form(
        {
            "type": "group",
            "path": "kontakt",
            "components": [field("textfield", "navn", validate={"required": True})],
        }
    )
    assert forms.check(proeve, {"kontakt": {"navn": "Ida"}}, {}).variables == {
        "kontakt": {"navn": "Ida"}
    }
    found = forms.check(proeve, {"kontakt": {"tlf": "1"}}, {}).errors
    assert [key for key, _ in found] == ["kontakt.navn", "kontakt.tlf"]
    assert forms.check(proeve, {"kontakt": "Ida"}, {}).errors


def test_a_list_is_checked_row_by_row_with_the_row_in_sight():
    proeve = form(
        {
            "type": "dynamiclist",
            "path": "maal",
            "label": "Mål",
            "components": [
                choice("select", "let", "svaert", key="art"),
                field(
                    "textfield",
                    "hvorfor",
                    validate={"required": True},
                    conditional={"hide": '=this.art = "let"'},
                ),
            ],
        }
    )
    rows = [{"art": "let", "hvorfor": "x"}, {"art": "svaert"}, {"art": "ny", "andet": 1}]
    checked = forms.check(proeve, {"maal": rows}, {})
    assert [key for key, _ in checked.errors] == [
        "maal[1].hvorfor",
        "maal[2].art",
        "maal[2].hvorfor",
        "maal[2].andet",
    ]
    assert checked.answers["maal"][0] == {"art": "let"}
    assert forms.check(proeve, {"maal": [{"art": "let"}] * 201}, {}).errors
    assert forms.check(proeve, {"maal": ["let"]}, {}).errors


def test_what_is_about_people_goes_to_the_service_and_becomes_no_variable():
    sag = {"properties": {"sag": "true"}}
    proeve = form(
        field("textfield", "navn", **sag),
        choice("radio", "ja", "nej", key="svar"),
        {"type": "group", **sag, "components": [field("textarea", "begrundelse")]},
        {
            "type": "dynamiclist",
            "path": "noter",
            "components": [field("textfield", "tekst", **sag), field("number", "nr")],
        },
    )
    given = {
        "navn": "Ida",
        "svar": "ja",
        "begrundelse": "fordi",
        "noter": [{"tekst": "hemmelig", "nr": 1}],
    }
    checked = forms.check(proeve, given, {})
    assert checked.errors == []
    assert checked.answers == given
    assert checked.variables == {"svar": "ja", "noter": [{"nr": 1}]}


def test_what_a_browser_posts_becomes_answers():
    proeve = form(
        field("number", "beloeb"),
        field("number", "skaevt"),
        field("checkbox", "ja"),
        field("checkbox", "nej"),
        choice("checklist", "a", "b", key="valg"),
        choice("select", 1, 2, key="tal"),
        field("textarea", "tekst"),
        {"type": "group", "path": "kontakt", "components": [field("textfield", "navn")]},
        {"type": "dynamiclist", "path": "maal", "components": [field("textfield", "titel")]},
    )
    posted = {
        "beloeb": ["12.500,50"],
        "skaevt": ["mange"],
        "ja": ["on"],
        "valg": ["a", "b"],
        "tal": ["2"],
        "tekst": ["en\r\nto"],
        "kontakt.navn": [" Ida "],
        "maal[0].titel": ["Bolig"],
        "maal[1].titel": [""],
        "maal[2].titel": ["Job"],
        "snyd": ["1"],
    }
    assert forms.from_post(proeve, lambda name: posted.get(name, []), posted) == {
        "beloeb": 12500.5,
        "skaevt": "mange",
        "ja": True,
        "nej": False,
        "valg": ["a", "b"],
        "tal": 2,
        "tekst": "en\nto",
        "kontakt": {"navn": "Ida"},
        "maal": [{"titel": "Bolig"}, {"titel": "Job"}],
        "snyd": "1",
    }


def test_a_list_that_was_emptied_says_so_and_one_that_is_drawn_again_keeps_its_rows():
    proeve = form(
        {
            "type": "dynamiclist",
            "path": "maal",
            "components": [field("textfield", "titel"), field("checkbox", "vigtig")],
        }
    )
    rows = {"maal": [""], "maal[0].titel": [""], "maal[1].titel": ["Bolig"]}

    def post(posted, **more):
        return forms.from_post(proeve, lambda name: posted.get(name, []), posted, **more)

    assert post({"maal": [""]}) == {"maal": []}
    assert post({}) == {}
    assert post(rows) == {"maal": [{"titel": "Bolig", "vigtig": False}]}
    assert len(post(rows, untouched_rows=True)["maal"]) == 2
    assert post({"maal": ["snyd"]}) == {"maal": "snyd"}
