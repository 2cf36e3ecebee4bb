"""D4: a case weighs by its stage, against the municipality's norm or the person's own."""

import pytest

from engine.domain import appointment, cases, choices, organisation, workload


@pytest.fixture
def loaded(town):
    """koordinator-1 has one case in each stage of work."""
    town.consenting(uddannelse="stort")

    def add(session, case):
        for state in ("PLAN_UDARBEJDES", "PLAN_AKTIV", "AFSLUTNING_FORBEREDES", "AFSLUTTET"):
            other = cases.create(session, "koordinering", owner_unit="KUI")
            other.koordinator, other.tilstand = "koordinator-1", state
            other.closed_at = other.opened_at if state == "AFSLUTTET" else None

    town.write(add)
    return town


def load(town, username="koordinator-1"):
    return town.read(lambda s, c: workload.load(s, username))


def test_only_open_cases_count_and_each_by_its_stage(loaded):
    assert load(loaded) == workload.Load(start=1, drift=1, afslutning=1, norm=30)


def test_a_new_case_weighs_as_one_that_begins(loaded):
    weights = loaded.read(lambda s, c: workload.weights(s, c.organisationsmodel))
    assert load(loaded).weighted(weights) == 3.0
    assert load(loaded).with_one_more().weighted(weights) == 4.5


def test_a_person_may_have_a_norm_of_their_own(loaded):
    loaded.write(lambda s, c: organisation.change_setting(s, "norm.koordinator-1", 6))
    asked = load(loaded)
    assert asked.norm == 6
    assert load(loaded, "koordinator-2").norm == 30
    percent = loaded.read(lambda s, c: workload.percent(s, asked, c.organisationsmodel))
    assert percent == 50


def test_the_leader_sees_each_candidates_load_with_this_case(loaded):
    offered = loaded.read(choices.coordinators)
    label = next(row["label"] for row in offered if row["value"] == "koordinator-1")
    assert label == "Liv Koordinatorsen, Kommunal ungeindsats: fra 10 % til 15 %"


def test_units_without_coordinators_are_not_offered(loaded):
    offered = {row["value"] for row in loaded.read(choices.hosting_units)}
    assert {"KUI", "VOK", "PSY", "JOB", "FAM", "KOO"} == offered


def test_somebody_who_is_neither_coordinator_nor_caseworker_cannot_be_appointed(loaded):
    with pytest.raises(appointment.IkkeKoordinator, match="Rolf Revisor"):
        loaded.write(lambda s, c: appointment.check_candidate(s, "revisor"))


def test_nobody_deputises_for_themselves(loaded):
    with pytest.raises(appointment.SammePerson):
        loaded.write(
            lambda s, c: appointment.appoint(
                s, c, "koordinator-1", "leder-kui", deputy="koordinator-1"
            )
        )
