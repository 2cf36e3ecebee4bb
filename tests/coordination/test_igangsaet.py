"""P05: each unit links its plan and starts its effort; what does not start is asked after."""

import pytest

from engine.domain import case_roles, deadlines, efforts, letters, sector_plans
from engine.domain.efforts import IndsatsVenter
from tests.coordination.conftest import ANSWER, COMMENT, PLAN

LINK = {
    "har_sektorplan": "ja",
    "plantype": "min_plan",
    "hjemmel": "LAB § 40",
    "ekstern_id": "MP-7",
    "ansvarlig": "Jo",
}
STARTED = {"start_svar": "startet", "startdato": "2026-12-14"}


@pytest.fixture
def starting(town):
    town.consenting(uddannelse="stort", beskaeftigelse="noget", familie="noget")
    town.appointed()
    town.begin("plan", anledning="ny")
    town.drafted()
    town.do("koordinator-1", "borgerens_svar", **ANSWER)
    town.begin("igangsaet")
    return town


def status(town, key):
    return town.read(lambda s, c: efforts.find(s, c, key).status)


def test_each_unit_links_its_own_plan_and_starts_its_effort(starting):
    assert starting.queues() == {"JOB": ["kobl_sektorplan"], "KUI": ["kobl_sektorplan"]}
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    linked = starting.read(lambda s, c: [(p.unit, p.type) for p in sector_plans.of_case(s, c)])
    assert linked == [("JOB", "min_plan")]
    starting.do(
        "sagsbehandler-job",
        "start_indsats",
        item="mentor",
        **STARTED,
        udfoerer="Mia Mentor",
        rolle="mentor",
        goer_hvad="Følger til skole; koordinatoren holder planen",
    )
    assert status(starting, "mentor") == "i_gang"
    table = starting.read(lambda s, c: [(r.role, r.who) for r in case_roles.table(s, c)])
    assert ("mentor", "Mia Mentor") in table


def test_an_effort_that_comes_after_another_waits_for_it(starting):
    starting.do(
        "sagsbehandler-kui",
        "kobl_sektorplan",
        item="vejledning",
        har_sektorplan="nej",
        ansvarlig="Ulla",
    )
    with pytest.raises(IndsatsVenter, match="Mentor"):
        starting.do("sagsbehandler-kui", "start_indsats", item="vejledning", **STARTED)


def test_what_has_not_started_comes_to_the_coordinator_and_then_to_the_leader(starting):
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    starting.at("2026-12-19T23:00")
    assert "koordinator" not in starting.queues()
    starting.at("2026-12-20T08:00")
    assert starting.queues()["koordinator"] == ["ryk_enheden"]
    starting.at("2026-12-25T08:00")
    assert starting.queues()["JOB-leder"] == ["leder_foelger_op"]
    # The unit can still start it, and then nobody has to be asked.
    starting.do("sagsbehandler-job", "start_indsats", item="mentor", **STARTED)
    assert starting.queues() == {"KUI": ["kobl_sektorplan"]}


def test_an_obstacle_goes_to_the_coordinator_who_agrees_a_new_date(starting):
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    starting.do("sagsbehandler-job", "start_indsats", item="mentor", start_svar="hindret")
    starting.do("sagsbehandler-job", "meld_hindring", item="mentor", aarsag="Ingen mentor ledig")
    starting.do(
        "koordinator-1",
        "aftal_hindring",
        item="mentor",
        start_svar="ny_dato",
        aftalt_dato="2027-01-11",
        aftalt="JOB finder en ny",
    )
    planned = starting.read(lambda s, c: efforts.find(s, c, "mentor").planned_start.isoformat())
    assert planned == "2027-01-11"
    assert "start_indsats" in starting.queues()["JOB"]


