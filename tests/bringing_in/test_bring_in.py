"""A running case takes its place in the spine, and goes on from there like any other."""

from datetime import date

import pytest
from sqlalchemy import select

from engine import casework, events
from engine.domain import (
    appointment,
    brought_in,
    cases,
    consent,
    deadlines,
    followup,
    obligations,
    plan,
)
from engine.domain.cases import Case


def bring(town, told, by="administrator") -> str:
    town.nummer = casework.bring_in(town.store, told, by=by)
    casework.run_due(town.store)
    return town.nummer


def test_the_case_stands_in_the_active_plan_and_the_next_follow_up_is_counted_from_the_last(
    town, kasper
):
    bring(town, kasper())

    def check(session, case):
        assert (case.tilstand, case.koordinator) == ("PLAN_AKTIV", "koordinator-1")
        assert case.stedfortraeder == "koordinator-2"
        assert [g.own_words for g in plan.goals(session, case)] == list(kasper().goals)
        assert {(o.unit, o.valid_from) for o in obligations.running(session, case)} == {
            ("BOL", date(2025, 11, 3)),
            ("X-RPS", date(2025, 11, 3)),
        }
        [duty] = followup.duties(session, case)
        assert (duty.regel, duty.due) == ("KP-2", date(2027, 3, 15))
        assert consent.accepted_on(session, case) == date(2025, 10, 20)
        assert followup.last_held(session, case) == date(2026, 9, 15)

    town.read(check)
    assert town.queues() == {}


def test_without_a_follow_up_held_the_first_one_is_counted_from_the_acceptance(town, kasper):
    bring(town, kasper(last_held=None))
    [duty] = town.read(followup.duties)
    assert (duty.regel, duty.due) == ("KP-1", date(2026, 2, 3))
    # That day has passed: the task is there at once, not lost.
    assert "forbered_opfoelgning" in town.queues()["koordinator"]


def test_the_course_goes_on_through_the_ordinary_follow_up(town, kasper):
    bring(town, kasper())
    town.at("2027-03-15T09:00")
    town.do("koordinator-1", "forbered_opfoelgning")
    goals = town.read(lambda session, case: [g.key for g in plan.goals(session, case)])
    town.do(
        "koordinator-1",
        "opfoelgningsmoede",
        afholdt="2027-03-15",
        moedeform="fysisk",
        maal_status=[{"maal": key, "status": "i_gang"} for key in goals],
        kollision="nej",
        aendring="ingen",
        nyt_siden_sidst="Intet nyt",
    )
    assert town.read(followup.due) == date(2027, 9, 15)


def test_a_missing_yes_is_a_task_and_a_yes_ends_it(town, kasper):
    bring(town, kasper(consents=kasper().consents[1:]))
    assert town.queues() == {"koordinator": ["indhent_ja"]}
    assert not town.read(lambda session, case: consent.in_force(session, case, consent.PLAN))
    assert town.sag.tilstand == "MODTAGET"
    town.do(
        "koordinator-1",
        "indhent_ja",
        plan_svar="ja",
        form="skriftlig",
        givet_dato="2026-12-01",
        forklaret_af="Karin",
    )
    assert town.queues() == {}
    assert town.read(consent.accepted_on) == date(2026, 12, 1)
    assert town.sag.tilstand == "PLAN_AKTIV"
    assert town.read(followup.due) == date(2027, 3, 15)


def test_a_no_to_the_plan_winds_the_course_down(town, kasper):
    bring(town, kasper(consents=()))
    town.do("koordinator-1", "indhent_ja", plan_svar="nej")
    assert town.sag.tilstand == "AFVIKLING"


def test_a_partner_without_consent_sees_nothing_and_the_consent_is_a_task(town, kasper):
    bring(town, kasper(consents=kasper().consents[:1]))
    assert town.queues() == {"koordinator": ["indhent_samtykker"]}
    assert town.read(brought_in.recipients_without) == ["X-RPS"]


def test_a_missing_deputy_is_a_task_of_the_leader(town, kasper):
    bring(town, kasper(deputy=None))
    assert "mangler_stedfortraeder" in str(town.queues())


def test_the_same_case_comes_in_once_and_its_number_is_answered(town, kasper):
    first = bring(town, kasper())
    assert bring(town, kasper(name="Kasper Skrevet Anderledes")) == first
    with town.store.reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_the_trail_says_from_where_and_the_old_number_can_be_erased(town, kasper):
    nummer = bring(town, kasper())
    with town.store.reading() as session:
        case = cases.by_number(session, nummer)
        query = select(events.Event).where(
            events.Event.case_id == case.id, events.Event.kind == "brought_in"
        )
        line = session.scalars(query).one()
        assert (line.actor, line.facts) == ("administrator", {"system": "Gammelsag"})
        beside = session.get(events.Content, (case.id, line.seq))
        assert beside.content == {"gammelt_nummer": "G-77"}


@pytest.mark.parametrize("by", ["koordinator-1", "leder-vok", "sagsbehandler-job"])
def test_only_the_administrator_and_the_units_own_leader_bring_cases_in(town, kasper, by):
    with pytest.raises(brought_in.MaaIkkeOverfoere):
        casework.bring_in(town.store, kasper(), by=by)
    assert casework.bring_in(town.store, kasper(), by="leder-job")


def test_a_citizen_with_an_open_case_gets_no_second_one_and_nothing_is_kept(town, kasper):
    bring(town, kasper())
    with pytest.raises(brought_in.HarAabenSag):
        casework.bring_in(town.store, kasper(old_number="G-78"), by="administrator")
    with town.store.reading() as session:
        assert brought_in.find(session, "Gammelsag", "G-78") is None


def test_a_refused_case_leaves_nothing(town, kasper):
    with pytest.raises(appointment.IkkeKoordinator):
        casework.bring_in(town.store, kasper(coordinator="jurist"), by="administrator")
    with town.store.reading() as session:
        assert session.scalars(select(Case)).all() == []


def test_the_message_alone_places_no_case(town):
    town.consenting(bolig="stort")
    with pytest.raises(brought_in.IkkeOverfoert):
        town.tell("sag_overfoert")
    assert town.read(lambda session, case: deadlines.open_deadlines(session, case, "KP-2")) == []
