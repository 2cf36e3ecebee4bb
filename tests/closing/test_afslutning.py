"""P12: a case closes when nothing holds it, and only then."""

from __future__ import annotations

import pytest

from engine.domain import cases, closure, consent, deadlines, notes, obligations, registration
from engine.errors import Refused

WEIGHED = {
    "maal_naaet": "ja",
    "parallelle": "ingen",
    "koordinator_vurdering": "luk",
    "begrundelse": "Han er i skole",
}
RELEASED = {"resultat": "maal_opfyldt_og_frigivet", "bevis": "Skolen har skrevet"}
TRANSFERRED = {
    "resultat": "overfoert_til_sektorplan",
    "sektorplan": "handleplan_141",
    "ansvarlig": "Vera Voksen",
    "telefon": "12345678",
    "naeste_opfoelgning": "2027-09-01",
    "bevis": "Planen er skrevet",
}
TALKED = {
    "borger_ved_hvem": True,
    "kontakt": "Vera Voksen, 12345678",
    "efteropfoelgning": "ja",
    "tilbagevendelse": True,
}
REGISTERED = {
    "gennemfoert": "ja",
    "roller": ["koordinerende"],
    "trivsel_borger": "bedre",
    "trivsel_sagsbehandler": "positivt",
    "stoettebehov_hjem": "let",
    "stoettebehov_oekonomi": "intet",
}


def weigh(course, **answers):
    course.begin("afslutning")
    course.do("koordinator-1", "vurder_afslutning", **(WEIGHED | answers))


def release(course, **fam):
    course.do("sagsbehandler-job", "frigiv_eller_overfoer", item="JOB", **RELEASED)
    course.do("sagsbehandler-fam", "frigiv_eller_overfoer", item="FAM", **(fam or RELEASED))


def finish(course, **talk):
    course.do("koordinator-1", "borgersamtale", **(TALKED | talk))
    course.do("koordinator-1", "registrering_2", **REGISTERED)


def test_a_case_closes_when_the_goals_are_met_and_every_unit_is_released(course):
    course.at("2027-03-31T10:00")
    weigh(course)
    assert course.sag.tilstand == "AFSLUTNING_FORBEREDES"
    release(course)
    finish(course)
    assert course.sag.tilstand == "EFTEROPFOELGNING"
    assert course.sag.afslutning_aarsag == "maal_opfyldt"
    assert course.letters() == [("B12", "kasper")]
    assert course.due("FS-2-efter") == "2027-06-30"
    assert course.due("KP-1") is None
    assert course.read(lambda s, c: consent.in_force(s, c)) == []
    assert course.timers("registrering_3_tid") == ["2027-06-30"]


def test_the_third_registration_comes_three_months_after_and_may_be_missing(course):
    course.at("2027-03-31T10:00")
    weigh(course)
    release(course)
    finish(course)
    course.at("2027-06-30T09:00")
    course.do("koordinator-1", "registrering_3", gennemfoert="ikke_kontakt")
    rows = course.read(lambda s, c: [(r.number, r.complete) for r in registration.of_case(s, c)])
    assert rows == [(2, True), (3, False)]
    third = course.read(lambda s, c: registration.get(s, c, 3))
    assert (third.missing_because, str(third.due)) == ("ikke_kontakt", "2027-06-30")
    assert course.due("FS-2-efter") is None


def test_who_does_not_want_to_be_asked_again_is_not(course):
    weigh(course)
    release(course)
    finish(course, efteropfoelgning="nej")
    assert course.sag.tilstand == "AFSLUTTET"
    assert course.timers("registrering_3_tid") == []


def test_two_of_three_goals_and_no_parallel_efforts_close_to_the_units_own_plan(course):
    weigh(course, maal_naaet="delvist", parallelle="ophoert")
    release(course, **TRANSFERRED)
    finish(course)
    assert course.sag.afslutning_aarsag == "sideloebende_ophoert"
    rows = course.read(lambda s, c: {o.unit: o for o in obligations.of_case(s, c)})
    assert rows["FAM"].ended_reason == "overfoert_til_sektorplan"
    assert (str(rows["FAM"].next_due), rows["FAM"].contact) == ("2027-09-01", "Vera Voksen")


