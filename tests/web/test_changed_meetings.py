"""A meeting is moved, called off and called again; a handover meeting is called. Everybody is told."""

from __future__ import annotations

from datetime import datetime

import pytest
from icalendar import Calendar
from sqlalchemy import select

from engine import clock
from engine.domain import appointment, cases, consent, letters, meetings
from engine.events import Event
from engine.queries import meetings as pages
from tests.web.fiktivby import played_into

CASE = "/sager/2026-0001"
#: Mads' network meeting has been called, and is not held.
CALLED = datetime(2027, 1, 11, 12)


@pytest.fixture
def called(app, site_store):
    played_into(site_store, "s01_mads", CALLED)
    with clock.travelling(CALLED):
        yield site_store


def _meeting(store) -> tuple[str, str, int, str]:
    with store.reading() as session:
        row = session.scalars(select(meetings.Meeting)).first()
        return row.id, row.state, row.sequence, row.cancelled_because or ""


def _letters(store, change: str) -> list[tuple[str, str, int]]:
    """(to, method, sequence) of the calendar file of each letter that tells of the change."""
    with store.reading() as session:
        case = cases.by_number(session, "2026-0001")
        rows = [r for r in letters.of_case(session, case) if r.facts.get("aendring") == change]
        found = []
        for row in rows:
            file = Calendar.from_ical(pages.enclosed(session, row))
            event = file.walk("VEVENT")[0]
            found.append((row.unit or "borger", str(file["METHOD"]), int(event["SEQUENCE"])))
        return found


MOVE = {"dag": "2027-01-20", "klokken": "13:00", "sted": "kontor", "grund": "Mads er syg"}


def test_it_is_moved_and_everybody_is_told_with_a_higher_sequence(client_of, called):
    client, (meeting, _, before, _) = client_of("koordinator-1"), _meeting(called)
    page = client.get(f"{CASE}/moeder/{meeting}").text
    assert "Flyt mødet" in page and "Aflys mødet" in page
    assert client.post(f"{CASE}/moeder/{meeting}/flyt", data=MOVE).status_code == 303
    assert _meeting(called)[1:3] == ("planlagt", before + 1)
    told = _letters(called, "flyttet")
    assert {to for to, *_ in told} >= {"borger", "FAM"}
    assert {row[1:] for row in told} == {("REQUEST", before + 1)}
    assert "20. januar 2027 kl. 13.00" in client.get(f"{CASE}/moeder/{meeting}").text


def test_who_has_lost_the_consent_is_told_that_it_is_off_and_not_where_it_moved(client_of, called):
    meeting, _, before, _ = _meeting(called)

    def withdraw(session):
        for row in consent.history(session, cases.by_number(session, "2026-0001")):
            if row.counterpart == "X-SKO":
                row.state = "tilbagekaldt"

    called.write(withdraw)
    client_of("koordinator-1").post(f"{CASE}/moeder/{meeting}/flyt", data=MOVE)
    assert "X-SKO" not in {to for to, *_ in _letters(called, "flyttet")}
    assert _letters(called, "aflyst") == [("X-SKO", "CANCEL", before + 1)]


def test_it_is_called_off_and_can_be_called_again(client_of, called):
    client, (meeting, *_) = client_of("koordinator-1"), _meeting(called)
    off = f"{CASE}/moeder/{meeting}/aflys"
    assert client.post(off, data={"grund": ""}).status_code == 409
    assert client.post(off, data={"grund": "Mads er indlagt"}).status_code == 303
    assert _meeting(called)[1] == "aflyst" and _meeting(called)[3] == "Mads er indlagt"
    assert {method for _, method, _ in _letters(called, "aflyst")} == {"CANCEL"}
    assert client.post(off, data={"grund": "igen"}).status_code == 409
    assert "Indkald igen" in client.get(f"{CASE}/moeder/{meeting}").text
    assert client.post(f"{CASE}/moeder/{meeting}/flyt", data=MOVE).status_code == 303
    assert _meeting(called)[1] == "planlagt"
    with called.reading() as session:
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("case_meeting")))
        assert kinds.all() == ["case_meeting_cancelled", "case_meeting_moved"]
        told = session.scalars(select(Event.facts).where(Event.kind.startswith("case_meeting")))
        assert "indlagt" not in str(told.all())


def test_others_cannot_and_a_meeting_that_is_held_or_in_the_past_is_left(client_of, called):
    meeting = _meeting(called)[0]
    unit = client_of("sagsbehandler-fam")
    assert "Aflys mødet" not in unit.get(f"{CASE}/moeder/{meeting}").text
    assert unit.post(f"{CASE}/moeder/{meeting}/aflys", data={"grund": "x"}).status_code == 409
    stranger = client_of("sagsbehandler-job")
    assert stranger.post(f"{CASE}/moeder/{meeting}/aflys", data={"grund": "x"}).status_code == 404
    client = client_of("koordinator-1")
    past = client.post(f"{CASE}/moeder/{meeting}/flyt", data=MOVE | {"dag": "2027-01-04"})
    assert past.status_code == 409 and "forude" in past.text
    called.write(lambda session: meetings.hold(session.get_one(meetings.Meeting, meeting)))
    held = client.post(f"{CASE}/moeder/{meeting}/aflys", data={"grund": "x"})
    assert held.status_code == 409 and "er holdt" in held.text


def test_the_handover_meeting_is_called_once_and_the_next_coordinator_is_invited(client_of, called):
    client = client_of("koordinator-1")
    assert client.post(f"{CASE}/overdragelse/moede", data=MOVE).status_code == 409
    called.write(
        lambda session: appointment.announce(
            session, cases.by_number(session, "2026-0001"), "koordinator-4", "leder-kui"
        )
    )
    assert "Indkald til overdragelsesmøde" in client.get(f"{CASE}/overdragelse").text
    answer = client.post(f"{CASE}/overdragelse/moede", data=MOVE | {"borger": "ja"})
    assert answer.status_code == 303
    assert client.post(f"{CASE}/overdragelse/moede", data=MOVE).status_code == 409
    page = client_of("koordinator-4").get(answer.headers["Location"]).text
    assert "Overdragelsesmøde" in page and "Per Gennemgående" in page
    assert "Indkald til overdragelsesmøde" not in client.get(f"{CASE}/overdragelse").text


def test_a_citizen_who_will_not_come_to_the_handover_gets_no_letter_of_it(client_of, called):
    client = client_of("koordinator-1")
    called.write(
        lambda session: appointment.announce(
            session, cases.by_number(session, "2026-0001"), "koordinator-4", "leder-kui"
        )
    )
    answer = client.post(f"{CASE}/overdragelse/moede", data=MOVE)
    page = answer.headers["Location"]
    assert "Borgeren vil ikke være med." in client.get(page).text
    assert client.post(f"{page}/flyt", data=MOVE | {"dag": "2027-01-22"}).status_code == 303
    assert client.post(f"{page}/aflys", data={"grund": "udsat"}).status_code == 303
    assert _letters(called, "flyttet") == [] and _letters(called, "aflyst") == []
