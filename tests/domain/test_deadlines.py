"""Deadlines: computed as the law says, shown in words, met with proof, on both databases."""

from datetime import date, datetime

import pytest

from engine import clock, municipality
from engine.diagrams import shipped
from engine.domain import calendar, cases, deadlines, rules
from engine.domain.calendar import WorkingDays

DAYS = WorkingDays()


def a_rule(value, unit, direction="senest", art="lov"):
    return rules.Rule("X", value, unit, art, direction, None, "§ 1", "x")


def due(value, unit, start, direction="senest"):
    return deadlines.compute(a_rule(value, unit, direction), start, DAYS)[0]


def test_a_complaint_told_on_a_thursday_is_due_on_the_thursday_four_weeks_later():
    assert due(4, "uger", date(2026, 11, 26), "frem") == date(2026, 12, 24)


def test_a_complaint_that_would_end_at_christmas_rolls_forward():
    assert due(4, "uger", date(2026, 11, 27), "frem") == date(2026, 12, 28)


def test_a_follow_up_keeps_its_legal_day_and_is_planned_before_it():
    legal, overdue, planned = deadlines.compute(a_rule(3, "maaneder"), date(2026, 9, 26), DAYS)
    assert legal == date(2026, 12, 26)
    assert planned == date(2026, 12, 24)
    assert clock.local(overdue).date() == date(2026, 12, 27)


def test_hours_keep_the_minute():
    start = datetime(2026, 11, 24, 14, 10, tzinfo=clock.COPENHAGEN)
    legal, moment, _ = deadlines.compute(a_rule(24, "timer"), start, DAYS)
    assert legal == date(2026, 11, 25)
    assert clock.local(moment) == datetime(2026, 11, 25, 14, 10, tzinfo=clock.COPENHAGEN)


def test_a_rule_without_a_number_is_never_a_date():
    with pytest.raises(deadlines.NotComputable):
        deadlines.compute(a_rule(None, "maaneder"), date(2026, 1, 1), DAYS)
    with pytest.raises(deadlines.NotComputable):
        deadlines.compute(a_rule(4, "antal"), date(2026, 1, 1), DAYS)


@pytest.fixture
def municipal(store):
    """A database with the demo municipality and its published tables."""
    tables = {name: xml for name, xml in shipped().items() if name.endswith(".dmn")}

    def furnish(session):
        from engine import diagrams

        municipality.load(session)
        diagrams.deploy(session, tables, by="procesejer-1", demo=True, accept_warnings=True)

    store.write(furnish)
    return store


def test_a_duty_is_opened_told_in_words_and_met_with_proof(municipal, virtual_clock):
    def act(session):
        case = cases.create(session, "koordinering")
        row = deadlines.start(session, case, "KP-1", date(2026, 11, 30))
        assert row.due == date(2027, 2, 28)
        assert row.words == "3 måneder efter 30.11.2026: senest 28.02.2027 (lokal beslutning)"
        assert cases.view(session, case)["frister"] == {"KP-1": date(2027, 2, 28)}
        deadlines.meet(session, case, "KP-1", "opfølgning holdt")
        assert deadlines.open_deadlines(session, case) == []
        assert (row.state, row.proof) == (deadlines.MET, "opfølgning holdt")

    municipal.write(act)


def test_a_new_duty_of_the_same_rule_takes_the_place_of_the_old_one(municipal, virtual_clock):
    def act(session):
        case = cases.create(session, "koordinering")
        first = deadlines.start(session, case, "KP-2", date(2026, 1, 5))
        second = deadlines.start(session, case, "KP-2", date(2026, 2, 5))
        assert deadlines.open_deadlines(session, case) == [second]
        assert first.state == deadlines.CANCELLED

    municipal.write(act)


def test_a_rule_that_has_ended_is_missing_and_says_so(municipal, virtual_clock):
    virtual_clock.move_to(datetime(2026, 11, 25, 9, tzinfo=clock.COPENHAGEN))

    def act(session):
        case = cases.create(session, "koordinering")
        with pytest.raises(rules.RuleMissing, match=r"LAB-1 for 25\.11\.2026"):
            deadlines.start(session, case, "LAB-1")

    municipal.write(act)


def test_a_closing_day_of_the_municipality_moves_a_working_day_deadline(municipal, virtual_clock):
    def act(session):
        calendar.close(session, date(2026, 12, 24), "juleaften")
        case = cases.create(session, "koordinering")
        row = deadlines.start(session, case, "KP-5", date(2026, 12, 23))
        assert row.due == date(2027, 1, 4)

    municipal.write(act)


def test_a_local_value_holds_for_new_duties_only(municipal, virtual_clock):
    def act(session):
        case = cases.create(session, "koordinering")
        before = deadlines.start(session, case, "KP-1", date(2026, 1, 5))
        rules.decide_locally(session, "KP-1", 2, by="procesejer-1")
        assert before.due == date(2026, 4, 5)
        assert deadlines.start(session, case, "KP-1", date(2026, 1, 5)).due == date(2026, 3, 5)

    municipal.write(act)