def test_a_goal_that_is_not_met_lets_the_course_go_on(course):
    weigh(course, maal_naaet="nej", parallelle="fortsaetter")
    assert course.sag.tilstand == "PLAN_AKTIV"
    assert course.variable("afslutning_udfald") == "fortsaet"
    assert course.queues() == {}


@pytest.mark.parametrize(
    ("view", "state"), [("luk", "AFSLUTNING_FORBEREDES"), ("fortsaet", "PLAN_AKTIV")]
)
def test_the_coordinator_says_whether_parallel_efforts_still_need_coordination(course, view, state):
    weigh(course, parallelle="fortsaetter", koordinator_vurdering=view)
    assert course.sag.tilstand == state


@pytest.mark.parametrize(
    ("said", "state"), [("luk", "AFSLUTNING_FORBEREDES"), ("fortsaet", "PLAN_AKTIV")]
)
def test_without_contact_the_leader_decides(course, said, state):
    weigh(course, maal_naaet="nej", parallelle="fortsaetter", ikke_kontakt=True)
    assert course.queues() == {"ejer-leder": ["leder_afgoer_afslutning"]}
    course.do(
        "leder-kui", "leder_afgoer_afslutning", leder_beslutning=said, begrundelse="To forsøg"
    )
    assert course.sag.tilstand == state


def test_an_unjournalised_document_holds_the_case_until_it_is_on_record(course):
    course.write(
        lambda s, c: notes.write(s, c, "Udtalelse", "…", "koordinator-1", journalise=False)
    )
    weigh(course)
    assert course.queues() == {"koordinator": ["ryd_op_foer_afslutning"]}
    said = course.read(lambda s, c: cases.view(s, c)["spaerrer_afslutning"])
    assert said == "dokumentet »Udtalelse« er ikke journaliseret"
    course.do("koordinator-1", "ryd_op_foer_afslutning", hvad_er_gjort="Ikke noget endnu")
    assert course.queues() == {"koordinator": ["ryd_op_foer_afslutning"]}
    course.write(lambda s, c: notes.put_on_record(s, c, notes.not_on_record(s, c)[0]))
    course.do("koordinator-1", "ryd_op_foer_afslutning", hvad_er_gjort="Journaliseret")
    assert set(course.queues()) == {"JOB", "FAM"}


def test_an_obligation_nobody_has_released_keeps_the_case_open(course):
    weigh(course)
    release(course)
    course.do("koordinator-1", "borgersamtale", **TALKED)
    course.write(lambda s, c: obligations.begin(s, c, "PSY", []))
    with pytest.raises(closure.SagenKanIkkeLukkes, match="PSY"):
        course.do("koordinator-1", "registrering_2", **REGISTERED)
    assert course.sag.tilstand == "AFSLUTNING_FORBEREDES"


def test_a_withdrawn_consent_winds_the_case_up_without_a_third_registration(course):
    course.write(
        lambda s, c: (
            consent.withdraw(s, c, "plan"),
            setattr(c, "tilstand", "SAMTYKKE_TRUKKET"),
        )
    )
    course.begin("afslutning", aarsag="samtykke_trukket")
    assert course.sag.tilstand == "AFVIKLING"
    release(course, **TRANSFERRED)
    finish(course)
    assert course.sag.tilstand == "AFSLUTTET"
    assert course.sag.afslutning_aarsag == "samtykke_trukket"
    assert course.variable("afslutning_udfald") == "lukket"


def test_a_complaint_deadline_outlives_the_case(course):
    course.write(lambda s, c: deadlines.start(s, c, "RSL-2"))
    weigh(course)
    release(course)
    finish(course)
    assert course.due("RSL-2") == "2027-02-17"


def test_every_reason_has_words():
    assert set(closure.BY_ROW.values()) <= set(closure.REASONS)
    assert all(words[0].isupper() for words in closure.REASONS.values())
    assert issubclass(closure.SagenKanIkkeLukkes, Refused)
