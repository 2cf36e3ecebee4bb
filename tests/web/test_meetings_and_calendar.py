"""Meetings and the calendar through the pages."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from icalendar import Calendar
from sqlalchemy import select

from engine import clock
from engine.domain.meetings import Meeting
from engine.reads import Read
from tests.web.fiktivby import played_into

CASE = "/sager/2026-0001"


@pytest.fixture
def meeting(site_store, app) -> str:
    """The address of Mads' network meeting, the day before it is held."""
    played_into(site_store, "s01_mads", datetime(2027, 1, 12))
    clock._clock.move_to(datetime(2027, 1, 12, 9, tzinfo=clock.COPENHAGEN))
    with site_store.reading() as session:
        return f"{CASE}/moeder/{session.scalar(select(Meeting.id))}"


def test_the_coordinator_sees_who_was_left_out_and_the_task_to_hold_it(
    client_of, meeting, site_store
):
    page = client_of("koordinator-1").get(meeting).text
    assert "Ikke inviteret" in page and "Politi" in page
    assert "Hold netværksmøde" in page
    with site_store.reading() as session:
        what = f"moede:{meeting.rsplit('/', 1)[1]}"
        assert session.scalar(select(Read.actor).where(Read.what == what)) == "koordinator-1"


def test_an_invited_unit_sees_the_meeting_and_not_who_was_left_out(client_of, meeting):
    client = client_of("sagsbehandler-fam")
    page = client.get(meeting).text
    assert "Blive enige om mål" in page and "Politi" not in page
    answer = client.get(f"{meeting}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1


@pytest.mark.parametrize("stranger", ["sagsbehandler-sun", "partner-x-pol", "procesejer-1"])
def test_a_meeting_does_not_exist_for_who_is_not_invited(client_of, meeting, stranger):
    client = client_of(stranger)
    assert client.get(meeting).status_code == 404
    assert client.get(f"{meeting}.ics").status_code == 404
    assert "Mads" not in client.get("/kalender?vis=enhed&uger=52").text


def test_a_calendar_address_is_told_once_and_opens_without_signing_in(app, client_of, meeting):
    client = client_of("koordinator-1")
    assert "Blive enige om mål" in client.get("/kalender").text
    client.post("/kalender/adresser", data={"vis": "mine"})
    page = client.get("/kalender").text
    address = re.search(r'value="http://localhost(/kalender/[^"]+\.ics)"', page).group(1)
    assert address not in client.get("/kalender").text
    program = app.test_client()
    answer = program.get(address)
    assert answer.status_code == 200
    text = answer.text
    assert "M.P. (2026-0001)" in text
    said = re.sub(r"UID:\S+", "", text)  # an id may hold ten digits in a row
    assert not re.search(r"Mads|Prøvesen|Liv|\d{6}-?\d{4}(?!T|\d)", said)
    closing = re.search(r'action="(/kalender/adresser/[^"]+/luk)"', page).group(1)
    assert client_of("koordinator-2").post(closing).status_code == 409
    assert program.get(address).status_code == 200
    client.post(closing)
    assert program.get(address).status_code == 404
    assert program.get("/kalender/gættet.ics").status_code == 404
