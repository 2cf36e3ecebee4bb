"""P08: a consent is taken back. Access closes in the same step; what was replaced is restored."""

from __future__ import annotations

import pytest

from engine.domain import access, consent, meetings, organisation, people, sector_plans
from engine.domain.consent import IntetSamtykke

EXPLAINED = {
    "virkning_forklaret": True,
    "fortsaetter_i_sektorer": "Mentoren fortsætter i JOB",
    "dato": "2027-01-20",
}
RESTORED = {"plan": "barnets_plan", "ansvarlig": "Fie", "naeste_opfoelgning": "2027-04-01"}


def sees(course, who):
    return course.read(lambda s, c: access.may_see(s, who, c))


def in_force(course):
    return course.read(lambda s, c: sorted(r.kind for r in consent.in_force(s, c)))


def meeting_with(course, *invitees):
    from engine import clock

    def call(session, case):
        at = course.moment("2027-02-01T10:00")
        row = meetings.call(session, case, "koordinator-1", at, "Skole")
        for who in invitees:
            meetings.invite(row, who, "partner", "tilladt")
        assert at > clock.now()

    course.write(call)


def meeting(course):
    return course.read(
        lambda s, c: next((m.state, [i.who for i in m.invited]) for m in meetings.of_case(s, c))
    )


def test_a_partner_loses_sight_of_the_case_in_the_same_step(course):
    course.discloses("X-RPS", "X-SKO")
    assert sees(course, "partner-x-rps")
    course.begin("samtykke_tilbagetraekkes", omfang="X-RPS")
    assert not sees(course, "partner-x-rps")
    assert sees(course, "partner-x-sko")
    assert course.sag.tilstand == "PLAN_AKTIV"
    assert course.variable("plan_samtykke_ramt") is False


def test_the_withdrawn_is_struck_from_the_meeting_that_goes_on_with_the_others(course):
    course.discloses("X-RPS", "X-SKO")
    meeting_with(course, "X-RPS", "X-SKO")
    course.begin("samtykke_tilbagetraekkes", omfang="X-RPS")
    assert meeting(course) == ("planlagt", ["X-SKO"])


def test_a_meeting_with_nobody_left_is_cancelled(course):
    course.discloses("X-RPS")
    meeting_with(course, "X-RPS")
    course.begin("samtykke_tilbagetraekkes", omfang="X-RPS")
    assert meeting(course) == ("aflyst", [])


def test_the_yes_to_the_plan_takes_everything_with_it(course):
    course.discloses("X-RPS")
    meeting_with(course, "X-RPS")
    course.begin("samtykke_tilbagetraekkes", omfang="plan")
    assert in_force(course) == []
    assert course.sag.tilstand == "SAMTYKKE_TRUKKET"
    assert meeting(course) == ("aflyst", [])
    assert course.variable("plan_samtykke_ramt") is True
    assert course.variable("tilstand_erstatter") is False
    course.do("koordinator-1", "registrer_tilbagetraekning", **EXPLAINED)
    assert course.letters() == [("B07", "kasper"), ("B07", "X-RPS")]
    assert course.queues() == {}


def test_what_was_never_given_cannot_be_taken_back(course):
    with pytest.raises(IntetSamtykke):
        course.begin("samtykke_tilbagetraekkes", omfang="X-RPS")


def young(course, wins: bool):
    """A 16-year-old whose plan replaces FAM's, with a mother who has custody alone."""
    course.write(lambda s, c: organisation.change_setting(s, "ung_ja_vinder", wins))
    course.planned(cpr="620210-4002", mode="erstatter")
    course.mother()
    course.replaced("FAM", "barnets_plan")
    course.begin("samtykke_tilbagetraekkes", omfang="plan")
    course.do("koordinator-1", "registrer_tilbagetraekning", **EXPLAINED)
    assert course.letters() == [("B07", "kasper"), ("B07", "mor")]
    assert course.queues() == {"FAM": ["genopret_sektorplan"]}
    course.do("sagsbehandler-fam", "genopret_sektorplan", item="FAM", **RESTORED)


def fam(course):
    row = course.read(lambda s, c: sector_plans.of_case(s, c)[0])
    return row.unit, row.type, row.status, row.responsible, str(row.follow_up_due)


def test_a_replacing_plan_falls_to_an_overlay_on_the_young_persons_own_yes(course):
    young(course, wins=True)
    assert fam(course) == ("FAM", "barnets_plan", "gaeldende", "Fie", "2027-04-01")
    course.do("koordinator-1", "bekraeft_overligger", ung_svar="ja")
    assert (course.sag.tilstand, course.sag.plan_tilstand) == ("PLAN_AKTIV", "overligger")
    given = course.read(lambda s, c: [r.given_by for r in consent.in_force(s, c, "plan")])
    assert given == [[course.citizen()]]
    assert course.variable("tilstand_falder") is True


def test_the_young_person_may_also_say_no(course):
    young(course, wins=True)
    course.do("koordinator-1", "bekraeft_overligger", ung_svar="nej")
    assert (course.sag.tilstand, course.variable("tilstand_falder")) == ("SAMTYKKE_TRUKKET", False)


def test_without_the_local_decision_the_young_person_is_not_asked(course):
    young(course, wins=False)
    assert course.queues() == {}
    assert course.variable("ung_kan_selv") is False
    assert course.sag.tilstand == "SAMTYKKE_TRUKKET"


def test_a_replaced_plan_that_was_never_linked_still_comes_to_the_unit_of_its_law(course):
    course.planned(cpr="620210-4002", mode="erstatter")
    course.begin("samtykke_tilbagetraekkes", omfang="plan")
    course.do("koordinator-1", "registrer_tilbagetraekning", **EXPLAINED)
    assert course.queues() == {"FAM": ["genopret_sektorplan"]}
    course.do("sagsbehandler-fam", "genopret_sektorplan", item="FAM", **RESTORED)
    assert fam(course)[:3] == ("FAM", "barnets_plan", "gaeldende")


def test_one_member_of_a_family_leaves_and_the_others_go_on(course):
    def sister(session, case):
        other = people.register(session, "Karla Testmann", key="karla")
        people.add_party(session, case.id, other.id, "borger")
        consent.give(session, case, other.id, consent.PLAN, given_by=[other.id])
        return other.id

    karla = course.write(sister)
    course.begin("samtykke_tilbagetraekkes", omfang="plan", person=karla)
    assert course.sag.tilstand == "PLAN_AKTIV"
    assert course.variable("plan_samtykke_ramt") is False
    citizens = course.read(lambda s, c: [p.key for p in people.citizens(s, c.id)])
    assert citizens == ["kasper"]
    course.do("koordinator-1", "registrer_tilbagetraekning", **EXPLAINED)
    assert course.letters() == [("B07", "karla")]
