"""P03: a coordinator and a deputy, placed by need, weighed against the norm."""

import pytest

from engine.domain import candidates, deadlines, letters, organisation
from engine.domain.appointment import KoordinatorOverNorm
from engine.queries import placement, task


def setting(town, name, value):
    town.write(lambda session, case: organisation.change_setting(session, name, value))


def test_the_unit_with_the_largest_need_gets_the_case_and_its_leader_chooses(town):
    town.consenting(uddannelse="stort", familie="noget", forsoergelse="noget")
    town.start("koordinator")
    assert town.queues() == {"ejer": ["foreslaa_placering"]}
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Skolen fylder mest")
    assert town.queues() == {"KUI-leder": ["vaelg_person"]}
    town.do("leder-kui", "vaelg_person", person="koordinator-1", stedfortraeder="koordinator-2")
    assert (town.sag.koordinator, town.sag.stedfortraeder) == ("koordinator-1", "koordinator-2")
    assert town.sag.tilstand == "KOORDINATOR_UDPEGET"
    assert town.queues() == {}
    assert town.read(lambda s, c: [x.code for x in letters.of_case(s, c)]) == ["B02"]


def beside(town, who, element):
    with town.store.reading() as session:
        found = task.task(session, who, town.task(who, element))
        return placement.beside(session, found, task.sheet(session, who, found).form)


def test_the_leader_reads_where_the_rule_places_the_case_and_what_was_weighed(town):
    town.consenting(uddannelse="stort", familie="noget")
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Skolen fylder mest")
    found = beside(town, "leder-kui", "vaelg_person")
    assert (found.unit, found.decided_by, found.chosen) == ("Kommunal ungeindsats", "", None)
    assert (found.assessment, found.wish) == ("Skolen fylder mest", "")
    # The candidates of the unit that the rule pointed out come first, and are told so.
    first = town.read(candidates.ranked)[0]
    assert (first.unit, first.placed) == ("KUI", True)


def test_who_approves_a_load_reads_whose_it_is_and_why(town):
    town.consenting(uddannelse="stort")
    setting(town, "norm.koordinator-1", 1)
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="x")
    town.do("leder-kui", "vaelg_person", person="koordinator-1", begrundelse="kender borgeren")
    chosen = beside(town, "leder-kui", "godkend_belastning").chosen
    assert chosen == placement.Chosen("Liv Koordinatorsen", "fra 0 % til 150 %", "kender borgeren")


def test_the_deadline_is_five_working_days_after_the_yes_and_met_by_the_appointment(town):
    town.consenting(uddannelse="stort")
    town.start("koordinator")
    due = town.read(lambda s, c: deadlines.open_deadlines(s, c, "KP-5")[0].due.isoformat())
    assert due == "2026-12-09"
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="x")
    town.do("leder-kui", "vaelg_person", person="koordinator-1")
    assert town.read(lambda s, c: deadlines.open_deadlines(s, c, "KP-5")) == []


def test_above_the_norm_a_reason_is_demanded_and_nothing_is_saved_without(town):
    town.consenting(uddannelse="stort")
    setting(town, "norm.koordinator-1", 1)
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="x")
    with pytest.raises(KoordinatorOverNorm, match="150 procent"):
        town.do("leder-kui", "vaelg_person", person="koordinator-1")
    assert town.queues() == {"KUI-leder": ["vaelg_person"]}


def test_above_110_percent_the_leader_approves_before_the_appointment(town):
    town.consenting(uddannelse="stort")
    setting(town, "norm.koordinator-1", 1)
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="x")
    town.do("leder-kui", "vaelg_person", person="koordinator-1", begrundelse="kender borgeren")
    assert town.queues() == {"KUI-leder": ["godkend_belastning"]}
    assert town.sag.koordinator is None
    town.do(
        "leder-kui",
        "godkend_belastning",
        belastning_svar="godkendt",
        godkendelse_begrundelse="To sager slutter i denne uge",
    )
    assert town.sag.koordinator == "koordinator-1"


def test_a_leader_who_does_not_approve_chooses_again(town):
    town.consenting(uddannelse="stort")
    setting(town, "norm.koordinator-1", 1)
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="x")
    town.do("leder-kui", "vaelg_person", person="koordinator-1", begrundelse="kender borgeren")
    town.do(
        "leder-kui", "godkend_belastning", belastning_svar="afvist", godkendelse_begrundelse="nej"
    )
    town.do("leder-kui", "vaelg_person", person="koordinator-2")
    assert town.sag.koordinator == "koordinator-2"


def test_without_a_deputy_a_task_waits_with_the_owner_units_leader_until_one_is_appointed(town):
    town.consenting(uddannelse="stort")
    town.appointed(deputy=None)
    assert town.queues() == {"ejer-leder": ["mangler_stedfortraeder"]}
    town.do("leder-kui", "mangler_stedfortraeder", stedfortraeder="koordinator-3")
    assert town.sag.stedfortraeder == "koordinator-3"
    assert town.queues() == {}


def test_the_citizens_wish_for_a_unit_with_the_skill_comes_first(town):
    town.consenting(uddannelse="stort", beskaeftigelse="noget")
    town.start("koordinator")
    town.do(
        "sagsbehandler-kui",
        "foreslaa_placering",
        faglig_vurdering="Borgeren er tryg ved PSY",
        borgers_oenske="PSY",
        kompetence_ok=True,
    )
    assert town.queues() == {"PSY-leder": ["vaelg_person"]}


def test_a_unit_with_special_knowledge_is_the_leaders_decision(town):
    town.consenting(uddannelse="stort")
    town.start("koordinator")
    town.do(
        "sagsbehandler-kui",
        "foreslaa_placering",
        faglig_vurdering="Kræver viden om psykose",
        saerlig_viden_enhed="PSY",
    )
    assert town.queues() == {"ejer-leder": ["beslut_placering"]}
    town.do(
        "leder-kui", "beslut_placering", placering_enhed="PSY", placering_begrundelse="Særlig viden"
    )
    town.do("leder-psy", "vaelg_person", person="koordinator-4")
    assert town.sag.koordinator == "koordinator-4"


def test_a_person_of_another_unit_needs_a_reason(town):
    town.consenting(uddannelse="stort")
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="x")
    with pytest.raises(Exception, match="hører ikke til KUI"):
        town.do("leder-kui", "vaelg_person", person="koordinator-3")
    town.do("leder-kui", "vaelg_person", person="koordinator-3", begrundelse="kender familien")
    assert town.sag.koordinator == "koordinator-3"
