"""Referring somebody through the page."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.domain.cases import Case
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
