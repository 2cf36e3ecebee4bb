"""Who sees a delegation, how it stands from day to day, and who may end it before its last day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import casework, clock
from engine.casework.delegating import TilbagekaldUdenGrund
from engine.domain import cases, delegation
from engine.domain.delegation import DelegationErSlut, DelegationFindesIkke, KunLovensLeder
from engine.domain.organisation import Role, Unit, User
from engine.events import Event
from engine.queries import delegations
from tests.queries.papers_world import COLLEAGUE, COORDINATOR, STRANGER, furnish

#: Leads JOB, whose law it is; and leads FAM, which has nothing to do with it.
LEADER, OTHER_LEADER = "lars", "lis"
REASON = "Loven er ændret"


@pytest.fixture
def given(store, virtual_clock) -> str:
    """The id of what JOB lets the coordinator decide for the next four weeks but this one."""
    nummer = furnish(store)

    def write(session) -> str:
        session.get_one(Unit, "JOB").law_areas = ["LAB"]
        for name, unit in ((LEADER, "JOB"), (OTHER_LEADER, "FAM")):
            session.add(User(username=name, name=f"{name.title()} Ledersen", skills=[]))
            session.flush()
            session.add(Role(username=name, unit=unit, role="leder"))
        row = delegation.grant(
            session,
            cases.by_number(session, nummer),
            COORDINATOR,
            LEADER,
            unit="JOB",
            law_area="LAB",
            decision_types=["mentor", "bevilling"],
            max_amount=20_000,
            valid_from=clock.today() + timedelta(weeks=1),
            valid_to=clock.today() + timedelta(weeks=5),
            decided_by="Byrådet",
            reference="77",
        )
        return row.id

    return store.write(write)


def seen(store, username) -> tuple[list, list]:
    with store.reading() as session:
        found = delegations.delegations(session, username)
    return tuple([(line.id, line.state) for line in lines] for lines in (found.held, found.given))


def may(store, username=COORDINATOR, kind="mentor", amount=None) -> str | None:
    with store.reading() as session:
        case = session.scalars(select(cases.Case)).one()
        return delegation.why_not(session, case, username, "LAB", kind, amount)


def test_it_exists_for_who_holds_it_and_for_the_leaders_of_the_unit_that_gave_it(store, given):
    assert seen(store, COORDINATOR) == ([(given, "kommende")], [])
    assert seen(store, LEADER) == ([], [(given, "kommende")])
    assert seen(store, OTHER_LEADER) == ([], [])
    with store.reading() as session:
        for nobody in (COLLEAGUE, STRANGER):
            with pytest.raises(DelegationFindesIkke):
                delegations.delegations(session, nobody)


def test_whose_case_it_is_is_told_to_who_sees_the_case_alone(store, given):
    with store.reading() as session:
        (mine,) = delegations.delegations(session, COORDINATOR).held
        (theirs,) = delegations.delegations(session, LEADER).given
    assert (mine.nummer, mine.citizens) == ("2026-0001", "Mads Prøvesen")
    assert (theirs.nummer, theirs.citizens) == ("", "")
    assert (theirs.law, theirs.types) == (
        "Lov om en aktiv beskæftigelsesindsats",
        ["Mentor", "Bevilling"],
    )


def test_it_opens_and_closes_by_itself(store, given, virtual_clock):
    told = []
    for weeks in (0, 1, 4, 1):
        virtual_clock.advance(weeks=weeks)
        told.append((seen(store, COORDINATOR)[0][0][1], may(store) is None))
    assert told == [("kommende", False), ("gaelder", True), ("gaelder", True), ("udloebet", False)]


def test_a_leader_of_the_unit_ends_it_with_a_reason_that_stands_in_the_case(
    store, given, virtual_clock
):
    virtual_clock.advance(weeks=1)
    for stranger, refusal in (
        (COORDINATOR, KunLovensLeder),
        (OTHER_LEADER, DelegationFindesIkke),
        (STRANGER, DelegationFindesIkke),
    ):
        with pytest.raises(refusal):
            casework.withdraw_delegation(store, given, REASON, by=stranger)
    with pytest.raises(TilbagekaldUdenGrund):
        casework.withdraw_delegation(store, given, "  ", by=LEADER)
    assert may(store) is None
    casework.withdraw_delegation(store, given, REASON, by=LEADER)
    assert may(store) == "delegationen er tilbagekaldt"
    assert seen(store, LEADER) == ([], [(given, "tilbagekaldt")])
    with pytest.raises(DelegationErSlut):
        casework.withdraw_delegation(store, given, REASON, by=LEADER)
    with store.reading() as session:
        events = session.scalars(select(Event).where(Event.kind == "delegation_withdrawn")).all()
    assert [(event.actor, event.facts["law"]) for event in events] == [(LEADER, "LAB")]
    assert REASON not in str(events[0].facts)
    # The coordinator reads why, and so does no leader for whom the case does not exist.
    with store.reading() as session:
        assert [row.because for row in delegations.delegations(session, COORDINATOR).held] == [
            REASON
        ]
        assert [row.because for row in delegations.delegations(session, LEADER).given] == [""]


def test_what_is_over_cannot_be_ended_and_a_locked_case_has_none(store, given, virtual_clock):
    virtual_clock.advance(weeks=6)
    with pytest.raises(DelegationErSlut):
        casework.withdraw_delegation(store, given, REASON, by=LEADER)
    store.write(lambda s: setattr(s.scalars(select(cases.Case)).one(), "locked", True))
    assert seen(store, COORDINATOR) == ([], []) == seen(store, LEADER)
    with pytest.raises(DelegationFindesIkke):
        casework.withdraw_delegation(store, given, REASON, by=LEADER)


def test_one_is_asked_for_in_the_cases_one_coordinates(store, given):
    with store.reading() as session:
        assert delegations.delegations(session, COORDINATOR).mine == [
            ("2026-0001", "Mads Prøvesen")
        ]
        assert delegations.delegations(session, LEADER).mine == []
