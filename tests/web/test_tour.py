"""The first hour: each role's own steps, ticked by what was really done, hidden and found again."""

from __future__ import annotations

import re

import pytest

from engine.queries import tour
from tests.web.fiktivby import played_into

PEOPLE = {
    "sagsbehandler-kui": tour.CASEWORKER,
    "koordinator-1": tour.COORDINATOR,
    "leder-kui": tour.LEADER,
    "udvalg-1": tour.COMMITTEE,
    "procesejer-1": tour.OWNER,
    "revisor": tour.AUDITOR,
    "partner-x-sko": tour.PARTNER,
}


def ticked(page: str) -> int:
    return int(re.search(r"(\d+) af \d+ trin er gjort", page)[1])


@pytest.mark.parametrize("username", PEOPLE)
def test_each_role_has_its_own_tour_and_every_link_leads_somewhere(client_of, site_store, username):
    with site_store.reading() as session:
        found = tour.of_user(session, username)
    assert found.role == PEOPLE[username]
    assert 5 <= len(found.steps) <= 8
    client = client_of(username)
    page = client.get("/rundtur").text
    links = re.findall(r'class="button button-\w+" href="([^"]+)"', page)
    assert len(links) >= 3
    for link in links:
        assert client.get(link).status_code == 200, link


def test_a_step_is_ticked_by_what_was_done_and_not_by_opening_its_page(client_of, site_store):
    played_into(site_store, "s01_mads")
    client = client_of("leder-kui")
    before = ticked(client.get("/rundtur").text)
    client.get("/beskeder")
    assert ticked(client.get("/rundtur").text) == before
    coordinator = client_of("koordinator-1")
    before = ticked(coordinator.get("/rundtur").text)
    coordinator.get("/sager/2026-0001")
    coordinator.get("/sager/2026-0001/plan")
    assert ticked(coordinator.get("/rundtur").text) == before + 2


def test_what_leaves_no_trace_is_ticked_by_saying_so_and_nothing_else_is(client_of):
    client = client_of("sagsbehandler-kui")
    assert client.post("/rundtur/find").status_code == 303
    assert client.post("/rundtur/find").status_code == 303
    assert ticked(client.get("/rundtur").text) == 1
    assert client.post("/rundtur/svar").status_code == 409
    assert client.post("/rundtur/kontrol").status_code == 409
    assert ticked(client.get("/rundtur").text) == 1


def test_a_newcomer_is_offered_it_until_they_hide_it_and_finds_it_again(client_of):
    client = client_of("sagsbehandler-kui")
    assert "Ny her?" in client.get("/opgaver").text
    assert "Ny her?" not in client.get("/sager").text
    client.post("/rundtur/skjul")
    assert "Ny her?" not in client.get("/opgaver").text
    assert 'href="/rundtur"' in client.get("/opgaver").text
    client.post("/rundtur/vis")
    assert "Ny her?" in client.get("/opgaver").text
    assert "Ny her?" not in client_of("sagsbehandler-kui").get("/opgaver").text
