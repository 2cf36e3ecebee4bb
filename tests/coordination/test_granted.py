"""A grant sets efforts going: the plan's that waited for it, or new ones; a refusal ends them."""

import pytest

from engine import clock
from engine.domain import efforts, escalation, granted, grants

ASKED = {
    "what": "Mentor og behandling",
    "why_beyond": "Ud over rammen",
    "goals": "skole",
    "services": [
        {"ydelse": "Mentor", "lov": "LAB", "enhed": "JOB"},
        {"ydelse": "Behandling", "lov": "SUL", "enhed": "MIS"},
    ],
    "amount": 60000,
    "months": 6,
    "alternatives": "Ingen",
    "consequence": "Falder fra",
    "citizens_view": "Vil gerne",
}


@pytest.fixture
def waiting(town):
    """A mentor of the plan waits for a grant; the treatment stands only in the application."""
    town.consenting(beskaeftigelse="stort")

    def apply(session, case):
        row = efforts.add(session, case, "Mentor", "JOB", law_area="LAB")
        row.status = efforts.AWAITING_GRANT
        return escalation.write(session, case, "koordinator-1", **ASKED).id

    town.application = town.write(apply)
    return town


def decide(town, result, amount, booked=True):
    def write(session, case):
        row = escalation.find(session, case, town.application)
        grant = grants.decide(
            session,
            case,
            row,
            "udvalg-sekretaer",
            result=result,
            amount=amount,
            necessary=False,
            grounds=["faglig"],
            split=None,
            decided_by="VIS",
        )
        grant.booked_at = clock.now() if booked else None

    town.write(write)


def follow(town):
    return town.write(lambda s, c: [e.key for e in granted.follow(s, c)])


def status(town):
    return town.read(lambda s, c: {e.key: e.status for e in efforts.of_case(s, c)})


def test_a_grant_frees_the_plans_effort_and_adds_what_the_plan_does_not_have(waiting):
    decide(waiting, "bevilget", 60000)
    assert follow(waiting) == ["mentor", "behandling"]
    assert status(waiting) == {"mentor": "bevilget", "behandling": "bevilget"}
    assert follow(waiting) == []


def test_nothing_starts_before_the_money_is_booked(waiting):
    decide(waiting, "bevilget", 60000, booked=False)
    assert follow(waiting) == []
    assert status(waiting) == {"mentor": "afventer_bevilling"}


def test_a_refusal_ends_the_effort_that_waited(waiting):
    decide(waiting, "afslag", 0)
    assert follow(waiting) == []
    assert status(waiting) == {"mentor": "afslaaet"}


def test_what_was_granted_is_asked_of_its_unit(waiting):
    waiting.write(lambda s, c: setattr(c, "koordinator", "koordinator-1"))
    decide(waiting, "bevilget", 60000)
    waiting.begin("igangsaet")
    assert waiting.queues() == {"JOB": ["kobl_sektorplan"], "MIS": ["kobl_sektorplan"]}