def test_an_effort_can_be_given_up_and_the_others_go_on(starting):
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    starting.do("sagsbehandler-job", "start_indsats", item="mentor", start_svar="hindret")
    starting.do("sagsbehandler-job", "meld_hindring", item="mentor", aarsag="Borgeren flyttede")
    starting.do(
        "koordinator-1", "aftal_hindring", item="mentor", start_svar="opgives", aftalt="Ikke mere"
    )
    assert status(starting, "mentor") == "afsluttet_andet"
    assert starting.queues() == {"KUI": ["kobl_sektorplan"]}


def test_an_effort_under_barnets_lov_starts_that_laws_own_follow_up(starting):
    starting.write(lambda s, c: setattr(efforts.find(s, c, "mentor"), "law_area", "BL"))
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    starting.do("sagsbehandler-job", "start_indsats", item="mentor", **STARTED)
    due = starting.read(lambda s, c: deadlines.open_deadlines(s, c, "BL-1")[0].due.isoformat())
    assert due == "2027-03-14"


def test_when_nothing_is_to_be_started_the_case_goes_straight_on(starting):
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    starting.do("sagsbehandler-job", "start_indsats", item="mentor", **STARTED)
    starting.do(
        "sagsbehandler-kui",
        "kobl_sektorplan",
        item="vejledning",
        har_sektorplan="nej",
        ansvarlig="Ulla",
    )
    starting.do("sagsbehandler-kui", "start_indsats", item="vejledning", **STARTED)
    assert starting.queues() == {}
    starting.begin("igangsaet")
    assert starting.queues() == {}


def test_an_effort_that_needs_a_decision_is_decided_by_the_laws_unit_before_it_starts(town):
    town.consenting(uddannelse="stort", beskaeftigelse="noget", familie="noget")
    town.appointed()
    town.begin("plan", anledning="ny")
    town.met()
    efforts_wanted = [{**PLAN["indsatser"][0], "kraever_afgoerelse": True}, PLAN["indsatser"][1]]
    town.do("koordinator-1", "udarbejd_plan", **{**PLAN, "indsatser": efforts_wanted})
    town.do("sagsbehandler-job", "kommenter", item="JOB", **COMMENT)
    town.do("sagsbehandler-kui", "kommenter", item="KUI", **COMMENT)
    town.do("koordinator-1", "borgerens_svar", **ANSWER)
    town.begin("igangsaet")
    assert town.queues() == {"JOB": ["traef_beslutning"], "KUI": ["kobl_sektorplan"]}
    town.do(
        "sagsbehandler-job",
        "traef_beslutning",
        item="mentor",
        beslutning_resultat="nej",
        retsregler="LAB § 167",
        faktum="Borgeren har en mentor",
        hovedhensyn="Én mentor er nok",
        partshoert=True,
    )
    assert status(town, "mentor") == "afslaaet"
    assert town.queues() == {"KUI": ["kobl_sektorplan"]}
    letter = town.read(lambda s, c: letters.of_case(s, c)[-1])
    told = letter.facts["afgoerelser"][0]
    assert (letter.code, told["lov"]) == ("B06", "LAB")
    assert "Ankestyrelsen" in told["klagevejledning"]


def test_an_effort_is_taken_up_once_however_often_the_case_comes_by(starting):
    before = starting.queues()
    starting.begin("igangsaet")
    assert starting.queues() == before


def test_without_a_rule_somebody_fixes_the_day_to_ask_after_an_effort(starting):
    starting.end_rule("kp_8_koordinator", "2026-11-01")
    starting.do("sagsbehandler-job", "kobl_sektorplan", item="mentor", **LINK)
    assert starting.queues()["koordinator"] == ["fastsaet_frist"]
    assert starting.queues()["PRO"] == ["regel_mangler"]
    assert starting.timers("ikke_startet") == []
    day = {"dato": "2026-12-21", "begrundelse": "En uge efter", "revurderes": "2026-12-15"}
    starting.do("koordinator-1", "fastsaet_frist", **day)
    assert starting.timers("ikke_startet") == ["2026-12-21"]
    starting.do("sagsbehandler-job", "start_indsats", item="mentor", **STARTED)
    assert starting.timers("ikke_startet") == []
    assert starting.due("KP-8") == "2026-12-21", "another effort is still to begin"
