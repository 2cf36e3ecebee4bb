"""The committee's calendar: which meeting takes an application, and what a moved one moves."""

from datetime import datetime

import pytest
from sqlalchemy import select

from engine import casework
from engine.clock import COPENHAGEN
from engine.domain import access, agenda, committee
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import of_case
from engine.instances import WorkItem
from engine.jobs import TIMER, Job
from engine.queries import notices
from engine.queries.committee import prefilled
from tests.committee.conftest import ADVICE, AGENDA, OPINION, PAPERS, PARTLY

MEMBERS = [f"udvalg-{number}" for number in range(1, 6)]


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def plan(hall, held_at="2026-12-17T10:00", papers="2026-12-10T12:00", **facts):
    facts = {"members": MEMBERS, "deputies": ["udvalg-formand"], "by": "udvalg-sekretaer"} | facts
    return casework.plan_meeting(hall.store, local(held_at), local(papers), **facts)


def recommended(hall):
    hall.apply()
    hall.do("leder-vok", "ledergodkend", **ADVICE)


def next_open(hall):
    return hall.read(lambda s, c: (found := committee.next_open(s)) and found.id)


def timers(hall):
    def read(session, case):
        query = select(Job.element, Job.due_at).where(Job.kind == TIMER, Job.case_id == case.id)
        found = session.execute(query.where(Job.element.in_(("papirfrist", "moedet_holdes"))))
        return {element: due.astimezone(COPENHAGEN).isoformat()[:16] for element, due in found}

    return hall.read(read)


def test_only_the_secretary_and_the_chair_plan_meetings(hall):
    with pytest.raises(committee.KunSekretaerOgFormand):
        plan(hall, by="udvalg-1")
    plan(hall, by="udvalg-formand")
    with pytest.raises(committee.MoedeFindes):
        plan(hall)


def test_an_application_that_comes_after_the_papers_closed_lands_on_the_next_meeting(hall):
    first = plan(hall, "2026-12-03T10:00", "2026-11-27T12:00")
    second = plan(hall)
    assert next_open(hall) == first
    hall.at("2026-11-27T12:01")
    assert next_open(hall) == second
    recommended(hall)
    with pytest.raises(committee.PapirerneErLukket):
        late = {"moededato": "2026-12-03T10:00", "papirfrist": "2026-11-27T12:00"}
        hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **(AGENDA | late))
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **AGENDA)
    found = hall.read(lambda s, c: agenda.meeting_of(s, of_case(s, c)[0]).id)
    assert found == second


def test_the_papers_of_a_planned_meeting_close_when_the_calendar_says(hall):
    plan(hall, papers="2026-12-09T12:00")
    recommended(hall)
    with pytest.raises(committee.AndenPapirfrist, match=r"09\.12\.2026"):
        hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **AGENDA)


def test_a_moved_meeting_takes_every_case_on_its_agenda_along(hall):
    meeting = plan(hall)
    recommended(hall)
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **AGENDA)
    casework.move_meeting(
        hall.store,
        meeting,
        local("2027-01-07T13:00"),
        local("2026-12-18T12:00"),
        by="udvalg-sekretaer",
        because="sygdom",
    )
    assert timers(hall) == {"papirfrist": "2026-12-18T12:00"}
    for unit in ("MIS", "JOB"):
        hall.do(f"sagsbehandler-{unit.lower()}", "udtalelse", item=unit, **OPINION)
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    casework.move_meeting(
        hall.store,
        meeting,
        local("2027-01-08T09:00"),
        local("2026-12-18T12:00"),
        by="udvalg-sekretaer",
    )
    assert timers(hall) == {"moedet_holdes": "2027-01-08T09:00"}
    hall.at("2027-01-08T08:59")
    assert hall.read(lambda s, c: access.may_see(s, "udvalg-1", c))
    assert "udvalg-sekretaer" not in hall.queues()
    hall.at("2027-01-08T09:00")
    hall.do("udvalg-sekretaer", "beslutning", **PARTLY)


def test_the_items_of_a_cancelled_meeting_are_treated_at_the_next(hall):
    first = plan(hall)
    recommended(hall)
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **AGENDA)
    with pytest.raises(committee.IntetNaesteMoede):
        casework.cancel_meeting(hall.store, first, "for få kan", by="udvalg-sekretaer")
    second = plan(hall, "2027-01-14T10:00", "2027-01-07T12:00", members=["udvalg-1", "udvalg-2"])
    casework.cancel_meeting(hall.store, first, "for få kan", by="udvalg-sekretaer")

    def stands(session, case):
        item = agenda.item_of(session, of_case(session, case)[0])
        seen = [user for user in MEMBERS if access.may_see(session, user, case)]
        return item.meeting_id, item.number, seen

    assert hall.read(stands) == (second, 1, ["udvalg-1", "udvalg-2"])
    assert timers(hall) == {"papirfrist": "2027-01-07T12:00"}
    # The moment is free again.
    plan(hall)
    states = hall.read(lambda s, c: sorted(s.scalars(select(CommitteeMeeting.state))))
    assert states == ["aflyst", "planlagt", "planlagt"]


def test_papers_that_come_when_the_meeting_has_been_held_bring_the_item_to_the_next(hall):
    plan(hall)
    second = plan(hall, "2027-01-14T10:00", "2027-01-07T12:00")
    recommended(hall)
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **AGENDA)
    hall.at("2026-12-17T12:00")
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    assert timers(hall) == {"moedet_holdes": "2027-01-14T10:00"}
    assert hall.read(lambda s, c: agenda.meeting_of(s, of_case(s, c)[0]).id) == second


def test_the_form_of_the_agenda_begins_with_the_next_meeting_that_takes_papers(hall):
    plan(hall, "2026-12-03T10:00", "2026-11-27T12:00")
    plan(hall)
    recommended(hall)

    def begins(session, case):
        query = select(WorkItem).where(WorkItem.element == "saet_paa_dagsorden")
        found = prefilled(session, session.scalars(query).one(), "dagsorden")
        return {key: value for key, (value, _where) in found.items()}

    assert hall.read(begins)["moededato"] == "2026-12-03T10:00"
    hall.at("2026-11-28T09:00")
    assert hall.read(begins) == {
        "moededato": "2026-12-17T10:00",
        "papirfrist": "2026-12-10T12:00",
        "medlemmer": MEMBERS,
        "stedfortraedere": ["udvalg-formand"],
    }


def test_those_who_sit_at_a_meeting_hear_of_it_and_of_every_change(hall):
    def told(username):
        found = hall.read(lambda s, c: notices.listed(s, username))
        return [
            (bool(n.facts["before"]), n.facts["cancelled"])
            for n in found
            if n.kind == "udvalgsmoede"
        ]

    meeting = plan(hall, members=["udvalg-1"])
    assert told("udvalg-1") == told("udvalg-formand") == [(False, False)]
    assert told("udvalg-2") == told("koordinator-1") == []
    hall.clock.advance(hours=1)
    moved = (local("2026-12-18T10:00"), local("2026-12-10T12:00"))
    casework.move_meeting(hall.store, meeting, *moved, by="udvalg-sekretaer")
    assert told("udvalg-1") == [(True, False)]
    hall.clock.advance(hours=1)
    casework.cancel_meeting(hall.store, meeting, "sygdom", by="udvalg-sekretaer")
    assert told("udvalg-1") == [(True, True)]
