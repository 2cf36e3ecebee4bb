"""F10: a coordinator outside the law's unit decides only under a delegation, and only in its time."""

from datetime import date

import pytest

from engine import casework
from engine.domain import delegation
from engine.domain.delegation import IngenDelegation
from engine.queries import competence, task

WANTED = {"lovomraade": "LAB", "beslutningstype": "mentor", "beloeb": 5000}
GIVEN = {
    "delegation_svar": "ja",
    "afgoerelsestyper": ["mentor"],
    "maks_beloeb": 10000,
    "fra": "2026-12-01",
    "til": "2027-05-31",
    "besluttet_af": "Byrådet 1. juni og leder-job",
    "reference": "2026-77",
}
DECIDED = {"beslutning_resultat": "ja", "beslutning_begrundelse": "Borgeren har brug for følge"}


@pytest.fixture
def outside(town):
    """Coordinated in PSY, with decisions under LAB ahead."""
    town.consenting(beskaeftigelse="stort", psykisk="noget")
    town.start("koordinator")
    town.do(
        "sagsbehandler-kui",
        "foreslaa_placering",
        faglig_vurdering="Tryg ved PSY",
        borgers_oenske="PSY",
        kompetence_ok=True,
        beskaeftigelsesafgoerelser=True,
    )
    town.do("leder-psy", "vaelg_person", person="koordinator-4", stedfortraeder="koordinator-1")
    return town


def may(town, type, amount=None):
    return town.read(
        lambda s, c: delegation.why_not(s, c, "koordinator-4", "LAB", type, amount) is None
    )


def test_the_laws_unit_is_asked_and_the_course_goes_on(outside):
    assert outside.queues() == {"JOB-leder": ["giv_delegation"]}
    assert outside.sag.tilstand == "KOORDINATOR_UDPEGET"


def beside(town, who, element):
    with town.store.reading() as session:
        found = task.task(session, who, town.task(who, element))
        sheet = task.sheet(session, who, found)
        return competence.beside(session, found, sheet.form, sheet.context)


def test_who_delegates_or_decides_reads_under_which_law_what_and_by_what_right(outside):
    asked = beside(outside, "leder-job", "giv_delegation")
    law = "Lov om en aktiv beskæftigelsesindsats"
    assert (asked.law, asked.what, asked.by) == (law, "", None)
    assert (asked.coordinator, asked.coordinators_unit) == ("Per Gennemgående", "Socialpsykiatri")
    outside.do("leder-job", "giv_delegation", **GIVEN)
    outside.start("beslutning_efter_lov", **WANTED)
    found = beside(outside, "koordinator-4", "traef_beslutning")
    assert (found.law, found.what, found.amount) == (law, "Mentor", 5000)
    assert found.by == competence.Delegated("Beskæftigelse", date(2027, 5, 31), 10000)


def test_without_a_delegation_the_decision_lies_with_the_laws_unit(outside):
    outside.start("beslutning_efter_lov", **WANTED)
    assert outside.queues()["JOB"] == ["traef_beslutning"]
    outside.do("sagsbehandler-job", "traef_beslutning", **DECIDED)
    assert "JOB" not in outside.queues()


def test_with_one_it_lies_with_the_coordinator_for_that_type_and_time_only(outside):
    outside.do("leder-job", "giv_delegation", **GIVEN)
    outside.start("beslutning_efter_lov", **WANTED)
    assert outside.queues() == {"koordinator": ["traef_beslutning"]}
    outside.do("koordinator-4", "traef_beslutning", **DECIDED)
    outside.start("beslutning_efter_lov", lovomraade="LAB", beslutningstype="sanktion")
    assert outside.queues() == {"JOB": ["traef_beslutning"]}
    outside.do("sagsbehandler-job", "traef_beslutning", **DECIDED)
    outside.at("2027-05-31T23:00")
    assert may(outside, "mentor")
    outside.at("2027-06-01T00:30")
    assert not may(outside, "mentor")
    outside.start("beslutning_efter_lov", **WANTED)
    assert outside.queues() == {"JOB": ["traef_beslutning"]}


def test_a_task_that_waits_past_the_delegation_goes_to_the_laws_unit(outside):
    outside.do("leder-job", "giv_delegation", **GIVEN)
    outside.start("beslutning_efter_lov", **WANTED)
    outside.at("2027-05-31T23:59")
    assert outside.queues()["koordinator"] == ["traef_beslutning"]
    outside.at("2027-06-01T00:01")
    assert "traef_beslutning" in outside.queues()["JOB"]
    outside.do("sagsbehandler-job", "traef_beslutning", **DECIDED)


def test_a_task_that_waits_when_the_delegation_is_called_back_goes_to_the_laws_unit(outside):
    outside.do("leder-job", "giv_delegation", **GIVEN)
    outside.start("beslutning_efter_lov", **WANTED)
    assert outside.queues() == {"koordinator": ["traef_beslutning"]}
    given = outside.read(lambda s, c: delegation.of_case(s, c)[0].id)
    casework.withdraw_delegation(outside.store, given, "Fordi", by="leder-job")
    assert outside.queues() == {"JOB": ["traef_beslutning"]}


def test_a_coordinator_without_the_delegation_cannot_decide_the_task_of_the_one_before(outside):
    outside.do("leder-job", "giv_delegation", **GIVEN)
    outside.start("beslutning_efter_lov", **WANTED)
    outside.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    with pytest.raises(IngenDelegation, match=r"ingen delegation i sagen.*Beskæftigelse"):
        outside.do("koordinator-1", "traef_beslutning", **DECIDED)


def test_why_the_coordinator_may_not_is_said_in_words(outside):
    def why(type, amount=None):
        return outside.read(
            lambda s, c: delegation.why_not(s, c, "koordinator-4", "LAB", type, amount)
        )

    assert why("mentor") == "der er ingen delegation i sagen"
    outside.do("leder-job", "giv_delegation", **{**GIVEN, "fra": "2026-12-10"})
    assert why("mentor") == "delegationen gælder først fra 10.12.2026"
    outside.at("2026-12-10T09:00")
    assert why("mentor") is None
    assert why("sanktion") == "delegationen omfatter ikke sanktion"
    assert why("mentor", 20000) == "beløbet er over delegationens grænse på 10000 kr."


def test_a_delegation_can_be_called_back(outside):
    outside.do("leder-job", "giv_delegation", **GIVEN)
    outside.write(lambda s, c: delegation.withdraw(s, delegation.of_case(s, c)[0], "leder-job"))
    assert not may(outside, "mentor")


def test_nobody_asks_for_the_same_delegation_twice(outside):
    with pytest.raises(delegation.AlleredeBedtOm, match=r"LAB.*Beskæftigelse"):
        outside.start("delegation", lovomraade="LAB")
    assert outside.queues() == {"JOB-leder": ["giv_delegation"]}
    outside.start("delegation", lovomraade="SEL")
    # Answered, it may be asked for again.
    outside.do("leder-job", "giv_delegation", delegation_svar="nej")
    outside.start("delegation", lovomraade="LAB")
    assert outside.queues()["JOB-leder"] == ["giv_delegation"]


def test_one_that_ends_before_it_begins_is_refused(outside):
    with pytest.raises(delegation.ForkertPeriode):
        outside.do("leder-job", "giv_delegation", **{**GIVEN, "til": "2026-11-01"})


def test_a_unit_that_says_no_keeps_its_decisions(outside):
    outside.do("leder-job", "giv_delegation", delegation_svar="nej")
    assert outside.queues() == {}
    assert not may(outside, "mentor")
