"""Referring somebody through the page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from engine.domain.cases import Case
from engine.domain.people import Person
from engine.domain.referral import Referral
from engine.instances import WorkItem

SAID = {
    "kilde": "SSP",
    "henviser_navn": "Sanne Politisen, SSP",
    "formaal_kriminalitetsforebyggende": "ja",
    "borger_navn": "Mads Prøvesen",
    "borger_cpr": "740309-4001",
    "borger_informeret": "ja",
    "bekymring": "Mads kommer ikke i skole.",
    "domaener": ["uddannelse"],
    "haster": "nej",
    "vold": "nej",
    "risiko_liv_helbred": "nej",
    "boligtab": "nej",
    "boern_i_hjemmet": "nej",
}


def test_a_referral_opens_a_case_and_sent_twice_it_is_one(app, client_of, site_store):
    client = client_of("sagsbehandler-ssp")
    assert client.post("/henvis", data=SAID).status_code == 303
    assert client.post("/henvis", data=SAID).status_code == 303
    with site_store.reading() as session:
        citizens = select(func.count()).select_from(Case).where(Case.type == "koordinering")
        assert session.scalar(citizens) == 1
        assert session.scalar(select(func.count()).select_from(Referral)) == 1
        assert session.scalars(select(WorkItem.element)).all().count("vurder_underretning") == 1


def test_another_referral_of_the_same_citizen_joins_the_open_case(app, client_of, site_store):
    client_of("sagsbehandler-ssp").post("/henvis", data=SAID)
    other = SAID | {"kilde": "FAM", "henviser_navn": "Fie, FAM", "bekymring": "Uro derhjemme."}
    answer = client_of("sagsbehandler-fam").post("/henvis", data=other)
    assert answer.status_code == 303
    with site_store.reading() as session:
        citizens = select(func.count()).select_from(Case).where(Case.type == "koordinering")
        assert session.scalar(citizens) == 1
        assert session.scalar(select(func.count()).select_from(Referral)) == 2
        asked = session.scalars(select(WorkItem.element)).all()
    # Each referral about a young person asks once whether a child is at risk.
    assert asked.count("vurder_underretning") == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bekymring": ""}, "f-bekymring"),
        ({"borger_cpr": "740309-40"}, "f-borger_cpr"),
        ({"borger_cpr": "", "borger_navn": ""}, "f-borger_cpr"),
        ({"borger_cpr": "", "borger_foedselsdato": "2999-01-01"}, "f-borger_foedselsdato"),
        # Everything that is missing is told at once.
        ({"borger_cpr": "", "bekymring": "", "haster": ""}, "f-bekymring"),
        ({"borger_cpr": "", "bekymring": "", "haster": ""}, "f-haster"),
        ({"formaal_kriminalitetsforebyggende": ""}, "f-formaal_kriminalitetsforebyggende"),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_nothing_is_lost(
    app, client_of, site_store, change, field
):
    answer = client_of("sagsbehandler-ssp").post("/henvis", data=SAID | change)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Sanne Politisen, SSP" in answer.text
    with site_store.reading() as session:
        citizens = select(func.count()).select_from(Case).where(Case.type == "koordinering")
        assert session.scalar(citizens) == 0


def test_a_partner_reads_a_receipt_and_not_the_case(app, client_of):
    said = SAID | {"kilde": "X-SKO", "henviser_navn": "Skolen"}
    del said["formaal_kriminalitetsforebyggende"]
    client = client_of("partner-x-sko")
    answer = client.post("/henvis", data=said)
    assert answer.headers["Location"] == "/henvis/modtaget"
    assert client.get("/sager/2026-0001").status_code == 404


def test_the_committee_refers_nobody_and_reads_who_can(app, client_of):
    answer = client_of("udvalg-1").get("/henvis")
    assert answer.status_code == 409
    assert "Bed en kollega" in answer.text


@pytest.mark.parametrize(
    ("who", "refers"), [("sagsbehandler-kui", True), ("leder-kui", False), ("udvalg-1", False)]
)
def test_the_way_to_a_referral_is_there_only_for_those_who_refer(app, client_of, who, refers):
    client = client_of(who)
    assert ('href="/henvis"' in client.get("/sager").text) is refers
    assert (client.get("/henvis").status_code == 200) is refers


NO_NUMBER = SAID | {
    "kilde": "KUI",
    "borger_navn": "Amina Uden Nummer",
    "borger_cpr": "",
    "borger_foedselsdato": "1990-03-07",
}
BORN = "1990-03-07"


def _citizens(store) -> list[str]:
    with store.reading() as session:
        query = select(Case.nummer).where(Case.type == "koordinering").order_by(Case.nummer)
        return list(session.scalars(query))


def _registered(client, **more) -> str:
    told = {"navn": "Amina Uden Nummer", "foedt": BORN} | more
    assert client.post("/personer", data=told).status_code == 303
    return re.search(r"/henvis\?person=([0-9a-f-]{36})", client.get("/personer").text)[1]


def test_somebody_registered_without_a_cpr_number_is_referred_and_joins_their_open_case(
    app, client_of, site_store
):
    client = client_of("sagsbehandler-kui")
    person = _registered(client, nummer="670390-4001", beskyttet="ja")
    page = client.get(f"/henvis?person={person}").text
    assert "Amina Uden Nummer" in page and "Beskyttet adresse" in page
    assert 'name="borger_cpr"' not in page
    said = NO_NUMBER | {"borger_navn": "", "borger_foedselsdato": "", "_person": person}
    assert client.post("/henvis", data=said).status_code == 303
    again = said | {"bekymring": "Der er sket noget nyt."}
    assert client.post("/henvis", data=again).status_code == 303
    assert len(_citizens(site_store)) == 1
    with site_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Referral)) == 2


def test_a_person_who_does_not_exist_for_the_user_cannot_be_referred_by_their_id(
    app, client_of, site_store
):
    person = _registered(client_of("sagsbehandler-kui"))
    stranger = client_of("partner-x-sko")
    nobody = "00000000-0000-4000-8000-000000000000"
    hidden, never = (stranger.get(f"/henvis?person={one}") for one in (person, nobody))
    assert hidden.status_code == never.status_code == 404
    assert "Amina" not in hidden.text
    assert stranger.post("/henvis", data=NO_NUMBER | {"_person": person}).status_code == 404
    assert _citizens(site_store) == []


def test_a_namesake_one_knows_is_asked_about_and_one_that_others_know_is_not(
    app, client_of, site_store
):
    knows, other = client_of("sagsbehandler-kui"), client_of("partner-x-sko")
    person = _registered(knows)
    said = NO_NUMBER | {"borger_foedselsdato": BORN}
    asked = knows.post("/henvis", data=said)
    assert asked.status_code == 422 and "Er det en af dem" in asked.text
    assert "Mads kommer ikke i skole." in asked.text
    assert _citizens(site_store) == []
    from_school = said | {"kilde": "X-SKO", "formaal_kriminalitetsforebyggende": ""}
    assert other.post("/henvis", data=from_school).headers["Location"] == "/henvis/modtaget"
    assert knows.post("/henvis", data=said | {"_person": person}).status_code == 303
    assert len(_citizens(site_store)) == 2


def test_sent_twice_without_a_number_it_is_one(app, client_of, site_store):
    client = client_of("partner-x-sko")
    said = NO_NUMBER | {"kilde": "X-SKO", "borger_foedselsdato": BORN}
    for _ in range(2):
        assert client.post("/henvis", data=said).headers["Location"] == "/henvis/modtaget"
    assert len(_citizens(site_store)) == 1
    with site_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
