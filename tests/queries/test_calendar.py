"""A calendar holds what is one's own, and its secret address no more than one may see right now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from engine import calendar_feeds, clock
from engine.domain import cases, deadlines, meetings
from engine.domain.organisation import User
from engine.queries import calendar
from engine.store import Store, new_id
from tests.queries.papers_world import (
    COLLEAGUE,
    COORDINATOR,
    EVERYBODY,
    FAMILY,
    SCHOOL,
    STRANGER,
    furnish,
    leave,
)


@pytest.fixture
def nummer(store, virtual_clock) -> str:
    """A case with a meeting on the 12th, and a follow-up due on the 15th and one missed."""
    number = furnish(store)

    def write(session) -> None:
        case = cases.by_number(session, number)
        at = clock.now() + timedelta(days=7)
        row = meetings.call(session, case, COORDINATOR, at, "Mads Prøvesen skal have ro")
        meetings.invite(row, "FAM", "anden_enhed", "tilladt")
        for due in (date(2026, 1, 15), date(2026, 1, 2)):
            session.add(
                deadlines.Deadline(
                    id=new_id(),
                    case_id=case.id,
                    regel="KP-2",
                    start=clock.now(),
                    due=due,
                    due_at=deadlines.midnight(due + timedelta(days=1)),
                    planned=due,
                    art="lokal",
                    words="",
                    opened_at=clock.now(),
                )
            )

    store.write(write)
    return number


def ahead(store: Store, username: str, holds: str = "mine") -> list[tuple[date, str]]:
    with store.reading() as session:
        found = calendar.ahead(session, username, holds)
    return [(day, entry.kind) for day, entries in found.days for entry in entries]


def fed(store: Store, token: str) -> Calendar | None:
    with store.reading() as session:
        found = calendar.feed(session, token)
    return found and Calendar.from_ical(found)


def titles(store: Store, token: str) -> list[str]:
    return sorted(str(event["SUMMARY"]) for event in fed(store, token).walk("VEVENT"))


MEETING = (date(2026, 1, 12), "moede")
FOLLOW_UP = (date(2026, 1, 15), "opfoelgning")


def test_each_has_their_own_in_the_order_of_days_and_the_unit_on_request(store, nummer):
    assert ahead(store, COORDINATOR) == [MEETING, FOLLOW_UP]
    assert ahead(store, COLLEAGUE) == []
    assert ahead(store, COLLEAGUE, "enhed") == [MEETING, FOLLOW_UP]
    assert ahead(store, FAMILY) == []
    assert ahead(store, FAMILY, "enhed") == [MEETING]
    for stranger in (STRANGER, SCHOOL):
        assert ahead(store, stranger, "enhed") == []


def test_what_has_passed_its_day_stands_by_itself(store, nummer):
    with store.reading() as session:
        late = calendar.ahead(session, COORDINATOR).late
    assert [(entry.day, entry.late) for entry in late] == [(date(2026, 1, 2), True)]


def test_a_fetched_calendar_names_nobody(store, nummer):
    token = calendar_feeds.make(store, COORDINATOR)
    found = fed(store, token)
    assert found["METHOD"] == "PUBLISH"
    starts = sorted(str(event.start)[:10] for event in found.walk("VEVENT"))
    assert starts == ["2026-01-02", "2026-01-12", "2026-01-15"]
    text = found.to_ical().decode()
    assert f"M.P. ({nummer})" in text
    with store.reading() as session:
        names = [user.name for user in session.query(User)] + ["Mads Prøvesen"]
    for name in names:
        for word in name.split():
            assert word not in text, word


def test_a_fetched_calendar_follows_the_right_to_the_case(store, nummer):
    token = calendar_feeds.make(store, FAMILY, calendar_feeds.UNIT)
    assert titles(store, token) == [f"Netværksmøde M.P. ({nummer})"]
    leave(store, nummer)
    assert titles(store, token) == []


def test_an_address_opens_nothing_once_it_is_closed_or_its_owner_has_left(store, nummer):
    tokens = {name: calendar_feeds.make(store, name) for name in EVERYBODY}
    with store.reading() as session:
        (feed,) = calendar_feeds.of(session, COORDINATOR)
        assert tokens[COORDINATOR] not in (feed.id, feed.token_hash)
    with pytest.raises(calendar_feeds.NoSuchFeed):
        calendar_feeds.revoke(store, STRANGER, feed.id)
    calendar_feeds.revoke(store, COORDINATOR, feed.id)
    store.write(lambda session: setattr(session.get(User, COLLEAGUE), "active", False))
    assert fed(store, tokens[COORDINATOR]) is None
    assert fed(store, tokens[COLLEAGUE]) is None
    assert fed(store, feed.token_hash) is None
    assert fed(store, tokens[FAMILY]) is not None


def test_nobody_has_more_than_a_handful_of_addresses(store, nummer):
    for _ in range(calendar_feeds.MOST):
        calendar_feeds.make(store, COORDINATOR)
    with pytest.raises(calendar_feeds.TooManyFeeds):
        calendar_feeds.make(store, COORDINATOR)


def test_a_case_that_is_locked_leaves_every_calendar(store, nummer):
    token = calendar_feeds.make(store, COORDINATOR)
    store.write(lambda session: setattr(cases.by_number(session, nummer), "locked", True))
    assert ahead(store, COORDINATOR, "enhed") == []
    assert titles(store, token) == []
