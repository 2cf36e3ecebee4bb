"""P18, P19 and a case that should not have been: what stops at once, and what is left."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain import (
    access,
    budget,
    closure,
    consent,
    deadlines,
    letters,
    meetings,
    obligations,
    people,
)
from engine.domain.consent import GenereltSamtykke

LINE = "faelles-2027"


def reserve(course, amount):
    def set_aside(session, case):
        budget.open_line(session, LINE, "Fælles budget", 2027, 100_000)
        entry = {"by": "koordinator-1", "case_id": case.id, "subject": "ansoegning-1"}
        budget.reserve(session, LINE, amount, **entry)
        budget.commit(session, LINE, 10_000, **entry)

    course.write(set_aside)


def balance(course):
    row = course.read(lambda s, c: s.get(budget.BudgetLine, LINE))
    return row.reserved, row.granted


def ends(course):
    return course.read(lambda s, c: {o.unit: o.ended_reason for o in obligations.of_case(s, c)})


def test_death_stops_letters_meetings_duties_and_money_at_once(course):
    reserve(course, 60_000)
    course.write(lambda s, c: meetings.call(s, c, "k", course.moment("2027-02-01T10:00"), "Skole"))
    course.write(lambda s, c: letters.send(s, c, "B03", people.citizens(s, c.id)[0]))
    course.begin("doedsfald", dato="2027-01-18")
    assert course.sag.tilstand == "DOED"
    citizen = course.read(lambda s, c: people.citizens(s, c.id)[0])
    assert str(citizen.died_on) == "2027-01-18"
    assert course.read(lambda s, c: [row.stopped for row in letters.of_case(s, c)]) == [True]
    assert course.read(lambda s, c: meetings.planned(s, c)) == []
    assert course.read(lambda s, c: deadlines.open_deadlines(s, c)) == []
    assert course.read(lambda s, c: consent.in_force(s, c)) == []
    # What is granted stays granted: the money may have been used.
    assert balance(course) == (Decimal(0), Decimal(10_000))
    course.do("koordinator-1", "afslut_efter_doedsfald", enheder_orienteret=True)
    assert (course.sag.tilstand, course.sag.afslutning_aarsag) == ("AFSLUTTET", "doed")
    assert ends(course) == {"FAM": "doed", "JOB": "doed"}
    assert course.due("FS-2-efter") is None


def test_nothing_is_sent_to_the_dead(course):
    course.begin("doedsfald")
    row = course.write(lambda s, c: letters.send(s, c, "B12", people.citizens(s, c.id)[0]))
    assert row.stopped


def test_a_move_stops_the_follow_up_with_its_reason(course):
    course.begin("fraflytning")
    assert course.sag.tilstand == "FLYTTET_KOMMUNE"
    row = course.read(
        lambda s, c: s.query(deadlines.Deadline).filter_by(case_id=c.id, regel="KP-1").one()
    )
    assert (row.state, row.proof) == ("annulleret", "borgeren er flyttet til en anden kommune")
    course.do("koordinator-1", "overdrag_til_ny_kommune", samtykke_til_overdragelse="nej")
    assert (course.sag.tilstand, course.sag.afslutning_aarsag) == ("AFSLUTTET", "fraflyttet")
    assert ends(course) == {"FAM": "fraflyttet", "JOB": "fraflyttet"}


def test_the_new_municipality_hears_something_only_with_a_new_consent(course):
    course.begin("fraflytning")
    course.do(
        "koordinator-1",
        "overdrag_til_ny_kommune",
        samtykke_til_overdragelse="ja",
        ny_kommune="Nabostrup Kommune",
        overdraget="Planen",
    )
    rows = course.read(lambda s, c: consent.history(s, c))
    (given,) = [row for row in rows if row.kind == consent.DISCLOSE]
    assert (given.counterpart, given.state) == ("Nabostrup Kommune", "bortfaldet")


def test_a_consent_to_everybody_is_none(course):
    with pytest.raises(GenereltSamtykke):
        course.write(lambda s, c: consent.give(s, c, course.citizen(), consent.DISCLOSE))


def test_a_case_opened_on_the_wrong_person_is_closed_and_locked(course):
    course.begin("fejloprettet")
    sag = course.sag
    assert (sag.tilstand, sag.afslutning_aarsag, sag.locked) == ("AFSLUTTET", "fejloprettet", True)
    assert not course.read(lambda s, c: access.may_see(s, "koordinator-1", c))
    assert course.read(lambda s, c: deadlines.open_deadlines(s, c)) == []


def test_a_death_after_the_case_closed_leaves_it_closed(course):
    def close(session, case):
        for unit in ("FAM", "JOB"):
            obligations.end(session, case, unit, "maal_opfyldt_og_frigivet", "målet er nået")
        closure.close(session, case, "maal_opfyldt")

    course.write(close)
    course.begin("doedsfald")
    course.do("koordinator-1", "afslut_efter_doedsfald", enheder_orienteret=True)
    assert (course.sag.tilstand, course.sag.afslutning_aarsag) == ("AFSLUTTET", "maal_opfyldt")
