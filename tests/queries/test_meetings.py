"""A meeting exists for those who answer for the case and those who are invited, and in their calendars."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from engine import casework, clock
from engine.domain import cases, letters, meetings, people
from engine.queries import meetings as pages
from engine.store import Store
from tests.queries.papers_world import (
    COLLEAGUE,
    COORDINATOR,
    FAMILY,
    SCHOOL,
    STRANGER,
    furnish,
    leave,
)


@pytest.fixture
def nummer(store, virtual_clock) -> str:
    return furnish(store)


def called(store: Store, nummer: str, place: str = "kontor", invited: tuple = ("FAM",)) -> str:
    """The id of a meeting in a week, the police left off its list."""

    def write(session) -> str:
        case = cases.by_number(session, nummer)
        at = clock.now() + timedelta(days=7)
        purpose = "Mads Prøvesen skal have ro"
        row = meetings.call(session, case, COORDINATOR, at, purpose, place=place, agenda="Ro")
        for unit in invited:
            meetings.invite(row, unit, "anden_enhed", "tilladt")
        meetings.invite(row, "JOB", "anden_enhed", "kraever_samtykke")
        session.flush()
        return row.id

    return store.write(write)


def page(store: Store, username: str, nummer: str, meeting: str) -> pages.Meeting:
    with store.reading() as session:
        return pages.meeting(session, username, nummer, meeting)


def file(store: Store, username: str, nummer: str, meeting: str) -> Calendar:
    with store.reading() as session:
        return Calendar.from_ical(pages.invitation(session, username, nummer, meeting))


def test_who_was_left_off_the_list_is_told_to_those_who_see_the_whole_case_only(store, nummer):
    meeting = called(store, nummer)
    for username in (COORDINATOR, COLLEAGUE):
        (left_out,) = page(store, username, nummer, meeting).left_out
        assert (left_out.who, left_out.invited) == ("Beskæftigelse", False)
        assert "samtykke" in left_out.why
    seen = page(store, FAMILY, nummer, meeting)
    assert [guest.who for guest in seen.guests] == ["Familieafdeling"]
    assert seen.left_out == []


@pytest.mark.parametrize("username", [STRANGER, SCHOOL, FAMILY])
def test_a_meeting_does_not_exist_for_who_is_not_invited(store, nummer, username):
    meeting = called(store, nummer, invited=())
    with pytest.raises(cases.NoSuchCase):
        page(store, username, nummer, meeting)
    with pytest.raises(cases.NoSuchCase):
        file(store, username, nummer, meeting)
    with store.reading() as session:
        assert pages.lines(session, username, cases.by_number(session, nummer)) == []


def test_an_invitation_ends_with_the_right_to_the_case(store, nummer):
    meeting = called(store, nummer)
    assert file(store, FAMILY, nummer, meeting)
    leave(store, nummer)
    with pytest.raises(cases.NoSuchCase):
        file(store, FAMILY, nummer, meeting)


def test_who_is_invited_neither_moves_nor_calls_off_a_meeting_that_nobody_coordinates(
    store, nummer
):
    meeting = called(store, nummer)

    def unled(session) -> None:
        cases.by_number(session, nummer).koordinator = None

    store.write(unled)
    at = clock.now() + timedelta(days=9)
    with pytest.raises(meetings.IkkeDitMoede):
        casework.reschedule(store, nummer, meeting, at, "kontor", "Ferie", by=FAMILY)
    with pytest.raises(meetings.IkkeDitMoede):
        casework.call_off(store, nummer, meeting, "Ferie", by=FAMILY)
    # Whoever works where the case is may.
    casework.call_off(store, nummer, meeting, "Ferie", by=COLLEAGUE)


def test_a_calendar_file_asks_one_to_come_and_names_nobody(store, nummer):
    meeting = called(store, nummer)
    calendar = file(store, FAMILY, nummer, meeting)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["SUMMARY"] == f"Netværksmøde M.P. ({nummer})"
    assert event.start == clock.now() + timedelta(days=7)
    assert event.end - event.start == timedelta(hours=1)
    assert event["LOCATION"] == "Kontor"
    assert event["ORGANIZER"].params["CN"] == "L.K."
    text = calendar.to_ical().decode()
    for word in ("Mads", "Prøvesen", "Liv", "Fie", "Familieafdeling", "Beskæftigelse", "ro"):
        assert word not in text.replace("Overligger", ""), word


def test_a_cancelled_meeting_is_taken_out_of_the_calendar_it_was_put_into(store, nummer):
    meeting = called(store, nummer)
    asked = file(store, FAMILY, nummer, meeting).walk("VEVENT")[0]
    store.write(
        lambda session: meetings.cancel_future(session, cases.by_number(session, nummer), "sygdom")
    )
    calendar = file(store, FAMILY, nummer, meeting)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["UID"] == asked["UID"]
    assert event["SEQUENCE"] == asked["SEQUENCE"] + 1
    assert page(store, FAMILY, nummer, meeting).cancelled_because == "sygdom"


def test_a_meeting_that_is_moved_counts_as_a_new_invitation(store, nummer):
    meeting = called(store, nummer)

    def move(session) -> None:
        session.get(meetings.Meeting, meeting).at += timedelta(hours=2)

    store.write(move)
    assert file(store, FAMILY, nummer, meeting).walk("VEVENT")[0]["SEQUENCE"] == 1


@pytest.mark.parametrize("place", ["hjem", "Blåbærvej 3, hos Mads"])
def test_no_file_tells_where_somebody_with_a_protected_address_lives(store, nummer, place):
    meeting = called(store, nummer, place)

    def protect(session) -> None:
        case = cases.by_number(session, nummer)
        people.citizens(session, case.id)[0].address_protected = True

    store.write(protect)
    assert "LOCATION" not in file(store, FAMILY, nummer, meeting).walk("VEVENT")[0]


def test_what_was_agreed_stands_with_who_does_what_and_when(store, nummer):
    meeting = called(store, nummer)
    deals = [{"hvem": "FAM", "hvad": "ringer til skolen", "hvornaar": "2026-02-01"}]

    def hold(session) -> None:
        row = session.get(meetings.Meeting, meeting)
        meetings.hold(row, agreed_goals="Ro", roles=deals, citizens_summary="Det var godt")

    store.write(hold)
    seen = page(store, FAMILY, nummer, meeting)
    assert seen.deals == [pages.Deal("Familieafdeling", "ringer til skolen", "2026-02-01")]
    assert seen.citizens_summary == "Det var godt"


def test_the_letter_that_calls_to_a_meeting_encloses_it_while_it_is_on(store, nummer):
    meeting = called(store, nummer)

    def call(session) -> None:
        case = cases.by_number(session, nummer)
        for to in ("FAM", "JOB", people.citizens(session, case.id)[0]):
            letters.send(session, case, "B03", to, tid="", sted="", moede=meeting)

    def enclosed() -> list[bytes | None]:
        with store.reading() as session:
            rows = letters.of_case(session, cases.by_number(session, nummer))
            return [pages.enclosed(session, row) for row in rows]

    store.write(call)
    family, left_out, citizen = enclosed()
    assert left_out is None
    for file_, guest in ((family, "FAM"), (citizen, "M.P.")):
        (event,) = Calendar.from_ical(file_).walk("VEVENT")
        assert event["ATTENDEE"].params["CN"] == guest
    store.write(
        lambda session: meetings.cancel_future(session, cases.by_number(session, nummer), "sygdom")
    )
    assert enclosed() == [None, None, None]
