"""The 18th birthday: custody ends that midnight, letters go the next working day."""

from __future__ import annotations

from datetime import date

import pytest

from engine.domain import cases, consent, majority, people
from engine.domain.capacity import CUSTODY


@pytest.fixture
def mads(course):
    """17 until 14 March 2027, a Sunday; his mother has custody."""
    course.planned(cpr="740309-4001")
    course.mother()
    return course


def custody(course):
    return course.read(lambda s, c: [p.person.key for p in people.parties(s, c.id, CUSTODY)])


def test_the_day_is_the_eighteenth_birthday_until_it_has_come(mads):
    def fact():
        return mads.read(lambda s, c: cases.view(s, c)["myndig_dato"])

    assert fact() == date(2027, 3, 14)
    mads.at("2027-03-14T00:00")
    assert fact() is None


def test_custody_ends_at_midnight_and_the_letters_go_on_monday(mads):
    mads.at("2027-03-13T23:59")
    assert custody(mads) == ["mor"]
    mads.at("2027-03-14T00:00")
    mads.begin("fyldt_18")
    assert custody(mads) == []
    assert mads.letters() == []
    assert mads.timers("naeste_arbejdsdag") == ["2027-03-15"]
    mads.at("2027-03-15T08:00")
    assert mads.letters() == [("B16", "kasper"), ("B16-F", "mor")]


def test_the_last_day_of_custody_is_the_day_before(mads):
    mads.at("2027-03-14T00:00")
    mads.begin("fyldt_18")
    row = mads.read(lambda s, c: s.query(people.Party).filter_by(case_id=c.id, role=CUSTODY).one())
    assert row.valid_to == date(2027, 3, 13)


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (date(2009, 3, 14), date(2027, 3, 14)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2010, 12, 31), date(2028, 12, 31)),
    ],
)
def test_who_is_born_on_a_leap_day_comes_of_age_on_the_first_of_march(course, born, of_age):
    person = people.Person(name="Nogen", birth_date=born)
    assert course.read(lambda s, c: majority.day(s, person)) == of_age


def test_without_a_birth_date_nothing_is_waited_for(course):
    def forget(session, case):
        people.citizens(session, case.id)[0].birth_date = None

    course.write(forget)
    assert course.read(lambda s, c: cases.view(s, c)["myndig_dato"]) is None


def test_in_a_family_each_comes_of_age_on_their_own_day_and_grown_ups_hear_nothing(mads):
    def family(session, case):
        for name, born in (("lillebror", date(2009, 5, 1)), ("far", date(1970, 3, 14))):
            person = people.register(session, name, key=name, birth_date=born)
            people.add_party(session, case.id, person.id, "borger")

    mads.write(family)
    mads.at("2027-03-14T00:00")
    mads.begin("fyldt_18")
    mads.at("2027-03-15T08:00")
    assert mads.letters() == [("B16", "kasper"), ("B16-F", "mor")]
    assert mads.timers("naeste_fylder_18") == ["2027-05-01"]
    mads.at("2027-05-04T08:00")
    assert mads.letters()[2:] == [("B16", "lillebror")]


@pytest.fixture
def spoken_for(mads):
    """His mother said yes to the plan for him."""

    def say_yes(session, case):
        (row,) = consent.in_force(session, case, consent.PLAN)
        row.given_by = [people.parties(session, case.id, CUSTODY)[0].person_id]

    mads.write(say_yes)
    mads.at("2027-03-14T00:00")
    mads.begin("fyldt_18")
    mads.at("2027-03-15T08:00")
    return mads


def held(mads):
    row = mads.read(lambda s, c: consent.history(s, c)[0])
    return row.state, row.given_by, row.review_on


def test_what_others_said_yes_to_the_young_person_is_asked_about(spoken_for):
    assert spoken_for.queues() == {"koordinator": ["spoerg_den_unge"]}
    assert held(spoken_for)[2] == date(2027, 3, 14)
    spoken_for.do("koordinator-1", "spoerg_den_unge", den_unges_svar="ja")
    assert held(spoken_for) == ("aendret", [spoken_for.citizen()], date(2028, 3, 15))
    assert spoken_for.queues() == {}


def test_an_own_yes_needs_not_be_asked_for_again(mads):
    mads.at("2027-03-14T00:00")
    mads.begin("fyldt_18")
    mads.at("2027-03-15T08:00")
    assert mads.queues() == {}
