"""P06: one round of follow-up, its duties and the next one."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, select

from engine import casework, forms
from engine.domain import deadlines, efforts, followup, meetings, plan, rules
from engine.domain.followup import NaesteOpfoelgningForSent, OpfoelgningIFremtiden
from engine.outbox import Outgoing
from tests.closing.conftest import HELD


def start_children(course, day="2027-01-27"):
    """FAM's effort under barnets lov began that day: BL-1 runs."""
    from datetime import date

    from engine.domain import deadlines

    course.write(lambda s, c: deadlines.start(s, c, "BL-1", date.fromisoformat(day)))


def test_the_round_waits_until_the_earliest_follow_up_is_to_be_planned(course):
    course.begin("opfoelgning")
    assert course.timers("naeste_opfoelgning") == ["2027-04-20"]
    assert "koordinator" not in course.queues()
    course.at("2027-04-20T08:00")
    assert course.queues()["koordinator"] == ["forbered_opfoelgning"]


def test_the_next_follow_up_is_counted_from_the_day_the_last_was_held(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    course.do(
        "koordinator-1",
        "opfoelgningsmoede",
        **HELD,
        maal_status=[{"maal": "skole", "status": "delvist_naaet", "fremdrift": 6}],
    )
    assert course.due("KP-1") is None
    assert course.due("KP-2") == "2027-10-20"
    held = course.read(lambda s, c: followup.of_case(s, c)[0])
    assert (held.rules, held.on_time) == (["KP-1"], True)
    goal = course.read(lambda s, c: plan.goal(s, c, "skole"))
    assert (goal.status, goal.progress) == ("delvist_naaet", 6)
    kinds = course.read(lambda s, c: [(m.kind, m.state) for m in meetings.of_case(s, c)])
    assert kinds == [("opfoelgning", "afholdt")]


def test_a_follow_up_cannot_be_registered_before_it_is_held(course):
    course.begin("opfoelgning")
    course.tell("ny_oplysning")
    course.do("koordinator-1", "forbered_opfoelgning")
    with pytest.raises(OpfoelgningIFremtiden):
        course.do("koordinator-1", "opfoelgningsmoede", **HELD)


def test_new_information_begins_the_round_before_its_time(course):
    course.begin("opfoelgning")
    course.tell("ny_oplysning")
    assert course.queues()["koordinator"] == ["forbered_opfoelgning"]
    assert course.timers("naeste_opfoelgning") == []


def test_an_earlier_day_may_be_agreed_and_a_later_may_not(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    with pytest.raises(NaesteOpfoelgningForSent, match=r"20\.10\.2027"):
        course.do("koordinator-1", "opfoelgningsmoede", **HELD, naeste_dato="2027-10-21")
    course.do("koordinator-1", "opfoelgningsmoede", **HELD, naeste_dato="2027-06-01")
    course.begin("opfoelgning")
    assert course.timers("naeste_opfoelgning") == ["2027-06-01"]
    assert course.due("KP-2") == "2027-10-20"


def test_the_earliest_law_sets_the_meeting_and_each_keeps_its_own_day(course):
    start_children(course, "2027-01-05")
    course.begin("opfoelgning")
    assert course.timers("naeste_opfoelgning") == ["2027-04-05"]
    assert (course.due("BL-1"), course.due("KP-1")) == ("2027-04-05", "2027-04-20")


def test_the_rhythm_of_the_childrens_act_is_decided_in_the_case_with_reasons(course):
    start_children(course)
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    with pytest.raises(forms.FormErrors, match="Begrundelse for rytmen"):
        course.do("koordinator-1", "opfoelgningsmoede", **HELD)
    course.do(
        "koordinator-1",
        "opfoelgningsmoede",
        **HELD,
        naeste_rytme=4,
        rytme_begrundelse="Kasper har brug for ro",
        rytme_meddelt=True,
    )
    assert (course.due("BL-2"), course.due("KP-2")) == ("2027-08-20", "2027-10-20")


def test_a_meeting_may_cover_one_laws_duty_and_leave_the_other_open(course):
    start_children(course)
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    course.do("koordinator-1", "opfoelgningsmoede", **HELD, opfyldte_frister=["KP-1"])
    assert (course.due("BL-1"), course.due("KP-2")) == ("2027-04-27", "2027-10-20")
    course.begin("opfoelgning")
    assert course.timers("naeste_opfoelgning") == ["2027-04-27"]


def test_a_rule_that_is_missing_becomes_a_task_and_the_round_waits_for_it(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    course.end_rule("kp_2", "2027-01-31")
    course.do("koordinator-1", "opfoelgningsmoede", **HELD)
    course.begin("opfoelgning")
    assert course.queues() == {"PRO": ["regel_mangler"], "koordinator": ["fastsaet_frist"]}
    assert course.timers("naeste_opfoelgning") == []
    course.do(
        "koordinator-1",
        "fastsaet_frist",
        dato="2027-09-01",
        begrundelse="Efter sommerferien",
        revurderes="2027-08-01",
    )
    assert course.timers("naeste_opfoelgning") == ["2027-09-01"]
    course.at("2027-09-01T12:00")
    assert course.queues()["koordinator"] == ["forbered_opfoelgning"]


def test_a_changed_rule_keeps_an_earlier_day_that_was_agreed_and_tells_the_coordinator(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    course.do("koordinator-1", "opfoelgningsmoede", **HELD, naeste_dato="2027-06-01")
    course.begin("opfoelgning")
    casework.change_rule(course.store, "KP-2", 5, by="procesejer-1", applies_to_running=True)
    assert course.due("KP-2") == "2027-09-20"
    assert course.timers("naeste_opfoelgning") == ["2027-06-01"]
    casework.change_rule(course.store, "KP-2", 1, by="procesejer-1", applies_to_running=True)
    assert course.timers("naeste_opfoelgning") == ["2027-05-20"]
    told = course.read(lambda s, c: [row.facts["til"] for row in s.scalars(select(Outgoing))])
    assert told == ["koordinator-1", "koordinator-1"]


def test_an_effort_that_begins_under_an_earlier_duty_moves_the_round(course):
    course.begin("opfoelgning")
    course.at("2027-01-25T12:00")
    course.write(lambda s, c: setattr(efforts.find(s, c, "vejledning"), "law_area", "BL"))
    course.write(lambda s, c: setattr(efforts.find(s, c, "vejledning"), "depends_on", []))
    course.begin("igangsaet")
    for key in ("mentor", "vejledning"):
        who = "sagsbehandler-job" if key == "mentor" else "sagsbehandler-kui"
        course.do(who, "kobl_sektorplan", item=key, har_sektorplan="nej", ansvarlig="Jo")
    started = {"start_svar": "startet", "startdato": "2027-01-05"}
    course.do("sagsbehandler-kui", "start_indsats", item="vejledning", **started)
    assert course.due("BL-1") == "2027-04-05"
    assert course.timers("naeste_opfoelgning") == ["2027-04-05"]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("ingen", "fortsaet"),
        ("juster_plan", "revider"),
        ("bevilling", "bevilling"),
        ("afslut", "afslut"),
    ],
)
def test_what_the_meeting_decides_is_what_the_spine_does(course, change, outcome):
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    course.do(
        "koordinator-1",
        "opfoelgningsmoede",
        **(HELD | {"aendring": change}),
        aendring_begrundelse="Aftalt",
    )
    assert course.variable("opfoelgning_udfald") == outcome


def test_holding_a_follow_up_asks_for_nothing_twice(course):
    course.begin("opfoelgning")
    course.at("2027-04-20T15:00")
    course.do("koordinator-1", "forbered_opfoelgning")
    task, asked = course.task("koordinator-1", "opfoelgningsmoede"), []

    def note(conn, cursor, statement, *_):
        asked.append(statement)

    status = [{"maal": "skole", "status": "i_gang", "fremdrift": 4}]
    event.listen(course.store.engine, "before_cursor_execute", note)
    casework.complete(course.store, task, HELD | {"maal_status": status}, by="koordinator-1")
    event.remove(course.store.engine, "before_cursor_execute", note)
    for table in (
        "deadlines",
        "meetings",
        "consents",
        "local_rules",
        "closing_days",
        "definitions",
    ):
        assert len([text for text in asked if text.startswith("SELECT " + table)]) <= 1, table
    # Two of them ask what comes after, as no spine stands around this round; one reads the form.
    assert len(asked) <= 22, "\n".join(asked)


def test_a_local_value_and_a_duty_are_seen_in_the_session_that_made_them(course):
    def decide(session, case):
        assert [row.regel for row in followup.duties(session, case)] == ["KP-1"]
        before = rules.lookup(session, "KP-2").value
        rules.decide_locally(session, "KP-2", before + 1, by="procesejer-1")
        opened = deadlines.start(session, case, "KP-2", date(2027, 2, 1))
        assert followup.duties(session, case)[-1] is opened
        deadlines.meet(session, case, "KP-1", "prøve")
        assert followup.duties(session, case) == [opened]
        return before, rules.lookup(session, "KP-2").value, opened.due

    before, after, due = course.write(decide)
    assert after == before + 1
    assert course.read(lambda s, c: [row.due for row in followup.duties(s, c)]) == [due]
