"""D3 placering, D4 kapacitet and D6 bevillingskompetence."""

from __future__ import annotations

import pytest

PLACE = {
    "borgers_oenske": None,
    "kompetence_ok": False,
    "model": "C",
    "team_enhed": None,
    "enheder": [],
    "beskaeftigelsesafgoerelser": False,
}


def unit(code, weight, days):
    return {"enhed": code, "vaegt": weight, "relation_dage": days}


@pytest.mark.parametrize(
    ("facts", "row", "code"),
    [
        ({"borgers_oenske": "PSY", "kompetence_ok": True}, "borgers_oenske", "PSY"),
        ({"borgers_oenske": "PSY", "model": "A"}, "model_a_koo", "KOO"),
        ({"model": "B", "team_enhed": "FAM"}, "model_b_team", "FAM"),
        ({"model": "B"}, "leder_beslutter", None),
        ({"enheder": [unit("JOB", 1, 900), unit("KUI", 3, 5)]}, "model_c_tungeste", "KUI"),
        ({"enheder": [unit("JOB", 3, 900), unit("KUI", 3, 5)]}, "model_c_tungeste", "JOB"),
        ({"enheder": [unit("JOB", 3, 5), unit("KUI", 3, 5)]}, "leder_beslutter", None),
        ({}, "leder_beslutter", None),
    ],
)
def test_where_the_coordinator_belongs(decide, facts, row, code):
    answer = decide("placering", **(PLACE | facts))
    assert (answer.rules, answer.value["enhed"]) == ((row,), code)


@pytest.mark.parametrize(("code", "delegation"), [("PSY", True), ("JOB", False)])
def test_employment_decisions_outside_the_employment_unit_need_a_delegation(
    decide, code, delegation
):
    facts = {"borgers_oenske": code, "kompetence_ok": True, "beskaeftigelsesafgoerelser": True}
    assert decide("placering", **(PLACE | facts)).value["delegation"] is delegation


def load(decide, start, running, closing, norm=30):
    counts = {"antal_start": start, "antal_drift": running, "antal_afslutning": closing}
    return decide("kapacitet", **counts, norm=norm, model="C")


@pytest.mark.parametrize(
    ("cases", "rows"),
    [
        ((0, 26, 0), ("groen",)),
        ((0, 27, 0), ("gul",)),
        ((20, 0, 0), ("gul",)),
        ((0, 31, 0), ("begrundelse",)),
        ((0, 33, 0), ("begrundelse",)),
        ((22, 0, 1), ("begrundelse", "ledergodkendelse")),
    ],
)
def test_the_weighted_load_is_coloured_against_the_norm(decide, cases, rows):
    assert load(decide, *cases).rules == rows


def test_a_missing_norm_is_no_answer(decide):
    assert not load(decide, 1, 1, 1, norm=None).matched
    assert not load(decide, 1, 1, 1, norm=0).matched


GRANT = {
    "lovomraade": "SEL",
    "type": "mentor",
    "beloeb": 96_000,
    "varighed": 6,
    "model": "C",
    "haster": False,
    "tvaergaaende": True,
    "delegeret": False,
    "graense_koordinator": 10_000,
    "graense_leder": 50_000,
    "graense_chef": 500_000,
}


@pytest.mark.parametrize(
    ("facts", "row", "who"),
    [
        ({}, "tvaergaaende_c_vis", "VIS"),
        ({"graense_leder": None}, "graense_mangler", "manuel"),
        ({"beloeb": None}, "graense_mangler", "manuel"),
        ({"haster": True}, "haster_formand", "formand"),
        ({"haster": True, "model": "A"}, "haster_chef", "chef"),
        ({"haster": True, "beloeb": 500_001}, "over_chefgraense", "chef"),
        ({"beloeb": 500_001}, "over_chefgraense", "chef"),
        ({"model": "B", "beloeb": 50_000}, "tvaergaaende_b_teamleder", "teamleder"),
        ({"model": "A", "beloeb": 50_000}, "tvaergaaende_a_koo", "leder_koo"),
        ({"model": "B"}, "tvaergaaende_chef", "chef"),
        (
            {"tvaergaaende": False, "beloeb": 10_000, "delegeret": True},
            "koordinator_delegeret",
            "koordinator",
        ),
        ({"tvaergaaende": False, "beloeb": 10_000}, "enhedsleder", "enhedsleder"),
        (
            {"tvaergaaende": False, "beloeb": 10_001, "delegeret": True},
            "enhedsleder",
            "enhedsleder",
        ),
        ({"tvaergaaende": False, "beloeb": 50_001}, "rest_c_vis", "VIS"),
        ({"tvaergaaende": False, "beloeb": 50_001, "model": "A"}, "rest_chef", "chef"),
    ],
)
def test_who_may_grant_the_amount(decide, facts, row, who):
    answer = decide("bevillingskompetence", **(GRANT | facts))
    assert (answer.rules, answer.value["kompetence"]) == ((row,), who)


def test_an_urgent_grant_is_approved_afterwards(decide):
    answer = decide("bevillingskompetence", **(GRANT | {"haster": True}))
    assert answer.value["efterfoelgende_godkendelse"] is True
