"""The page of a case: what each sees of it, and the row that each opening leaves."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from engine.domain import access, cases
from engine.reads import Read
from tests.web.fiktivby import played_into

CASE = "/sager/2026-0001"


@pytest.fixture
def mads(site_store):
    """Mads' case on the day his plan is accepted."""
    played_into(site_store, "s01_mads", datetime(2027, 1, 20, 12))


def _parts(store, username):
    with store.reading() as session:
        return access.parts(session, username, cases.by_number(session, "2026-0001"))


def test_the_coordinator_sees_it_whole(app, client_of, mads):
    page = client_of("koordinator-1").get(CASE).text
    for told in (
        "Mads Prøvesen",
        "17 år",
        "Første opfølgning på planen",
        "Jeg vil på FGU",
        "Skole eller uddannelse",
        "Mona Prøvesen",
        "Liv Koordinatorsen",
        "Indkaldelse til netværksmøde",
        "Familiesamtaler",
    ):
        assert told in page, told


def test_a_unit_that_takes_part_sees_the_plan_but_no_letters_and_only_its_own_consents(
    site_store, app, client_of, mads
):
    assert access.LETTERS not in _parts(site_store, "sagsbehandler-fam")
    page = client_of("sagsbehandler-fam").get(CASE).text
    assert "Jeg vil på FGU" in page
    assert "Hente oplysninger hos" not in page
    assert "Indkaldelse til netværksmøde" not in page
    assert client_of("sagsbehandler-fam").get(f"{CASE}/historik").status_code == 404


def test_a_partner_with_consent_sees_the_plan_and_who_coordinates_and_nothing_else(
    site_store, app, client_of, mads
):
    assert _parts(site_store, "partner-x-sko") == {access.PLAN}
    page = client_of("partner-x-sko").get(CASE).text
    assert "Jeg vil på FGU" in page and "Liv Koordinatorsen" in page
    for hidden in ("17 år", "Mona Prøvesen", "Familiesamtaler", "Første opfølgning", "Svar på"):
        assert hidden not in page, hidden


def test_withdrawal_closes_the_page_on_the_next_request(site_store, app, client_of, mads):
    partner = client_of("partner-x-sko")
    assert partner.get(CASE).status_code == 200
    coordinator = client_of("koordinator-1")
    answer = coordinator.post(f"{CASE}/meld/samtykke_trukket", data={"omfang": ["plan"]})
    assert answer.status_code == 303, answer.text
    assert partner.get(CASE).status_code == 404


def test_every_opening_leaves_its_row_and_no_list_does(site_store, app, client_of, mads):
    client = client_of("koordinator-1")
    for address in ("/opgaver", "/sager", "/gaa-til?ord=mads"):
        client.get(address)
    for address in (CASE, f"{CASE}/historik", f"{CASE}/forloeb"):
        assert client.get(address).status_code == 200
    with site_store.reading() as session:
        seen = session.execute(select(Read.actor, Read.what).order_by(Read.seq)).all()
    assert [tuple(row) for row in seen] == [
        ("koordinator-1", "sag"),
        ("koordinator-1", "historik"),
        ("koordinator-1", "forloeb"),
    ]


def test_what_cannot_be_reported_now_is_not_offered(app, client_of, mads):
    coordinator, unit = client_of("koordinator-1"), client_of("sagsbehandler-fam")
    assert "Borgeren trækker et samtykke tilbage" in coordinator.get(CASE).text
    assert "Borgeren trækker et samtykke tilbage" not in unit.get(CASE).text
    assert unit.get(f"{CASE}/meld/samtykke_trukket").status_code == 404
    assert unit.post(f"{CASE}/meld/samtykke_trukket", data={"omfang": ["plan"]}).status_code == 404
    assert coordinator.get(f"{CASE}/meld/sag_lukket").status_code == 404


def test_a_report_without_its_answers_is_told_beside_the_field(app, client_of, mads):
    answer = client_of("koordinator-1").post(f"{CASE}/meld/ny_oplysning", data={"oplysning": ""})
    assert answer.status_code == 422
    assert 'href="#f-oplysning"' in answer.text


@pytest.mark.parametrize("before", ["9" * 30, "-" + "9" * 30, "x"])
def test_a_trail_opens_from_any_address(app, client_of, mads, before):
    assert client_of("koordinator-1").get(f"{CASE}/historik?foer={before}").status_code == 200
