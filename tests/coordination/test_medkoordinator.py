"""A co-coordinator shares the follow-up of a case for a period (R3.09)."""

from __future__ import annotations

import pytest

from engine import casework
from engine.domain import access, appointment, case_roles, letters, organisation, workload
from engine.domain.appointment import ErKoordinator, KoordinatorOverNorm
from engine.errors import Refused


@pytest.fixture
def shared(town):
    """koordinator-1 coordinates and koordinator-4 shares the case to the end of February."""
    town.consenting(uddannelse="stort", beskaeftigelse="noget")
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Uddannelse")
    town.do(
        "leder-kui",
        "vaelg_person",
        person="koordinator-1",
        stedfortraeder="koordinator-2",
        medkoordinator="koordinator-4",
        medkoordinator_til="2027-02-28",
    )
    return town


def co_coordinator(town) -> str | None:
    return town.read(lambda s, c: appointment._co_coordinator(s, c))


def sees(town, who: str) -> bool:
    return town.read(lambda s, c: access.may_see(s, who, c))


def test_the_leader_appoints_a_co_coordinator_together_with_the_coordinator(shared):
    assert shared.sag.koordinator == "koordinator-1"
    assert co_coordinator(shared) == "koordinator-4"
    assert sees(shared, "koordinator-4")
    rows = shared.read(case_roles._who_does_what)
    assert [row["rolle"] for row in rows] == ["koordinator", "stedfortraeder", "medkoordinator"]


def test_the_citizen_is_told_who_helps_and_when_the_help_is_over(shared):
    def told(session, case):
        found = letters.of_case(session, case)
        return [row.facts["medkoordinator"] for row in found if row.code == "B02"]

    assert shared.read(told) == [None, "koordinator-4"]
    shared.at("2027-03-01T00:01")
    assert shared.read(told) == [None, "koordinator-4", None]


def test_access_ends_with_the_agreed_day_also_before_the_timer_has_run(shared):
    shared.at("2027-02-28T23:59")
    assert sees(shared, "koordinator-4")
    shared.clock.advance(minutes=2)
    assert not sees(shared, "koordinator-4")
    shared.at("2027-03-01T00:02")
    assert co_coordinator(shared) is None


def test_the_coordinator_ends_the_help_earlier(shared):
    shared.tell("medkoordinator_slutter")
    assert co_coordinator(shared) is None
    assert not sees(shared, "koordinator-4")


def test_other_tasks_of_the_coordinator_are_not_shared(shared):
    shared.begin("visitation")
    task = shared.task("koordinator-1", "indstilling")
    with shared.store.reading() as session:
        assert task not in {row.id for row in session.scalars(_tasks(session, "koordinator-4"))}
    with pytest.raises(Refused):
        casework.claim(shared.store, task, by="koordinator-4")


def test_the_follow_up_is_shared_and_the_municipality_may_share_more(shared):
    shared.write(
        lambda s, c: organisation.change_setting(s, "medkoordinator.processer", ["visitation"])
    )
    shared.begin("visitation")
    task = shared.task("koordinator-4", "indstilling")
    casework.claim(shared.store, task, by="koordinator-4")


def test_a_shared_case_weighs_a_part_of_a_case(shared):
    def carried(session, case):
        return workload.load(session, "koordinator-4").start

    assert shared.read(carried) == 0.5
    shared.write(lambda s, c: organisation.change_setting(s, "medkoordinator.andel", 1))
    assert shared.read(carried) == 1
    shared.tell("medkoordinator_slutter")
    assert shared.read(carried) == 0


def test_a_co_coordinator_over_the_norm_needs_a_reason(town):
    town.consenting(uddannelse="stort")
    town.appointed()
    town.write(lambda s, c: organisation.change_setting(s, "norm.koordinator-4", 0.5))
    town.tell("medkoordinator_oenskes")
    chosen = {"beslutning": "ja", "medkoordinator": "koordinator-4"}
    with pytest.raises(KoordinatorOverNorm):
        town.do("leder-kui", "vaelg_medkoordinator", **chosen)
    town.do("leder-kui", "vaelg_medkoordinator", **chosen, begrundelse="Kender familien")
    assert co_coordinator(town) == "koordinator-4"


def test_nobody_is_both_coordinator_and_co_coordinator(town):
    town.consenting(uddannelse="stort")
    town.start("koordinator")
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Uddannelse")
    with pytest.raises(ErKoordinator):
        town.do("leder-kui", "vaelg_person", person="koordinator-1", medkoordinator="koordinator-1")


def test_a_deputy_who_takes_over_stops_being_the_co_coordinator(town):
    town.consenting(uddannelse="stort")
    town.appointed()
    town.begin("medkoordinator", valgt_medkoordinator="koordinator-2")
    assert co_coordinator(town) == "koordinator-2"
    town.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    assert town.sag.koordinator == "koordinator-2"
    assert co_coordinator(town) is None


def _tasks(session, who):
    return access.visible_tasks(session, who)


def test_help_ends_with_the_case_and_the_citizen_gets_no_letter_about_it(shared):
    shared.at("2026-12-03T10:00")
    shared.tell("sag_lukket")
    assert co_coordinator(shared) is None
    assert not sees(shared, "koordinator-4")
    letters_sent = shared.read(lambda s, c: [row.code for row in letters.of_case(s, c)])
    assert letters_sent == ["B02", "B02"]
