"""The demo municipality with the product's own diagrams of coordination, and one case ready for them.

The verbs of a story: `start` a process, `do` a task, `queue` what waits where.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from engine import casework, clock, diagrams, dispatch, jobs, outbox
from engine.casework.rights import SYSTEM
from engine.casework.step import Step
from engine.domain import (
    access,
    cases,
    consent,
    deadlines,
    invariants,
    letters,
    people,
    screening,
)
from engine.domain.cases import Case
from engine.instances import UNFINISHED, WorkItem
from engine.store import Store
from tests import warm
from tests.conftest import copied

ROOT = Path(__file__).parents[2]
STARTED = datetime(2026, 12, 2, 10)


@pytest.fixture
def town(fiktivby, database_file):
    """The municipality on Wednesday 2 December 2026, with verbs to tell a story by."""
    with copied(fiktivby, database_file) as url, clock.travelling(STARTED) as virtual:
        store = warm.store(url)
        yield Town(store, virtual)
        store.close()


class Town:
    """A store, a clock and one citizen's case."""

    def __init__(self, store: Store, virtual: clock.VirtualClock):
        self.store, self.clock = store, virtual
        self.nummer = ""

    def consenting(self, **needs: str) -> str:
        """A case whose citizen said yes today; `needs` is area -> noget, stort."""

        def make(session) -> str:
            case = cases.create(session, "koordinering", owner_unit="KUI", referred_by="SSP")
            person = people.register(session, "Kasper Testmann", "720500-4005", key="kasper")
            people.add_party(session, case.id, person.id, "borger")
            session.add(
                screening.Screening(
                    case_id=case.id,
                    areas={area: {"behov": need} for area, need in needs.items()},
                    done_at=clock.now(),
                    done_by="sagsbehandler-kui",
                )
            )
            for area in needs:
                cases.involve(session, case, screening.unit_of(session, area), "behov")
            consent.give(session, case, person.id, consent.PLAN)
            for state in ("SCREENING", "TILBUD_GIVET", "SAMTYKKE_GIVET"):
                cases.move(case, state)
            # These tests play one part of a course; the rest of it is the case's future.
            deadlines.fix(session, case, invariants.NEXT_STEP, date(2035, 1, 1), "resten")
            return case.nummer

        self.nummer = self.store.write(make)
        return self.nummer

    def write(self, function: Callable) -> object:
        """Change something about the case: function(session, case)."""
        return self.store.write(lambda session: function(session, self.case(session)))

    def read(self, function: Callable) -> object:
        with self.store.reading() as session:
            return function(session, self.case(session))

    def case(self, session) -> Case:
        return cases.by_number(session, self.nummer)

    @property
    def sag(self) -> SimpleNamespace:
        """The case's own columns as they stand."""
        with self.store.reading() as session:
            row = self.case(session)
            return SimpleNamespace(**{c.key: getattr(row, c.key) for c in Case.__table__.columns})

    def start(self, process: str, **answers) -> None:
        casework.open_case(self.store, process, by=SYSTEM, case=self.nummer, answers=answers)

    def begin(self, process: str, **variables) -> None:
        """Start a process as another diagram would: with variables, not answers."""

        def call(session) -> None:
            step = Step(session, SYSTEM)
            step.start(step.case(self.case(session)), process, variables)
            step.save()

        self.store.write(call)

    def do(self, who: str, element: str, item: str | None = None, **answers) -> None:
        """Complete the task that this user can see."""
        casework.complete(self.store, self.task(who, element, item), answers, by=who)
        casework.run_due(self.store)
        outbox.send_due(self.store, {letters.OUTBOX: dispatch.Sender(self.store, None)})

    def task(self, who: str, element: str, item: str | None = None) -> str:
        with self.store.reading() as session:
            query = access.visible_tasks(session, who).where(WorkItem.element == element)
            if item is not None:
                query = query.where(WorkItem.item == item)
            found = list(session.scalars(query))
            assert found, f"{who} does not see {element}: {self.queues()}"
            return found[0].id

    def due(self, regel: str) -> str | None:
        """The legal day of the rule's open duty."""

        def read(session, case):
            rows = deadlines.open_deadlines(session, case, regel)
            return rows[-1].due.isoformat() if rows else None

        return self.read(read)

    def timers(self, element: str) -> list[str]:
        """The local days on which this element's timers fire."""

        def read(session, case):
            query = select(jobs.Job.due_at).where(
                jobs.Job.case_id == case.id, jobs.Job.element == element
            )
            return sorted(clock.local(at).date().isoformat() for at in session.scalars(query))

        return self.read(read)

    def end_rule(self, row: str, last: str) -> None:
        """The table's row ends that day and nothing follows it."""
        table = diagrams.shipped()["frister.dmn"].decode()
        start = table.index(f'<rule id="{row}">')
        at = table.index("art: lokal", start)
        ended = f"{table[:at]}gyldig_til: {last}\n{table[at:]}".encode()
        self.store.write(
            lambda session: diagrams.deploy(
                session,
                {"frister.dmn": ended},
                by="procesejer-1",
                demo=True,
                accept_warnings=True,
            )
        )

    def queues(self) -> dict[str, list[str]]:
        """Every queue with something in it.

        A process told here stands without the spine around it, so when it ends the case has no
        future and the engine says so; that is another story's task.
        """
        with self.store.reading() as session:
            query = select(WorkItem).where(
                WorkItem.state.in_(UNFINISHED), WorkItem.element != invariants.FUTURE_TASK
            )
            found: dict[str, list[str]] = {}
            for row in session.scalars(query.order_by(WorkItem.element)):
                found.setdefault(row.queue, []).append(row.element)
            return found

    def tell(self, message: str, **data) -> None:
        casework.tell(self.store, message, data, by=SYSTEM, case=self.nummer)

    def at(self, moment: str) -> None:
        """Move the clock; what is due on the way happens at its own time."""
        until = datetime.fromisoformat(moment).replace(tzinfo=clock.COPENHAGEN)
        while True:
            with self.store.reading() as session:
                due = jobs.next_due(session)
            if due is None or due > until:
                break
            self.clock.move_to(max(due, clock.now()))
            casework.run_due(self.store)
        self.clock.move_to(until)

    def appointed(
        self, person: str = "koordinator-1", deputy: str | None = "koordinator-2"
    ) -> None:
        """P03 from beginning to end."""
        self.start("koordinator")
        self.do(
            "sagsbehandler-kui", "foreslaa_placering", faglig_vurdering="Uddannelse fylder mest"
        )
        self.do("leder-kui", "vaelg_person", person=person, stedfortraeder=deputy)

    def ready_to_meet(self) -> None:
        """The assessment is done and the units have said who comes."""
        area = {"domaene": "uddannelse", "situation": "Går ikke i skole"}
        self.do("koordinator-1", "helhedsudredning", omraader=[area])
        for unit, person in (("JOB", "Jo"), ("FAM", "Fia")):
            self.do(
                f"sagsbehandler-{unit.lower()}",
                "bekraeft_deltagelse",
                deltager=True,
                deltager_person=person,
            )

    def met(self) -> None:
        """The network meeting has been held; the plan is to be written."""
        self.ready_to_meet()
        invited = [{"hvem": "JOB"}, {"hvem": "FAM"}]
        self.do("koordinator-1", "indkald_netvaerksmoede", **MEETING, inviterede=invited)
        self.do("koordinator-1", "hold_netvaerksmoede", **MINUTES)

    def drafted(self) -> None:
        """The plan lies with the citizen."""
        self.met()
        self.do("koordinator-1", "udarbejd_plan", **PLAN)
        self.do("sagsbehandler-job", "kommenter", item="JOB", **COMMENT)
        self.do("sagsbehandler-kui", "kommenter", item="KUI", **COMMENT)


