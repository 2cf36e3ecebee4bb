"""P06: one round of follow-up, its duties and the next one."""

from __future__ import annotations

import pytest

from engine import forms
from engine.domain import followup, meetings, plan
from engine.domain.followup import NaesteOpfoelgningForSent, OpfoelgningIFremtiden
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
