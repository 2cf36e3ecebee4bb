"""Who sees what of a plan, and what a new version changed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import clock
from engine.domain import cases, consent, meetings, organisation, people, plan
from engine.domain.cases import NoSuchCase
from engine.queries import plan as query
from tests.queries import papers_world as world

CONTENT = {
    "samlet_situation": "Mads bor hos sin mor. Han er bange for at gå i skole.",
    "halv_side": "Du vil i skole igen. Vi hjælper dig.",
    "maal": [
        {"titel": "Jeg vil i skole igen", "noegle": "skole", "domaene": "uddannelse"},
        {"titel": "Færre skænderier", "noegle": "hjemme", "domaene": "familie"},
    ],
    "indsatser": [
        {"titel": "Skolestart", "noegle": "start", "lov": "KUI", "enhed": "X-SKO", "maal": "skole",
         "beloeb": 4000},
        {"titel": "Samtaler", "noegle": "tale", "lov": "BL", "enhed": "FAM", "maal": "hjemme",
         "start": "2026-02-01"},
    ],
    "aftaler": [{"hvem": "Liv", "hvad": "ringer hver mandag", "hvornaar": "2026-03-01"}],
    "borgerens_holdning": "Jeg er med på det.",
}  # fmt: skip


@pytest.fixture
def case(store, virtual_clock):
    """The number of a case with an accepted plan; the school and the family unit take part."""
    nummer = world.furnish(store)

    def write(session):
        found = cases.by_number(session, nummer)
        organisation.change_setting(session, "kommune", "Prøve Kommune")
        plan.write_draft(session, found, world.COORDINATOR, CONTENT)
        plan.accept(session, found)

    store.write(write)
    return nummer


def share_with_school(store, nummer, *kinds, person=0):
    def write(session):
        found = cases.by_number(session, nummer)
        citizen = people.citizens(session, found.id)[person]
        facts = {"counterpart": "X-SKO", "data_types": list(kinds), "purpose": "Skolestart"}
        consent.give(session, found, citizen.id, consent.DISCLOSE, **facts)

    store.write(write)


def see(store, username, nummer, **wanted):
    with store.reading() as session:
        return query.of_case(session, username, nummer, **wanted)


def test_a_unit_that_takes_part_sees_the_whole_plan_and_a_stranger_none_of_it(store, case):
    page = see(store, world.FAMILY, case)
    assert page.whole and len(page.goals) == 2 and page.situation
    assert page.version.intact and page.version.written_by == "Liv Koordinatorsen"
    for stranger in (world.STRANGER, world.SCHOOL):
        with pytest.raises(NoSuchCase):
            see(store, stranger, case)


def test_a_partner_sees_what_the_consent_covers_and_no_text_that_mixes_it_all(store, case):
    share_with_school(store, case, "uddannelse")
    page = see(store, world.SCHOOL, case)
    assert [goal.words for goal in page.goals] == ["Jeg vil i skole igen"]
    assert [effort.title for effort in page.efforts] == ["Skolestart"]
    assert (page.situation, page.half_page, page.attitude, page.agreements) == ("", "", "", ())
    assert page.versions == () and page.efforts[0].amount == ""
    with store.reading() as session, pytest.raises(NoSuchCase):
        query.compare(session, world.SCHOOL, case, 1, 1)


def test_a_withdrawn_consent_takes_the_plan_from_the_partner_at_once(store, case):
    share_with_school(store, case, "uddannelse")
    assert see(store, world.SCHOOL, case).goals
    store.write(lambda session: consent.withdraw(session, cases.by_number(session, case), "X-SKO"))
    with pytest.raises(NoSuchCase):
        see(store, world.SCHOOL, case)


def test_a_missing_consent_is_a_gap_to_the_coordinator_and_not_to_a_unit(store, case):
    assert see(store, world.COORDINATOR, case).gaps == ("Skole",)
    assert see(store, world.FAMILY, case).gaps == ()
    share_with_school(store, case, "uddannelse")
    assert see(store, world.COORDINATOR, case).gaps == ()


def test_in_a_family_a_partner_sees_only_the_member_who_said_yes(store, case):
    def write(session):
        found = cases.by_number(session, case)
        sister = people.register(session, "Mia Prøvesen")
        people.add_party(session, found.id, sister.id, "borger")
        mads = people.citizens(session, found.id)[0]
        goals = [
            {"titel": "Mads i skole", "domaene": "uddannelse", "person": mads.id},
            {"titel": "Mia i skole", "domaene": "uddannelse", "person": sister.id},
            {"titel": "Alle i skole", "domaene": "uddannelse"},
        ]
        efforts = [{"titel": "Skolestart", "enhed": "FAM", "maal": "Mads i skole"}]
        plan.write_draft(
            session, found, world.COORDINATOR, CONTENT | {"maal": goals, "indsatser": efforts}
        )
        plan.accept(session, found)

    store.write(write)
    share_with_school(store, case, "uddannelse", person=0)
    page = see(store, world.SCHOOL, case)
    assert [goal.words for goal in page.goals] == ["Mads i skole"]
    assert page.citizens == ("Mads Prøvesen",)
    whole = see(store, world.FAMILY, case, person=2)
    assert [goal.words for goal in whole.own_goals] == ["Mia i skole", "Alle i skole"]


def test_a_new_version_leaves_the_old_one_as_it_was_and_says_what_changed(store, case):
    before = see(store, world.COORDINATOR, case).version
    goals = [CONTENT["maal"][0] | {"frist": "2026-06-01"}, {"titel": "Et fritidsjob"}]
    efforts = [CONTENT["indsatser"][0]]
    wanted = CONTENT | {"maal": goals, "indsatser": efforts, "halv_side": "Du er i skole."}

    def write(session):
        found = cases.by_number(session, case)
        plan.write_draft(session, found, world.COORDINATOR, wanted)
        plan.accept(session, found)

    store.write(write)
    old = see(store, world.COORDINATOR, case, version=1).version
    assert (old.hash, old.intact, old.state) == (before.hash, True, "Afløst af en ny udgave")
    assert see(store, world.COORDINATOR, case).version.number == 2
    with store.reading() as session:
        diff = query.compare(session, world.COORDINATOR, case, 1, 2)
    said = {(row.kind, row.part, row.what, row.before, row.after) for row in diff.changes}
    assert said == {
        ("nyt", "Mål", "Et fritidsjob", "", ""),
        (
            "aendret",
            "Mål",
            "Jeg vil i skole igen: dagen, det skal være nået",
            "ikke skrevet",
            "1. juni 2026",
        ),
        ("udgaaet", "Mål", "Færre skænderier", "", ""),
        ("udgaaet", "Indsats", "Samtaler", "", ""),
        (
            "aendret",
            "Det vigtigste på en halv side",
            "Det vigtigste på en halv side",
            "Du vil i skole igen. Vi hjælper dig.",
            "Du er i skole.",
        ),
    }


def test_what_was_measured_at_the_last_two_follow_ups_stands_side_by_side(store, case):
    from engine.domain import followup

    def write(session):
        found = cases.by_number(session, case)
        for month, reached in ((2, 3), (3, 6)):
            row = followup.FollowUp(
                case_id=found.id, held_on=date(2026, month, 1), change="ingen", rules=[],
                registered_at=datetime(2026, month, 1, 12, tzinfo=clock.COPENHAGEN),
                registered_by=world.COORDINATOR,
            )  # fmt: skip
            session.add(row)
            session.flush()
            facts = {"goal_key": "skole", "status": "i_gang", "progress": reached}
            session.add(followup.Progress(followup_id=row.id, **facts))
            goal = plan.goal(session, found, "skole")
            goal.status, goal.progress = "i_gang", reached

    store.write(write)
    page = see(store, world.COORDINATOR, case)
    assert page.since == date(2026, 3, 1)
    first = page.measured[0]
    assert (first.then, first.now) == ("I gang, 3 af 10", "I gang, 6 af 10")
    assert first.words == "Frem fra 3 til 6"


def test_a_meeting_from_which_somebody_was_kept_away_shows_as_a_gap(store, case):
    share_with_school(store, case, "uddannelse")

    def write(session):
        found = cases.by_number(session, case)
        session.add(organisation.Unit(code="X-POL", name="Politi", partner=True, law_areas=[]))
        meeting = meetings.call(session, found, world.COORDINATOR, clock.now(), "Netværksmøde")
        meetings.invite(meeting, "X-POL", "politi", "afvist")

    store.write(write)
    assert see(store, world.COORDINATOR, case).gaps == ("Politi",)