MEETING = {
    "moede_formaal": "Blive enige om mål",
    "moede_tidspunkt": "2027-01-13T10:00",
    "moedested": "uddannelse",
    "moedeform": "fysisk",
}
MINUTES = {
    "enighed_om_maal": "Tilbage i skole",
    "rollefordeling": [{"hvem": "Jo", "hvad": "finder en mentor", "hvornaar": "2027-01-20"}],
    "initiativpligt": "Koordinatoren",
    "borgerens_opsummering": "Det giver mening",
    "naeste_moede": "Når mentoren er i gang",
}
PLAN = {
    "samlet_situation": "Har været væk fra skole siden sommer.",
    "maal": [{"noegle": "skole", "titel": "Jeg vil gerne i skole igen"}],
    "indsatser": [
        {
            "noegle": "mentor",
            "titel": "Mentor",
            "indsatstype": "mentor",
            "lov": "LAB",
            "enhed": "JOB",
            "maal": "skole",
            "start": "2026-12-14",
        },
        {
            "noegle": "vejledning",
            "titel": "Vejledning",
            "lov": "KUI",
            "enhed": "KUI",
            "maal": "skole",
            "afhaenger_af": "mentor",
            "start": "2027-02-01",
        },
    ],
    "aftaler": [{"hvem": "Jo", "hvad": "ringer hver fredag"}],
    "borgerens_holdning": "Jeg er med på det",
}
COMMENT = {"enig": "ja", "bidrag": "Det, der står i planen", "ansvarlig": "Jo"}
ANSWER = {
    "forstaar_maal": "ja",
    "forstaar_indhold": "ja",
    "giver_mening": 4,
    "enig_maal": "alle",
    "deling": "Alt i planen med skolen, ikke mit helbred",
    "plan_svar": "accepterer",
}
