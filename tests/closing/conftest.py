"""The municipality of the coordination tests, with a case whose plan is in force."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from engine import clock
from engine.domain import (
    appointment,
    capacity,
    cases,
    consent,
    deadlines,
    efforts,
    invariants,
    letters,
    obligations,
    people,
    plan,
    sector_plans,
)
from engine.instances import UNFINISHED, Instance, Variable, WorkItem
from tests.coordination.conftest import PLAN, Town, town  # noqa: F401

#: Where the case of the tests stands before each process begins.
ON_THE_WAY = (
    "SCREENING",
    "TILBUD_GIVET",
    "SAMTYKKE_GIVET",
    "KOORDINATOR_UDPEGET",
    "PLAN_UDARBEJDES",
    "PLAN_AFVENTER_BORGER",
    "PLAN_AKTIV",
)


class Course(Town):
    """One citizen's case with a plan in force, without the months that led to it."""

    def planned(self, cpr: str = "720500-4005", mode: str = "overligger") -> None:
        """A plan was accepted on 20 January 2027: FAM and JOB are obliged, KOO coordinates."""
        self.clock.move_to(self.moment("2027-01-20T10:00"))

        def make(session) -> str:
            case = cases.create(session, "koordinering", owner_unit="KUI", referred_by="SSP")
            case.plan_tilstand = mode
            person = people.register(session, "Kasper Testmann", cpr, key="kasper")
            people.add_party(session, case.id, person.id, "borger")
            consent.give(session, case, person.id, consent.PLAN, given_by=[person.id])
            for state in ON_THE_WAY:
                cases.move(case, state)
            appointment.appoint(session, case, "koordinator-1", "leder-kui", deputy="koordinator-2")
            plan.write_draft(session, case, "koordinator-1", dict(PLAN))
            version = plan.accept(session, case)
            efforts.apply(session, case, version)
            for unit in ("FAM", "JOB"):
                obligations.begin(session, case, unit, ["skole"])
                cases.involve(session, case, unit, "indsats")
            deadlines.start(session, case, "KP-1", date(2027, 1, 20))
            # These tests play one part of a course; the rest of it is the case's future.
            deadlines.fix(session, case, invariants.NEXT_STEP, date(2035, 1, 1), "resten")
            return case.nummer

        self.nummer = self.store.write(make)

    def citizen(self) -> str:
        return self.read(lambda s, c: people.citizens(s, c.id)[0].id)

    def mother(self, **custody) -> str:
        """A custody holder of the citizen."""

        def add(session, case) -> str:
            citizen = people.citizens(session, case.id)[0]
            row = capacity.of(session, case, citizen.id)
            row.custody = custody.get("custody", "alene")
            mother = people.register(session, "Mona Testmann", key="mor")
            capacity.represent(session, case, citizen.id, mother, capacity.CUSTODY)
            return mother.id

        return self.write(add)

    def replaced(self, unit: str, type: str) -> None:
        """The unit had a plan that the coordinating plan replaces."""
        self.write(lambda s, c: sector_plans.link(s, c, unit, type))

    def discloses(self, *counterparts: str) -> None:
        """The citizen lets these hear about them."""

        def give(session, case) -> None:
            for who in counterparts:
                consent.give(
                    session,
                    case,
                    people.citizens(session, case.id)[0].id,
                    consent.DISCLOSE,
                    counterpart=who,
                    data_types=["helbred"],
                    purpose="Samarbejde",
                )

        self.write(give)

    def letters(self) -> list[tuple[str, str | None]]:
        """Code and receiver (a unit, or a person's key) of every letter."""

        def read(session, case):
            return [
                (row.code, row.unit or people.person(session, row.person_id).key)
                for row in letters.of_case(session, case)
            ]

        return self.read(read)

    def queues(self) -> dict[str, list[str]]:
        """Every queue with something in it, what the invariants ask for too."""
        with self.store.reading() as session:
            found: dict[str, list[str]] = {}
            query = select(WorkItem).where(WorkItem.state.in_(UNFINISHED))
            for row in session.scalars(query.order_by(WorkItem.element)):
                found.setdefault(row.queue, []).append(row.element)
            return found

    def variable(self, name: str):
        """The variable's value in the instance that was begun last."""

        def read(session, case):
            query = (
                select(Variable.value)
                .join(Instance, Instance.id == Variable.instance_id)
                .where(Instance.case_id == case.id, Variable.name == name)
                .order_by(Instance.started_at.desc())
            )
            return session.scalars(query.limit(1)).first()

        return self.read(read)

    @staticmethod
    def moment(text: str):
        return datetime.fromisoformat(text).replace(tzinfo=clock.COPENHAGEN)


@pytest.fixture
def course(town) -> Course:  # noqa: F811
    """A case on 20 January 2027, the day its plan was accepted."""
    begun = Course(town.store, town.clock)
    begun.planned()
    return begun


HELD = {
    "afholdt": "2027-04-20",
    "moedeform": "fysisk",
    "nyt_siden_sidst": "Kasper er begyndt",
    "aendring": "ingen",
}
