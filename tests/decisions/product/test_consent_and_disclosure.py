"""D2 samtykkekompetence, D7 videregivelse, D9 kanal and D11 akut."""

from __future__ import annotations

import pytest

SELF = {
    "alder": 30,
    "samtykkeevne": True,
    "vaerge_omfang": "ingen",
    "fuldmagt_ikraftsat": False,
    "plan_tilstand": "overligger",
    "foraeldremyndighed": "faelles",
    "ung_ja_vinder": False,
}
BOTH = ["borger", "foraelder_1", "foraelder_2"]


@pytest.mark.parametrize(
    ("facts", "row", "parties"),
    [
        ({}, "voksen_selv", ["borger"]),
        ({"samtykkeevne": False, "vaerge_omfang": "begge"}, "voksen_vaerge", ["vaerge"]),
        (
            {"samtykkeevne": False, "vaerge_omfang": "oekonomi", "fuldmagt_ikraftsat": True},
            "voksen_fuldmagt",
            ["fuldmaegtig"],
        ),
        ({"samtykkeevne": False}, "voksen_ingen", []),
        ({"alder": 17}, "ung_15_17_overligger_faelles", BOTH),
        ({"alder": 17, "foraeldremyndighed": "ukendt"}, "ung_15_17_overligger_faelles", BOTH),
        ({"alder": 17, "ung_ja_vinder": True}, "ung_15_17_overligger_ung_alene", ["borger"]),
        (
            {"alder": 17, "ung_ja_vinder": True, "plan_tilstand": "erstatter"},
            "ung_16_17_erstatter_faelles",
            BOTH,
        ),
        (
            {"alder": 16, "plan_tilstand": "erstatter", "foraeldremyndighed": "alene"},
            "ung_16_17_erstatter_alene",
            ["borger", "foraelder_1"],
        ),
        ({"alder": 15, "plan_tilstand": "erstatter"}, "under_16_erstatter", []),
        ({"alder": 12}, "barn_10_14_faelles", ["foraelder_1", "foraelder_2"]),
        ({"alder": 9, "foraeldremyndighed": "alene"}, "barn_under_10_alene", ["foraelder_1"]),
    ],
)
def test_the_law_says_who_must_say_yes(decide, facts, row, parties):
    answer = decide("samtykkekompetence", **(SELF | facts))
    assert answer.rules == (row,)
    assert answer.value["parter"] == parties


def test_a_child_is_heard_and_is_a_party_from_ten(decide):
    ten = decide("samtykkekompetence", **(SELF | {"alder": 10})).value
    nine = decide("samtykkekompetence", **(SELF | {"alder": 9})).value
    assert (ten["hoeres"], ten["barn_er_part"]) == (["borger"], True)
    assert (nine["hoeres"], nine["barn_er_part"]) == (["borger"], False)


def test_parents_are_told_when_the_young_person_says_yes_alone(decide):
    answer = decide("samtykkekompetence", **(SELF | {"alder": 15, "ung_ja_vinder": True}))
    assert answer.value["orienteres"] == ["foraeldre"]


def test_an_unassessed_capacity_is_no_answer(decide):
    assert not decide("samtykkekompetence", **(SELF | {"samtykkeevne": None})).matched


