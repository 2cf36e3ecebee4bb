"""P04: what is known, who takes part, the meeting, the five contents, the citizen's yes."""

import pytest

from engine.domain import (
    case_roles,
    consent,
    deadlines,
    efforts,
    letters,
    meetings,
    obligations,
    people,
    plan,
)
from engine.domain.assessment import SamtykkeMangler
from engine.domain.plan import PlanenMangler, PlanIkkeForstaaet
from engine.forms import FormErrors
from tests.coordination.conftest import ANSWER, COMMENT, MEETING, PLAN


@pytest.fixture
def planning(town):
    """P04 has begun: KUI coordinates, JOB and FAM take part."""
    town.consenting(uddannelse="stort", beskaeftigelse="noget", familie="noget")
    town.appointed()
    town.begin("plan", anledning="ny")
    return town


def due(town, regel):
    return town.read(
        lambda s, c: [d.due.isoformat() for d in deadlines.open_deadlines(s, c, regel)]
    )


def test_the_units_that_take_part_are_asked_who_comes_and_the_coordinators_own_is_not(planning):
    assert planning.queues() == {
        "FAM": ["bekraeft_deltagelse"],
        "JOB": ["bekraeft_deltagelse"],
        "koordinator": ["helhedsudredning"],
    }
    assert due(planning, "KP-3") == ["2027-01-27"]
    assert due(planning, "KP-6") == ["2026-12-09"]


def test_a_unit_that_does_not_answer_is_left_to_its_leader(planning):
    planning.do("sagsbehandler-job", "bekraeft_deltagelse", deltager=True, deltager_person="Jo")
    planning.at("2026-12-09T23:00")
    assert "FAM" in planning.queues()
    planning.at("2026-12-10T08:00")
    assert "FAM" not in planning.queues()
    assert planning.queues()["FAM-leder"] == ["paalaeg_deltagelse"]
    planning.do("leder-fam", "paalaeg_deltagelse", deltager_person="Fia")
    told = planning.read(lambda s, c: obligations.participants(s, c)["FAM"])
    assert (told.person, told.by_leader) == ("Fia", True)
    assert due(planning, "KP-6") == []


def test_a_unit_that_says_no_is_left_to_its_leader(planning):
    planning.do("sagsbehandler-fam", "bekraeft_deltagelse", deltager_grund="Ingen tid")
    assert planning.queues()["FAM-leder"] == ["paalaeg_deltagelse"]


def test_information_is_fetched_only_from_the_sources_that_the_citizen_named(town):
    town.consenting(uddannelse="stort")
    town.appointed()

    def allow(session, case):
        person = people.citizens(session, case.id)[0]
        consent.give(
            session,
            case,
            person.id,
            consent.OBTAIN,
            counterpart="X-SKO",
            data_types=["uddannelse"],
            purpose="planen",
        )

    town.write(allow)
    town.begin("plan", anledning="ny")
    asked = {
        "oplysningstype": "Fravær",
        "periode": "2026",
        "formaal": "Planen",
        "samtykke_ref": "2. december",
        "oplysning_resultat": "ikke_modtaget",
    }
    town.write(lambda s, c: consent.withdraw(s, c, consent.OBTAIN))
    with pytest.raises(SamtykkeMangler, match="X-SKO"):
        town.do("koordinator-1", "indhent_oplysninger", item="X-SKO", **asked)
    town.write(allow)
    town.do("koordinator-1", "indhent_oplysninger", item="X-SKO", **asked)
    assert town.queues() == {"koordinator": ["helhedsudredning"]}


def test_police_are_taken_off_the_invitation_when_the_citizen_has_not_consented(planning):
    planning.ready_to_meet()
    invited = [{"hvem": "JOB"}, {"hvem": "Mormor Gerda"}, {"hvem": "X-POL"}]
    planning.do("koordinator-1", "indkald_netvaerksmoede", **MEETING, inviterede=invited)
    lights = planning.read(
        lambda s, c: [(i.who, i.light) for i in meetings.planned(s, c)[0].invitees]
    )
    assert lights == [("JOB", "groen"), ("Mormor Gerda", "roed"), ("X-POL", "roed")]
    to = planning.read(lambda s, c: [x.unit for x in letters.of_case(s, c) if x.code == "B03"])
    assert to == [None, "JOB"]


