"""D1 målgruppe and D8 afslutning: who is offered coordination, and how it ends."""

from __future__ import annotations

import pytest

NOBODY = {
    "antal_sektorer_med_behov": 0,
    "omfang": "lille",
    "planer_i_gang": 0,
    "alder": 40,
    "aktivitetsparat": False,
    "samordningsbehov": 1,
    "henvist_af": "VOK",
}
MADS = NOBODY | {
    "antal_sektorer_med_behov": 3,
    "omfang": "stor",
    "alder": 17,
    "samordningsbehov": 4,
    "henvist_af": "SSP",
}


@pytest.mark.parametrize(
    ("facts", "row", "result"),
    [
        (MADS, "ung_uden_plan", "tilbyd"),
        (MADS | {"henvist_af": "KUI", "alder": 29}, "ung_uden_plan", "tilbyd"),
        (MADS | {"alder": 30}, "flere_sektorer", "tilbyd"),
        (MADS | {"alder": 14}, "flere_sektorer", "tilbyd"),
        (MADS | {"planer_i_gang": 1, "omfang": "lille"}, "leders_vurdering", "leder"),
        (MADS | {"samordningsbehov": 2}, "leders_vurdering", "leder"),
        (MADS | {"aktivitetsparat": True}, "aktivitetsparat_straks", "tilbyd_straks"),
        (NOBODY | {"antal_sektorer_med_behov": 1}, "en_sektor", "henvis_til_enhed"),
        (NOBODY, "manuel_vurdering", "manuel"),
        ({}, "manuel_vurdering", "manuel"),
    ],
)
def test_the_screening_decides_who_is_offered_coordination(decide, facts, row, result):
    answer = decide("maalgruppe", **facts)
    assert (answer.rules, answer.value) == ((row,), result)


GOING_ON = {
    "aaben_klage": False,
    "ujournaliseret": False,
    "aarsag": "ingen",
    "maal_naaet": False,
    "parallelle": "fortsaetter",
}


@pytest.mark.parametrize(
    ("facts", "row", "result"),
    [
        ({}, "fortsaet", "fortsaet"),
        ({"aarsag": None}, "fortsaet", "fortsaet"),
        ({"aaben_klage": True, "aarsag": "samtykke_trukket"}, "blokeret_klage", "bloker"),
        ({"ujournaliseret": True, "maal_naaet": True}, "blokeret_journal", "bloker"),
        ({"aaben_klage": True, "aarsag": "doed"}, "afvikling", "afvikl"),
        ({"aarsag": "fraflyttet", "ujournaliseret": True}, "afvikling", "afvikl"),
        ({"maal_naaet": True, "parallelle": "ingen"}, "maal_naaet", "luk"),
        ({"parallelle": "ophoert"}, "parallelle_ophoert", "luk_til_sektorplan"),
        ({"maal_naaet": True}, "maal_naaet_parallelle", "koordinator_vurderer"),
        ({"aarsag": "ikke_kontakt"}, "ikke_kontakt", "leder"),
    ],
)
def test_a_case_ends_for_a_reason(decide, facts, row, result):
    answer = decide("afslutning", **(GOING_ON | facts))
    assert (answer.rules, answer.value) == ((row,), result)
