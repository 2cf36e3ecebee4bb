"""The parts of a case that exist for somebody who works both outside and here."""

from __future__ import annotations

import pytest

from engine import clock
from engine.domain import access, cases, consent, people
from engine.domain.consent import Consent
from engine.domain.organisation import Role
from engine.instances import Instance, WorkItem
from tests.queries.papers_world import SCHOOL, furnish

SCHOOLS = "X-SKO"


@pytest.fixture
def nummer(store, virtual_clock) -> str:
    """A case with a lawyer's task, and a partner who is a lawyer here as well."""
    number = furnish(store)

    def write(session) -> None:
        case = cases.by_number(session, number)
        session.add(Role(username=SCHOOL, unit="JOB", role="jurist"))
        facts = {"case_id": case.id, "process": "p", "release_id": "r"}
        begun = {"state": b"", "scopes": b"", "started_at": clock.now(), "started_by": "liv"}
        session.add(Instance(id="i", **facts, **begun))
        session.flush()
        task = WorkItem(id="t", instance_id="i", element="e", name="n", kind="user", **facts)
        task.queue, task.created_at = "jurist", clock.now()
        task.desk, task.person = access.place("jurist", case)
        session.add(task)

    store.write(write)
    return number


def parts(store, nummer: str) -> frozenset[str]:
    with store.reading() as session:
        return access.parts(session, SCHOOL, cases.by_number(session, nummer))


def test_a_partner_sees_the_plan_by_a_consent_in_this_case_and_by_nothing_else(store, nummer):
    assert access.LETTERS in parts(store, nummer)
    assert access.PLAN not in parts(store, nummer)

    def agree(session) -> None:
        case = cases.by_number(session, nummer)
        said = {"kind": consent.DISCLOSE, "counterpart": SCHOOLS, "state": "givet"}
        said |= {"data_types": ["familie"], "purpose": "At hjælpe", "consequence_told": True}
        (citizen,) = people.citizens(session, case.id)
        said |= {"given_at": clock.now(), "given_by": ["borger"]}
        session.add(Consent(case_id=case.id, person_id=citizen.id, **said))

    store.write(agree)
    assert access.PLAN in parts(store, nummer)
