"""P09: the deputy takes over at once, or the change is announced; old access closes by itself."""

import pytest

from engine.domain import access, appointment, letters, meetings

NOTE = {"situation": "Skolen er i gang", "relation": "Skriv, før du ringer"}
MEETING = {
    "deltagere": "Begge koordinatorer og borgeren",
    "moedet_holdt": "2026-12-07",
    "gennemgaaet": "Plan og aftaler",
    "borgerens_oenske": "At mødes samme sted",
}


@pytest.fixture
def coordinated(town):
    town.consenting(uddannelse="stort")
    town.appointed()
    return town


def codes(town):
    return town.read(lambda s, c: [letter.code for letter in letters.of_case(s, c)])


def choose(town, person="koordinator-3", **answers):
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Stadig uddannelse")
    town.do("leder-kui", "vaelg_person", person=person, begrundelse="kender borgeren", **answers)


def sees(town, user):
    return town.read(lambda s, c: access.may_see(s, user, c))


def test_when_it_is_acute_the_deputy_acts_at_once_and_the_citizen_is_told_the_same_day(coordinated):
    coordinated.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    assert coordinated.sag.koordinator == "koordinator-2"
    assert codes(coordinated) == ["B02", "B11"]
    assert coordinated.queues() == {
        "ejer-leder": ["mangler_stedfortraeder"],
        "koordinator": ["skriv_overdragelsesnotat"],
    }


def test_the_task_to_appoint_a_deputy_closes_when_the_change_brings_one(coordinated):
    town = coordinated
    town.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    town.do("koordinator-2", "skriv_overdragelsesnotat", **NOTE)
    choose(town, stedfortraeder="koordinator-4")
    town.do("koordinator-2", "overdragelsesmoede", **MEETING, borger_bekraeftet="ja")
    assert (town.sag.koordinator, town.sag.stedfortraeder) == ("koordinator-3", "koordinator-4")
    assert town.queues() == {}


def test_without_a_deputy_the_offering_unit_holds_the_coordinators_tasks(town):
    town.consenting(uddannelse="stort")
    town.appointed(deputy=None)
    town.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    assert town.sag.koordinator is None
    town.do("leder-kui", "skriv_overdragelsesnotat", **NOTE)
    choose(town)
    assert "overdragelsesmoede" in town.queues()["koordinator"]


def test_a_planned_change_waits_for_its_notice_and_then_closes_the_old_access(coordinated):
    town = coordinated
    town.begin("koordinatorskifte", akut=False, skift_aarsag="jobskifte")
    town.do("koordinator-1", "skriv_overdragelsesnotat", **NOTE)
    choose(town, person="koordinator-4", stedfortraeder="koordinator-3")
    assert codes(town) == ["B02", "B11"]
    town.do("koordinator-1", "overdragelsesmoede", **MEETING, borger_bekraeftet="ja")
    town.at("2026-12-15T23:00")
    assert town.sag.koordinator == "koordinator-1"
    town.at("2026-12-16T09:00")
    assert town.sag.koordinator == "koordinator-4"
    assert sees(town, "koordinator-3")
    # KP-13: koordinator-1 hands over until the 21st, though their unit keeps the case.
    town.write(lambda s, c: setattr(c, "owner_unit", "PSY"))
    town.write(_let_unit_go)
    town.at("2026-12-21T23:00")
    assert sees(town, "koordinator-1")
    town.at("2026-12-22T00:30")
    assert not sees(town, "koordinator-1")


def _let_unit_go(session, case):
    from engine.domain import cases

    cases.let_go(session, case, "KUI")


def test_a_citizen_who_cannot_be_reached_is_tried_twice(coordinated):
    town = coordinated
    town.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    town.do("koordinator-2", "skriv_overdragelsesnotat", **NOTE)
    choose(town)
    town.do("koordinator-2", "overdragelsesmoede", **MEETING, borger_bekraeftet="ikke_truffet")
    assert "kontakt_borgeren" in town.queues()["koordinator"]
    assert town.sag.koordinator == "koordinator-2"
    town.do(
        "koordinator-2",
        "kontakt_borgeren",
        borger_bekraeftet="ikke_truffet",
        forsoeg_notat="Ringede og skrev",
    )
    assert town.sag.koordinator == "koordinator-3"


def test_a_citizen_who_wants_somebody_else_is_heard(coordinated):
    town = coordinated
    town.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    town.do("koordinator-2", "skriv_overdragelsesnotat", **NOTE)
    choose(town)
    town.do("koordinator-2", "overdragelsesmoede", **MEETING, borger_bekraeftet="oensker_anden")
    choose(town, person="koordinator-4")
    town.do("koordinator-2", "overdragelsesmoede", **MEETING, borger_bekraeftet="ja")
    assert town.sag.koordinator == "koordinator-4"
    assert town.read(lambda s, c: len(meetings.of_case(s, c))) == 2


def test_every_coordinator_and_why_they_ended_stay_in_the_history(coordinated):
    town = coordinated
    town.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    town.do("koordinator-2", "skriv_overdragelsesnotat", **NOTE)
    choose(town)
    town.do("koordinator-2", "overdragelsesmoede", **MEETING, borger_bekraeftet="ja")
    told = town.read(
        lambda s, c: [(r.username, r.role, r.ended_because) for r in appointment.history(s, c)]
    )
    assert sorted(told) == sorted(
        [
            ("koordinator-1", "koordinator", "sygdom"),
            ("koordinator-2", "stedfortraeder", "sygdom"),
            ("koordinator-2", "fungerende", "sygdom"),
            ("koordinator-3", "kommende", "overtaget"),
            ("koordinator-3", "koordinator", None),
        ]
    )


def change_to(town, person):
    town.begin("koordinatorskifte", akut=False, skift_aarsag="jobskifte")
    town.do("koordinator-1", "skriv_overdragelsesnotat", **NOTE)
    town.do("sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Tryg ved PSY", **WISH)
    town.do("leder-psy", "vaelg_person", person=person, stedfortraeder="koordinator-1")


WISH = {"borgers_oenske": "PSY", "kompetence_ok": True}


def test_who_is_to_take_over_reads_the_case_from_the_day_it_is_announced(coordinated):
    town = coordinated
    assert not sees(town, "koordinator-4")
    change_to(town, "koordinator-4")
    assert town.read(appointment.incoming) == "koordinator-4"
    assert sees(town, "koordinator-4") and town.sag.koordinator == "koordinator-1"
    seen = town.read(lambda s, c: access.parts(s, "koordinator-4", c))
    assert seen == access.EVERY_PART
    assert not town.read(lambda s, c: s.scalars(access.visible_tasks(s, "koordinator-4")).all())


def test_who_will_not_take_over_after_all_reads_no_more(coordinated):
    town = coordinated
    change_to(town, "koordinator-4")
    town.do("koordinator-1", "overdragelsesmoede", **MEETING, borger_bekraeftet="oensker_anden")
    assert not sees(town, "koordinator-4")