PLAN = {
    "modtager_art": "partner",
    "oplysningstype": "almindelig",
    "samtykke": False,
    "hjemmel": False,
    "alder": 17,
    "formaal": "koordinering",
}


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        ({}, "kraever_samtykke"),
        ({"samtykke": True}, "tilladt"),
        ({"hjemmel": True}, "tilladt_uden_samtykke"),
        ({"modtager_art": "politi"}, "kraever_samtykke"),
        ({"modtager_art": "politi", "formaal": "efterforskning", "samtykke": True}, "ikke_tilladt"),
        ({"modtager_art": "ssp_psp", "samtykke": True}, "ikke_tilladt"),
        (
            {"modtager_art": "ssp_psp", "formaal": "kriminalitetsforebyggelse"},
            "tilladt_uden_samtykke",
        ),
        ({"modtager_art": "egen_enhed", "oplysningstype": "foelsom"}, "tilladt"),
        ({"modtager_art": "anden_enhed"}, "tilladt"),
        ({"modtager_art": "anden_enhed", "oplysningstype": "foelsom"}, "kraever_samtykke"),
        ({"modtager_art": "anden_enhed", "formaal": "underretning"}, "tilladt_uden_samtykke"),
        (
            {"modtager_art": "myndighed", "formaal": "underretning", "alder": None},
            "tilladt_uden_samtykke",
        ),
        ({"formaal": "underretning"}, "ikke_tilladt"),
        ({"oplysningstype": "ingen_personoplysninger"}, "tilladt"),
    ],
)
def test_what_may_be_told_to_whom(decide, facts, result):
    assert decide("videregivelse", **(PLAN | facts)).value["resultat"] == result


def test_a_paragraph_without_consent_needs_the_leader(decide):
    assert decide("videregivelse", **(PLAN | {"hjemmel": True})).value["leder_godkender"]


LETTER = {
    "digital_post_fritaget": False,
    "adressebeskyttelse": False,
    "alder": 30,
    "tolk": False,
}


@pytest.mark.parametrize(
    ("facts", "channels"),
    [
        ({}, ["digital_post"]),
        ({"alder": None}, ["digital_post"]),
        ({"digital_post_fritaget": True}, ["papir"]),
        ({"adressebeskyttelse": True}, ["digital_post", "uden_adresse_til_partnere"]),
        ({"alder": 14}, ["til_foraeldremyndighed", "boernevenligt_brev"]),
        ({"tolk": True}, ["digital_post", "oversat_resume"]),
    ],
)
def test_how_a_letter_is_sent(decide, facts, channels):
    assert decide("kanal", **(LETTER | facts)).value == channels


CALM = {
    "er_barn": False,
    "bekymring": False,
    "vold": False,
    "risiko_liv_helbred": False,
    "boligtab_om_dage": None,
    "boligtab_graense": 14,
}


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        ({}, ()),
        ({"bekymring": True}, ()),
        ({"er_barn": True, "bekymring": True}, ("underretning_bekymring",)),
        ({"er_barn": True, "vold": True}, ("underretning_vold",)),
        ({"vold": True}, ("akut_vold",)),
        ({"risiko_liv_helbred": True}, ("akut_liv_helbred",)),
        ({"boligtab_om_dage": 14}, ("akut_boligtab",)),
        ({"boligtab_om_dage": 15}, ()),
    ],
)
def test_what_cannot_wait(decide, facts, rows):
    assert decide("akut", **(CALM | facts)).rules == rows


def test_a_notification_is_assessed_by_the_24_hour_rule(decide):
    (duty,) = decide("akut", **(CALM | {"er_barn": True, "vold": True})).value
    (rule,) = decide("frister", regel=duty["regel"]).value
    assert (rule["vaerdi"], rule["enhed"]) == (24, "timer")


@pytest.mark.parametrize(
    ("ground", "age", "harms", "row", "told"),
    [
        ("barn_saerlig_stoette", 17, False, "barn", True),
        ("barn_saerlig_stoette", 17, True, "barn_uden_besked", False),
        ("barn_saerlig_stoette", 18, True, "ingen_hjemmel", True),
        ("barn_saerlig_stoette", None, False, "ingen_hjemmel", True),
        ("oekonomi_ydelse", 40, False, "oekonomi", True),
        ("andet", 10, False, "ingen_hjemmel", True),
    ],
)
def test_without_consent_only_a_paragraph_opens_and_only_a_paragraph_keeps_silent(
    decide, ground, age, harms, row, told
):
    context = {"grundlag": ground, "alder": age, "besked_skader": harms}
    answer = decide("indhentning_uden_samtykke", **context)
    assert answer.rules == (row,)
    assert answer.value["besked"] is told
    assert (answer.value["hjemmel"] is None) == (row == "ingen_hjemmel")
    assert (answer.value["undtagelse"] is None) == told
