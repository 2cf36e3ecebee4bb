"""The page of delegations: asked for by the coordinator, given in a task, ended on the page."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from engine import clock
from engine.domain.delegation import Delegation
from engine.instances import WorkItem
from tests.web.fiktivby import played_into

PAGE = "/delegationer"


@pytest.fixture
def kasper(app, site_store) -> None:
    """Kasper's coordinator sits in PSY, and JOB has been asked for a delegation."""
    played_into(site_store, "s06_kasper", datetime(2026, 11, 30, 9))
    clock._clock.advance(days=7)


def test_only_coordinators_and_leaders_find_it_in_the_menu(client_of):
    for username in ("koordinator-1", "leder-job"):
        client = client_of(username)
        assert f'href="{PAGE}"' in client.get("/opgaver").text
        assert client.get(PAGE).status_code == 200
    for username in ("sagsbehandler-job", "udvalg-sekretaer", "partner-x-sko"):
        client = client_of(username)
        assert f'href="{PAGE}"' not in client.get("/opgaver").text
        assert client.get(PAGE).status_code in (404, 409)


def test_it_is_given_in_the_task_stands_on_both_pages_and_is_ended_there(
    kasper, client_of, site_store
):
    leader, coordinator = client_of("leder-job"), client_of("koordinator-4")
    with site_store.reading() as session:
        task = session.scalars(select(WorkItem).where(WorkItem.element == "giv_delegation")).one()
    assert f"/opgaver/{task.id}" in leader.get(PAGE).text
    today = clock.today()
    told = {
        "delegation_svar": "ja",
        "afgoerelsestyper": "mentor",
        "maks_beloeb": "20000",
        "fra": today.isoformat(),
        "til": today.replace(year=today.year + 1).isoformat(),
        "besluttet_af": "Byrådet",
        "reference": "77",
    }
    assert leader.post(f"/opgaver/{task.id}", data=told).status_code == 303
    for page in (leader.get(PAGE).text, coordinator.get(PAGE).text):
        assert "Gælder nu" in page and "20.000" in page and "Mentor" in page
    with site_store.reading() as session:
        given = session.scalars(select(Delegation.id)).one()
    end = f"{PAGE}/{given}/traek-tilbage"
    assert end in leader.get(PAGE).text and end not in coordinator.get(PAGE).text
    assert coordinator.post(end, data={"grund": "Nej"}).status_code == 409
    assert client_of("leder-fam").post(end, data={"grund": "Nej"}).status_code == 409
    assert leader.post(end, data={"grund": "Loven er ændret"}).status_code == 303
    assert "Trukket tilbage" in coordinator.get(PAGE).text
    assert end not in leader.get(PAGE).text


def test_a_coordinator_asks_in_their_own_cases_alone(kasper, client_of, site_store):
    coordinator, other = client_of("koordinator-4"), client_of("koordinator-1")
    page = coordinator.get(PAGE).text
    assert re.search(r'<option value="2026-0001">2026-0001 Kasper', page)
    asked = {"sag": "2026-0001", "lovomraade": "KUI"}
    assert "2026-0001" not in other.get(PAGE).text
    # Somebody else's case is answered as one that never was.
    refused = other.post(PAGE, data=asked), other.post(PAGE, data=asked | {"sag": "2026-9999"})
    assert {answer.status_code for answer in refused} == {404}
    assert coordinator.post(PAGE, data=asked).status_code == 303
    with site_store.reading() as session:
        query = select(WorkItem.queue).where(WorkItem.element == "giv_delegation")
        assert sorted(session.scalars(query)) == ["JOB-leder", "KUI-leder"]
