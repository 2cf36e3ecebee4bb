"""Figures: what they count, whose they are, and what is too little to tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine import clock
from engine.domain import cases, organisation, people
from engine.domain.offers import Offer
from engine.domain.organisation import Role, User
from engine.domain.referral import Referral
from engine.instances import Instance, WorkItem
from engine.queries import figures
from engine.queries.figures import COUNT, FIGURES, SHARE, Figure, Period, Row
from engine.queries.figures.overview import shown
from engine.queries.figures.scope import Scope
from engine.store import Store, new_id
from tests.queries.papers_world import COLLEAGUE, COORDINATOR, SCHOOL, STRANGER, furnish

LEADER, CHIEF = "lis", "cia"
UNIT = Scope("KUI", "Kommunal ungeindsats", "KUI")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 11, 23)


@pytest.fixture
def nummer(store, virtual_clock) -> str:
    """One case, a leader of its unit, and the head of all."""
    virtual_clock.move_to(datetime(2026, 11, 23, 9, tzinfo=clock.COPENHAGEN))

    def hire(session) -> None:
        for name, role in ((LEADER, "leder"), (CHIEF, "chef")):
            session.add(User(username=name, name=name.title(), skills=[]))
            session.flush()
            session.add(Role(username=name, unit="KUI", role=role))

    nummer = furnish(store)
    store.write(hire)
    return nummer


def offered(store: Store, unit: str, waited: int) -> str:
    """A case of the unit whose citizen waited so many days for the offer; its id."""

    def write(session) -> str:
        case = cases.create(session, "koordinering", owner_unit=unit)
        citizen = people.register(session, "Prøve Borgersen")
        people.add_party(session, case.id, citizen.id, "borger")
        session.add(
            Referral(
                case_id=case.id,
                source="SSP",
                referrer="SSP",
                registered_by=COLLEAGUE,
                received_by=unit,
                received_at=clock.now() - timedelta(days=waited),
                concern="x",
            )
        )
        session.add(Offer(case_id=case.id, assessed_at=clock.now(), offered_at=clock.now()))
        return case.id

    return store.write(write)


def overview(store: Store, username: str, key: str | None = None) -> figures.Overview:
    with store.reading() as session:
        return figures.overview(session, username, key)


def test_the_days_from_referral_to_offer_are_counted_by_the_unit_that_answers(store, nummer):
    for waited in (2, 4, 6, 8, 30):
        offered(store, "KUI", waited)
    offered(store, "JOB", 1)
    told = overview(store, LEADER).figures["K2"].whole
    assert (told.value, told.count, told.hidden) == (6, 5, False)
    everybody = overview(store, CHIEF, figures.EVERYTHING).figures["K2"].whole
    assert (everybody.value, everybody.count) == (5, 6)


def test_few_are_not_told_and_the_municipality_says_how_few(store, nummer):
    for waited in (2, 4, 6, 8):
        offered(store, "KUI", waited)
    assert overview(store, LEADER).figures["K2"].few
    store.write(lambda session: organisation.change_setting(session, "noegletal.mindst", 4))
    assert overview(store, LEADER).figures["K2"].whole.value == 5


def test_every_number_is_as_large_as_its_list(store, nummer):
    for waited in (2, 4, 6, 8, 30):
        offered(store, "KUI", waited)
    found = overview(store, LEADER)
    with store.reading() as session:
        for one in found.figures.values():
            for part in one.groups or (one.whole,):
                if part.hidden:
                    continue
                behind = figures.opened(session, LEADER, one.figure.key, "KUI", 12, part.name)
                assert len(behind.lines) == part.count
                if one.figure.kind == COUNT:
                    assert len(behind.lines) == part.value


def test_the_list_says_nothing_of_cases_that_one_may_not_see(store, nummer):
    for waited in (2, 4, 6, 8, 30):
        offered(store, "KUI", waited)
    with store.reading() as session:
        mine = figures.opened(session, COLLEAGUE, "K2", "KUI", 12)
        theirs = figures.opened(session, LEADER, "K2", "KUI", 12)
    assert all(line.nummer and line.citizens for line in mine.lines)
    assert [line.value for line in theirs.lines] and not any(
        line.nummer or line.citizens for line in theirs.lines
    )


def test_the_whole_municipality_is_told_by_unit_and_never_case_by_case(store, nummer):
    for waited in (2, 4, 6, 8, 30):
        offered(store, "KUI", waited)
    offered(store, "JOB", 1)
    with store.reading() as session:
        found = figures.opened(session, CHIEF, "K2", figures.EVERYTHING, 12)
    assert found.lines == ()
    assert [(unit.name, unit.hidden) for unit in found.units] == [
        ("Beskæftigelse", True),
        ("Kommunal ungeindsats", True),  # else the sum would tell of the other
    ]


@pytest.mark.parametrize("who", [STRANGER, COLLEAGUE, COORDINATOR])
def test_nobody_reads_the_figures_of_a_unit_that_is_not_theirs(store, nummer, who):
    not_theirs = "KUI" if who == STRANGER else "FAM"
    with store.reading() as session:
        with pytest.raises(figures.NoSuchFigures):
            figures.overview(session, who, not_theirs)
        with pytest.raises(figures.NoSuchFigures):
            figures.opened(session, who, "K2", figures.EVERYTHING, 12)


def test_a_leader_reads_other_units_as_counts_and_nothing_of_their_people(store, nummer):
    for waited in (2, 4, 6, 8, 30):
        offered(store, "JOB", waited)
    with store.reading() as session:
        with pytest.raises(figures.NoSuchFigures):
            figures.opened(session, LEADER, "K2", "JOB", 12)
        everybody = figures.opened(session, LEADER, "K2", figures.EVERYTHING, 12)
        assert [(unit.name, unit.count) for unit in everybody.units] == [("Beskæftigelse", 5)]
        assert figures.carried(session, everybody.scope) == []
        assert "K13" not in figures.overview(session, LEADER, figures.EVERYTHING).figures


def test_a_partner_has_no_figures(store, nummer):
    with store.reading() as session:
        assert not figures.are_there(session, SCHOOL)
        with pytest.raises(figures.NoSuchFigures):
            figures.overview(session, SCHOOL)


def test_ones_own_cases_hide_nothing(store, nummer):
    assert overview(store, COORDINATOR).scope.key == figures.MINE
    assert not any(one.few for one in overview(store, COORDINATOR).figures.values())


def test_the_list_of_all_groups_is_closed_where_one_of_them_is_hidden(store, nummer, monkeypatch):
    ids = [offered(store, "KUI", 1) for _ in range(8)]
    rows = [Row(case_id, TODAY, group="få" if n < 2 else "mange") for n, case_id in enumerate(ids)]
    sorts = Figure("X", "x", COUNT, "x", lambda *_: rows, "x", grouped=True)
    monkeypatch.setitem(figures.FIGURES, "X", sorts)
    with store.reading() as session:
        assert figures.opened(session, LEADER, "X", "KUI", 12).lines == ()
        assert figures.opened(session, LEADER, "X", "KUI", 12, "få").lines == ()


def test_one_hidden_group_takes_the_next_smallest_with_it():
    sorts = Figure("X", "x", COUNT, "x", lambda *_: [], "x", grouped=True)
    rows = [
        Row(f"{group}{number}", TODAY, group=group)
        for group, count in (("lille", 2), ("mellem", 6), ("stor", 9))
        for number in range(count)
    ]
    told = {part.name: part.hidden for part in shown(sorts, rows, UNIT, YEAR, 5).groups}
    assert told == {"lille": True, "mellem": True, "stor": False}


def test_what_waits_is_looked_up_for_the_one_unit_that_counts(store, nummer):
    late = {"KUI": 3, "JOB": 2}

    def write(session) -> None:
        case = cases.by_number(session, nummer)
        started = {"started_at": clock.now(), "started_by": "x", "revision": 1}
        about = {"case_id": case.id, "release_id": "r", "process": "p"}
        session.add(Instance(id="i", state=b"", scopes=b"", **about, **started))
        session.flush()
        for unit, count in late.items():
            for number in range(count):
                due = clock.now() - timedelta(days=number + 1)
                given = {
                    "queue": unit,
                    "unit": unit,
                    "desk": unit,
                    "created_at": due,
                    "due_at": due,
                }
                row = WorkItem(id=new_id(), instance_id="i", element="e", name="n", kind="user")
                for name, value in (about | given).items():
                    setattr(row, name, value)
                session.add(row)

    store.write(write)
    with store.reading() as session:
        for key in ("K20", "K20-aabne"):
            rows = FIGURES[key].rows
            assert [row.unit for row in rows(session, YEAR, "KUI")] == ["KUI"] * 3
            assert sorted(row.value for row in rows(session, YEAR, "KUI")) == [1, 2, 3]
            assert len(list(rows(session, YEAR))) == 5
    assert overview(store, LEADER, "KUI").figures["K20"].whole.count == 3
    assert overview(store, CHIEF, figures.EVERYTHING).figures["K20"].whole.count == 5


def test_the_trend_has_every_month_and_hides_the_few():
    share = Figure("X", "x", SHARE, "x", lambda *_: [], "x")
    rows = [Row(f"{n}", date(2026, 3, 1 + n), float(n % 2)) for n in range(6)]
    rows += [Row("a", date(2026, 5, 1), 1.0)]
    trend = shown(share, rows, UNIT, YEAR, 5).whole.trend
    assert [point.value for point in trend[:5]] == [None, None, 50, None, None]
    assert [point.count for point in trend[:5]] == [0, 0, 6, 0, 1]
    assert len(trend) == 12
