"""The inbox' lists and counts on both databases: the same tasks, each once, in both directions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from engine import clock
from engine.domain import people
from engine.domain.calendar import is_holiday
from engine.domain.cases import Case
from engine.domain.organisation import Absence, Role, Unit, User
from engine.instances import DONE, WorkItem
from engine.queries import inbox, inbox_asked, inbox_counts, inbox_words, notices
from engine.queries.due import DueWords, working_days_around
from engine.queries.inbox_asked import Asked, Viewer
from engine.queries.notices_kinds import QUEUE
from tests.web.test_inbox import fill


@pytest.fixture
def office(store, virtual_clock):
    """KUI with two caseworkers and a coordinator, and sixty tasks."""

    def furnish(session):
        session.add(Unit(code="KUI", name="Kommunal ungeindsats"))
        session.flush()
        for name in ("anna", "koordinator-1"):
            session.add(User(username=name, name=name.title()))
        session.flush()
        session.add(Role(username="anna", unit="KUI", role="sagsbehandler"))
        fill(session)

    store.write(furnish)
    return store


def test_paging_forth_and_back_shows_every_task_once(office):
    with office.reading() as session:
        viewer, asked = Viewer.of(session, "anna"), Asked(tab=inbox_asked.FREE)
        forth, page = [], inbox.page(session, viewer, asked, size=7)
        while True:
            forth += [row.id for row in page.rows]
            if page.next is None:
                break
            page = inbox.page(session, viewer, replace(asked, after=page.next), size=7)
        back = [row.id for row in page.rows]
        while page.previous is not None:
            page = inbox.page(session, viewer, replace(asked, before=page.previous), size=7)
            back = [row.id for row in page.rows] + back
        stored = session.scalars(select(WorkItem.id).order_by(WorkItem.sort_at, WorkItem.id)).all()
    assert forth == back == stored


def test_a_place_whose_row_has_gone_is_still_a_place(office):
    with office.reading() as session:
        viewer, asked = Viewer.of(session, "anna"), Asked(tab=inbox_asked.FREE)
        first = inbox.page(session, viewer, asked, size=10)
        second = inbox.page(session, viewer, replace(asked, after=first.next), size=10)

    def taken(session):
        session.get(WorkItem, first.rows[-1].id).assignee = "anna"

    office.write(taken)
    with office.reading() as session:
        again = inbox.page(session, viewer, replace(asked, after=first.next), size=10)
    assert [row.id for row in again.rows] == [row.id for row in second.rows]


@pytest.mark.parametrize("due", inbox_asked.DUE)
@pytest.mark.parametrize("words", ["", "ring", "901"])
def test_a_filter_counts_what_it_lists(office, due, words):
    with office.reading() as session:
        viewer = Viewer.of(session, "anna")
        asked = inbox_asked.sought(session, Asked(tab=inbox_asked.FREE, words=words))
        choices = inbox_counts.choices(session, viewer, asked)
        for field in ("queue", "due", "kind", "coordinator"):
            for choice in getattr(choices, field):
                narrowed = replace(asked, **{field: choice.value})
                rows = inbox.page(session, viewer, narrowed, size=100).rows
                assert len(rows) == choice.count.number, (field, choice)
                assert inbox_counts.total(session, viewer, narrowed) == choice.count
        narrowed = replace(asked, due=due)
        listed = inbox.page(session, viewer, narrowed, size=100).rows
        levels = {row.due and row.due.late for row in listed}
    assert levels <= ({True} if due == "overskredet" else {None} if due == "uden" else {False})


@pytest.mark.parametrize("few", [0, 1, 200])
def test_what_was_done_is_found_by_its_case_only_while_one_sees_the_case(office, monkeypatch, few):
    """Whether the cases that the words name, and those of what was done, are few or many."""
    monkeypatch.setattr(inbox_words, "FEW", few)

    def work(session):
        session.add(Unit(code="FAM", name="Familieafdeling"))
        session.flush()
        for case_id in ("sag-1", "sag-2"):
            tasks = list(session.scalars(select(WorkItem).where(WorkItem.case_id == case_id)))
            tasks[0].state, tasks[0].assignee, tasks[0].completed_at = DONE, "anna", clock.now()
            citizen = people.register(session, "Mads Prøvesen")
            people.add_party(session, case_id, citizen.id, "borger")
        session.get_one(Case, "sag-2").owner_unit = "FAM"
        for task in tasks[1:]:
            task.desk = "FAM"

    office.write(work)
    with office.reading() as session:
        viewer, done = Viewer.of(session, "anna"), Asked(tab=inbox_asked.DONE_TODAY)

        def found(asked) -> list[str]:
            asked = inbox_asked.sought(session, asked)
            rows = inbox.page(session, viewer, asked).rows
            assert inbox_counts.tabs(session, viewer, asked)[done.tab].number == len(rows)
            return [row.name for row in rows]

        assert len(found(done)) == 2
        assert len(found(replace(done, words="2026-90"))) == 1
        assert len(found(replace(done, words="prøve"))) == 1
        assert len(found(replace(done, coordinator=inbox_asked.NOBODY))) == 1


def test_a_stand_in_sees_whose_task_it_is_only_while_the_colleague_is_away(office, virtual_clock):
    def leave(session):
        session.add(User(username="bo", name="Bo"))
        session.flush()
        day = clock.today()
        session.add(Absence(username="anna", deputy="bo", first_day=day, last_day=day))

    office.write(leave)
    with office.reading() as session:
        asked = Asked(tab=inbox_asked.FREE)
        rows = inbox.page(session, Viewer.of(session, "bo"), asked).rows
        assert len(rows) == 50 and {row.stands_in_for for row in rows} == {"Anna"}
        own = inbox.page(session, Viewer.of(session, "anna"), asked).rows
        assert {row.stands_in_for for row in own} == {None}
    virtual_clock.advance(days=1)
    with office.reading() as session:
        assert inbox.page(session, Viewer.of(session, "bo"), asked).rows == []


def test_a_queue_is_told_of_no_further_than_it_is_looked_at(office, virtual_clock):
    virtual_clock.advance(days=60)

    def told() -> tuple[int, bool]:
        with office.reading() as session:
            found = notices.listed(session, "anna")
        [facts] = [notice.facts for notice in found if notice.kind == QUEUE]
        return facts["count"], facts["more"]

    def take_ten(session):
        due = select(WorkItem).where(WorkItem.due_at.is_not(None)).limit(10)
        for task in session.scalars(due):
            task.assignee = "koordinator-1"

    assert told() == (50, True)
    office.write(take_ten)
    assert told() == (47, False)


def test_working_days_skip_weekends_holidays_and_the_days_the_municipality_closes():
    # Easter 2026: 2, 3 and 6 April are holidays.
    days = working_days_around(date(2026, 3, 25))
    assert is_holiday(date(2026, 4, 2))
    assert days[date(2026, 4, 1)] == days[date(2026, 4, 6)] == 5
    assert days[date(2026, 4, 13)] == 10
    assert days[date(2026, 3, 20)] == -3
    closed = working_days_around(date(2026, 3, 25), frozenset({date(2026, 4, 1)}))
    assert closed[date(2026, 4, 7)] == 5


def test_a_whole_day_is_good_until_it_is_over_and_an_hour_is_not(office, virtual_clock):
    now = clock.now()
    with office.reading() as session:
        words = DueWords(session)
        midnight = clock.local(now).replace(hour=0, minute=0)
        assert words.of(midnight).level == "soon" and words.of(midnight).at is None
        assert words.of(now).level == "late" and words.of(now).at == now