def test_with_consent_they_may_come(planning):
    planning.ready_to_meet()

    def allow(session, case):
        person = people.citizens(session, case.id)[0]
        consent.give(
            session,
            case,
            person.id,
            consent.DISCLOSE,
            counterpart="X-POL",
            data_types=["sociale_forhold"],
            purpose="netværksmøde",
        )

    planning.write(allow)
    planning.do(
        "koordinator-1", "indkald_netvaerksmoede", **MEETING, inviterede=[{"hvem": "politi"}]
    )
    invited = planning.read(lambda s, c: [i.who for i in meetings.planned(s, c)[0].invited])
    assert invited == ["X-POL"]


def test_a_plan_without_one_of_the_five_contents_is_refused(planning):
    planning.met()
    with pytest.raises(PlanenMangler, match="mindst ét mål"):
        planning.do("koordinator-1", "udarbejd_plan", **{**PLAN, "maal": []})
    with pytest.raises(FormErrors):
        planning.do("koordinator-1", "udarbejd_plan", **{**PLAN, "borgerens_holdning": ""})
    assert planning.read(plan.newest) is None


def test_every_unit_with_an_effort_comments_and_silence_does_not_hold_the_plan_back(planning):
    planning.met()
    planning.do("koordinator-1", "udarbejd_plan", **PLAN)
    assert planning.queues() == {"JOB": ["kommenter"], "KUI": ["kommenter"]}
    planning.do("sagsbehandler-job", "kommenter", item="JOB", **COMMENT)
    planning.at("2026-12-11T08:00")
    assert planning.queues() == {"koordinator": ["borgerens_svar"]}
    said = planning.read(
        lambda s, c: [(x.unit, x.silent) for x in plan.comments(s, plan.newest(s, c))]
    )
    assert said == [("JOB", False), ("KUI", True)]
    assert planning.sag.tilstand == "PLAN_AFVENTER_BORGER"


def test_a_citizen_who_wants_changes_gets_a_new_draft_of_the_same_version(planning):
    planning.drafted()
    planning.do("koordinator-1", "borgerens_svar", **{**ANSWER, "plan_svar": "aendringer"})
    assert planning.sag.tilstand == "PLAN_UDARBEJDES"
    assert planning.queues() == {"koordinator": ["udarbejd_plan"]}
    planning.do("koordinator-1", "udarbejd_plan", **{**PLAN, "samlet_situation": "Nyt"})
    assert planning.read(lambda s, c: [v.version for v in plan.versions(s, c)]) == [1]


def test_what_the_citizen_has_not_understood_cannot_be_accepted(planning):
    planning.drafted()
    with pytest.raises(PlanIkkeForstaaet):
        planning.do("koordinator-1", "borgerens_svar", **{**ANSWER, "forstaar_maal": "nej"})


def test_acceptance_puts_the_plan_in_force_obliges_the_units_and_starts_the_follow_up(planning):
    planning.drafted()
    planning.at("2027-01-20T10:00")
    planning.do("koordinator-1", "borgerens_svar", **ANSWER)
    assert planning.sag.tilstand == "PLAN_AKTIV"
    assert due(planning, "KP-1") == ["2027-04-20"]
    assert due(planning, "KP-3") == []
    assert planning.queues() == {}
    told = planning.read(
        lambda s, c: {
            "goals": [g.key for g in plan.goals(s, c)],
            "efforts": [e.key for e in efforts.of_case(s, c)],
            "obliged": sorted(o.unit for o in obligations.running(s, c)),
            "letters": [x.code for x in letters.of_case(s, c)][-1],
            "contacts": [r.who for r in case_roles.table(s, c)],
        }
    )
    assert told == {
        "goals": ["skole"],
        "efforts": ["mentor", "vejledning"],
        "obliged": ["FAM", "JOB", "KUI"],
        "letters": "B04",
        "contacts": ["Fia", "Jo"],
    }


