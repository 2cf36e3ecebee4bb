"""The three consents: specific, changeable, withdrawable at once."""

import pytest

from engine.domain import cases, consent, people
from engine.domain.consent import DISCLOSE, OBTAIN, PLAN

SCHOOL = {"counterpart": "X-SKO", "data_types": ["uddannelse"], "purpose": "fravær"}
WARD = {"counterpart": "X-RPS", "data_types": ["helbred"], "purpose": "fælles mål"}


@pytest.mark.parametrize("missing", ["counterpart", "data_types", "purpose"])
@pytest.mark.parametrize("kind", [OBTAIN, DISCLOSE])
def test_a_general_consent_is_not_valid(session, case, mads, kind, missing):
    with pytest.raises(consent.GenereltSamtykke, match="§ 11 a"):
        consent.give(session, case, mads.id, kind, **SCHOOL | {missing: None})
    assert consent.history(session, case) == []


def test_yes_to_the_plan_is_a_consent_of_its_own(session, case, mads):
    consent.give(session, case, mads.id, PLAN, given_by=[mads.id])
    facts = cases.view(session, case)["samtykker"]
    assert facts == {"plan": True, "indhentning": [], "videregivelse": []}


def test_a_recipient_is_known_by_its_code_however_it_was_written(session, case, mads):
    given = consent.give(
        session, case, mads.id, DISCLOSE, **WARD | {"counterpart": " regional psykiatri"}
    )
    assert given.counterpart == "X-RPS"
    assert consent.covers(session, case, "X-RPS", "helbred")
    assert not consent.covers(session, case, "X-RPS", "oekonomi")
    assert not consent.covers(session, case, "X-SKO", "helbred")


def test_a_partner_sees_the_case_only_while_the_consent_holds(session, case, mads):
    consent.give(session, case, mads.id, DISCLOSE, **WARD)
    assert session.scalars(consent.disclosed_to(["X-RPS"])).all() == [case.id]
    assert session.scalars(consent.disclosed_to(["X-SKO"])).all() == []
    consent.withdraw(session, case, "X-RPS", "vil ikke mere")
    assert session.scalars(consent.disclosed_to(["X-RPS"])).all() == []


def test_one_recipient_is_withdrawn_without_touching_the_others(session, case, mads):
    consent.give(session, case, mads.id, PLAN)
    consent.give(session, case, mads.id, DISCLOSE, **SCHOOL)
    consent.give(session, case, mads.id, DISCLOSE, **WARD)
    withdrawn = consent.withdraw(session, case, "X-RPS")
    assert [row.counterpart for row in withdrawn] == ["X-RPS"]
    assert {row.kind for row in consent.in_force(session, case)} == {PLAN, DISCLOSE}


def test_taking_back_the_plan_takes_everything_along_that_was_given_for_it(session, case, mads):
    consent.give(session, case, mads.id, PLAN)
    consent.give(session, case, mads.id, OBTAIN, **SCHOOL)
    assert len(consent.withdraw(session, case, PLAN, "nej alligevel")) == 2
    assert consent.in_force(session, case) == []
    assert {row.state for row in consent.history(session, case)} == {"tilbagekaldt"}


def test_one_citizen_withdraws_only_what_is_theirs(session, case, mads):
    sister = people.register(session, "Maja Prøvesen")
    for person in (mads, sister):
        consent.give(session, case, person.id, PLAN)
    consent.withdraw(session, case, "alle", person_id=sister.id)
    assert [row.person_id for row in consent.in_force(session, case, PLAN)] == [mads.id]


def test_withdrawing_what_nobody_gave_is_refused(session, case, mads):
    with pytest.raises(consent.IntetSamtykke):
        consent.withdraw(session, case, "X-RPS")


def test_a_changed_consent_holds_in_its_new_shape_and_a_withdrawn_one_cannot_change(
    session, case, mads
):
    given = consent.give(session, case, mads.id, DISCLOSE, **WARD)
    consent.change(given, data_types=["bolig"])
    assert given.in_force
    assert consent.covers(session, case, "X-RPS", "bolig")
    with pytest.raises(consent.GenereltSamtykke):
        consent.change(given, data_types=[])
    consent.move(given, consent.WITHDRAWN)
    with pytest.raises(consent.ImpossibleConsent):
        consent.change(given, data_types=["helbred"])


def test_the_review_date_is_a_local_decision_and_ends_nothing(session, case, mads):
    given = consent.give(session, case, mads.id, PLAN)
    assert given.review_on.isoformat() == "2027-01-05"
    assert given.in_force


def test_the_case_knows_since_when_it_has_a_yes(session, case, mads):
    assert consent.accepted_on(session, case) is None
    consent.give(session, case, mads.id, PLAN)
    assert consent.accepted_on(session, case).isoformat() == "2026-01-05"
