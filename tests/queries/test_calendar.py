"""A calendar holds what is one's own, and its secret address no more than one may see right now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from engine import calendar_feeds, clock
from engine.domain import cases, committee, deadlines, meetings
from engine.domain.cases import Case
from engine.domain.organisation import Role, Unit, User
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


@pytest.fixture
def committee_meets(store, nummer) -> None:
    """On the 14th at ten with `ane`, when `ove` does not come; what is called off is the 21st's."""
    ten = clock.now().replace(hour=9)

    def write(session) -> None:
        session.add(Unit(code="VIS", name="Visitationsudvalget", partner=False, law_areas=[]))
        session.flush()
        for name, role in (
            ("ane", committee.MEMBER),
            ("ove", committee.MEMBER),
            ("rita", committee.CHAIR),
            ("jens", committee.SECRETARY),
        ):
            session.add(User(username=name, name=f"{name.title()} Udvalgsen", skills=[]))
            session.flush()
            session.add(Role(username=name, unit="VIS", role=role))
        session.flush()
        for days in (9, 16):
            at = ten + timedelta(days=days)
            closes = at - timedelta(days=2)
            held = committee.plan(session, at, closes, ["ane"], [], "jens", "Mads' lokale")
        committee.cancel(session, held, "Ingen punkter")

    store.write(write)


@pytest.mark.parametrize("username", ["ane", "rita", "jens"])
def test_the_committee_meets_in_the_calendars_of_those_who_are_there(
    store, committee_meets, username
):
    assert ahead(store, username) == [(date(2026, 1, 14), "udvalgsmoede")]
    found = fed(store, calendar_feeds.make(store, username))
    told = [
        (str(event.start)[:16], str(event["SUMMARY"]), str(event.get("STATUS", "")))
        for event in found.walk("VEVENT")
    ]
    assert [(day, what) for day, what, _ in told] == [
        ("2026-01-14 09:00", "Møde i visitationsudvalget"),
        ("2026-01-21 09:00", "Møde i visitationsudvalget"),
    ]
    assert "CANCELLED" in told[1][2] and "CANCELLED" not in told[0][2]
    # Nothing of the cases before it, and a place that somebody wrote themselves stays in the house.
    assert "Mads" not in found.to_ical().decode() and nummer_of(store) not in str(told)


@pytest.mark.parametrize("username", ["ove", COORDINATOR])
def test_a_meeting_of_the_committee_is_not_there_for_others(store, committee_meets, username):
    assert "udvalgsmoede" not in [kind for _, kind in ahead(store, username, "enhed")]
    told = titles(store, calendar_feeds.make(store, username, calendar_feeds.UNIT))
    assert "Møde i visitationsudvalget" not in told


def nummer_of(store: Store) -> str:
    with store.reading() as session:
        return session.query(Case).one().nummer


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