def test_a_second_version_leaves_the_first_readable_and_unchanged(planning):
    planning.drafted()
    planning.do("koordinator-1", "borgerens_svar", **ANSWER)
    planning.begin("plan", anledning="revision")
    assert planning.sag.tilstand == "PLAN_REVIDERES"
    fewer = [row for row in PLAN["indsatser"] if row["noegle"] == "mentor"]
    goals = [{**PLAN["maal"][0], "titel": "Passe skolen hver dag"}]
    planning.do("koordinator-1", "udarbejd_plan", **{**PLAN, "indsatser": fewer, "maal": goals})
    planning.do("sagsbehandler-job", "kommenter", **COMMENT)
    # The version that holds is still the first, word for word.
    held = planning.read(lambda s, c: plan.goals(s, c)[0].own_words)
    assert held == PLAN["maal"][0]["titel"]
    planning.do("koordinator-1", "borgerens_svar", **ANSWER)
    told = planning.read(
        lambda s, c: [(v.version, v.state, plan.is_unchanged(v)) for v in plan.versions(s, c)]
    )
    assert told == [(1, "afloest", True), (2, "accepteret", True)]
    first = planning.read(lambda s, c: plan.versions(s, c)[0].content["maal"][0]["titel"])
    assert first == PLAN["maal"][0]["titel"]
    assert planning.read(lambda s, c: efforts.find(s, c, "vejledning").status) == "afsluttet_andet"
    assert planning.sag.tilstand == "PLAN_AKTIV"


def test_a_replacing_plan_must_tick_the_demands_of_what_it_replaces(planning):
    planning.write(lambda s, c: setattr(c, "plan_tilstand", "erstatter"))
    planning.met()
    with pytest.raises(plan.LovkravMangler, match="5 af deres lovkrav"):
        planning.do("koordinator-1", "udarbejd_plan", **PLAN)
    ticked = ["formaal_og_indsats", "varighed", "ansvar", "saerlige_forhold", "inddragelse"]
    planning.do("koordinator-1", "udarbejd_plan", **PLAN, lovkrav=ticked)
    assert planning.read(lambda s, c: plan.newest(s, c).mode) == "erstatter"


def test_no_plan_is_written_without_the_citizens_consent(planning):
    planning.met()
    planning.write(lambda s, c: consent.withdraw(s, c, consent.PLAN))
    with pytest.raises(Exception, match="intet gyldigt samtykke"):
        planning.do("koordinator-1", "udarbejd_plan", **PLAN)


def test_in_a_family_one_who_leaves_takes_only_their_own_goals_along(planning):
    def add(session, case):
        sister = people.register(session, "Kirsten Testmann", key="kirsten")
        people.add_party(session, case.id, sister.id, "borger")
        others = [p.id for p in people.citizens(session, case.id) if p.id != sister.id]
        return others[0], sister.id

    brother, sister = planning.write(add)
    planning.met()
    goals = [
        {"titel": "Skole til mig", "noegle": "skole", "person": brother},
        {"titel": "Job til mig", "noegle": "job", "person": sister},
        {"titel": "Ro hjemme", "noegle": "ro"},
    ]
    planned = [{**PLAN["indsatser"][0], "person": sister}, PLAN["indsatser"][1]]
    planning.do("koordinator-1", "udarbejd_plan", **{**PLAN, "maal": goals, "indsatser": planned})
    planning.do("sagsbehandler-job", "kommenter", item="JOB", **COMMENT)
    planning.do("sagsbehandler-kui", "kommenter", item="KUI", **COMMENT)
    planning.do("koordinator-1", "borgerens_svar", **ANSWER)

    def leave(session, case):
        plan.leave_out(session, case, sister)
        efforts.leave_out(session, case, sister, "samtykket er trukket tilbage")

    planning.write(leave)
    told = planning.read(
        lambda s, c: (
            [g.key for g in plan.goals(s, c)],
            {e.key: e.status for e in efforts.of_case(s, c)},
        )
    )
    assert told == (["skole", "ro"], {"mentor": "afsluttet_andet", "vejledning": "foreslaaet"})
