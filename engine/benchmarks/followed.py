"""A case that is followed up again and again: by a diagram of our own, or by the shipped one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import casework, clock, jobs
from engine.benchmarks.bench import COURSE, FOLLOW_UP, WORKER, Stopwatch, counting
from engine.domain import appointment, cases, consent, deadlines, people
from engine.instances import OPEN, WITH_STATE, Instance, WorkItem
from engine.jobs import Job
from engine.store import Store

COORDINATOR, DEPUTY, LEADER = "koordinator-1", "koordinator-2", "leder-kui"
WEEK = timedelta(weeks=1)


@dataclass
class FollowedUp:
    """A case that has been followed up so many times, and what a further one cost."""

    store: Store
    rounds: int
    id: str
    watch: Stopwatch = field(default_factory=Stopwatch)
    inserting: Stopwatch = field(default_factory=Stopwatch)
    looking: Stopwatch = field(default_factory=Stopwatch)
    done: int = 0
    statements: int = 0
    commits: int = 0
    state_bytes: int = 0

    @classmethod
    def open(cls, store: Store, rounds: int) -> FollowedUp:
        nummer = casework.open_case(store, FOLLOW_UP, by=WORKER)
        return cls(store, rounds, store.write(lambda s: cases.by_number(s, nummer).id))

    def come_due(self, travelling: clock.VirtualClock) -> str:
        """Let the waiting timer fire; the task that a follow-up is completed by."""
        with self.store.reading() as session:
            timer = select(Job).where(Job.case_id == self.id, Job.kind == jobs.TIMER)
            job = session.scalars(timer).one()
        travelling.move_to(max(job.due_at, clock.now()))
        casework.wake(self.store, job.id)
        return self._task()

    def complete(self, task_id: str) -> None:
        self.done += 1
        answers = {"resultat": ("fremgang", "uaendret")[self.done % 2], "runde": self.done}
        casework.complete(self.store, task_id, answers, by=WORKER)

    def measure(self, task_id: str) -> None:
        with counting(self.store) as count:
            self.watch.time(lambda: self.complete(task_id))
        self.statements = max(self.statements, count.statements)
        self.commits = max(self.commits, count.commits)

    def weigh(self) -> None:
        with self.store.reading() as session:
            query = select(Instance).where(Instance.case_id == self.id).options(*WITH_STATE)
            self.state_bytes = sum(
                len(row.state) + len(row.scopes) for row in session.scalars(query)
            )

    def figures(self) -> dict[str, Any]:
        return {
            "median_ms": self.watch.median_ms,
            "statements": self.statements,
            "commits": self.commits,
            "state_bytes": self.state_bytes,
            "baseline_ms": self.inserting.median_ms,
            "light_baseline_ms": self.looking.median_ms,
        }

    def _task(self) -> str:
        with self.store.reading() as session:
            task = select(WorkItem.id).where(WorkItem.case_id == self.id, WorkItem.state == OPEN)
            return session.scalars(task).one()


class AsShipped(FollowedUp):
    """A citizen's case with a plan in force, followed up weekly by `opfoelgning`.

    A round is a timer, a preparation and a meeting; the meeting is what is measured.
    """

    @classmethod
    def open(cls, store: Store, rounds: int) -> AsShipped:
        case_id, nummer = store.write(_planned)
        casework.open_case(store, COURSE, by=COORDINATOR, case=nummer)
        return cls(store, rounds, case_id)

    def come_due(self, travelling: clock.VirtualClock) -> str:
        casework.complete(self.store, super().come_due(travelling), {}, by=COORDINATOR)
        return self._task()

    def complete(self, task_id: str) -> None:
        self.done += 1
        today = clock.today()
        answers = {
            "afholdt": today.isoformat(),
            "moedeform": "fysisk",
            "nyt_siden_sidst": "Det går fremad",
            "aendring": "ingen",
            "naeste_dato": (today + WEEK).isoformat(),
        }
        casework.complete(self.store, task_id, answers, by=COORDINATOR)


def _planned(session: Session) -> tuple[str, str]:
    """A case as it stands the day the citizen has said yes to the plan: (id, number)."""
    case = cases.create(session, "koordinering", owner_unit="KUI", referred_by="SSP")
    person = people.register(session, "Prøve Borgersen")
    people.add_party(session, case.id, person.id, "borger")
    consent.give(session, case, person.id, consent.PLAN, given_by=[person.id])
    for state in ON_THE_WAY:
        cases.move(case, state)
    appointment.appoint(session, case, COORDINATOR, LEADER, deputy=DEPUTY)
    deadlines.start(session, case, "KP-1", clock.today())
    return case.id, case.nummer


ON_THE_WAY = (
    "SCREENING",
    "TILBUD_GIVET",
    "SAMTYKKE_GIVET",
    "KOORDINATOR_UDPEGET",
    "PLAN_UDARBEJDES",
    "PLAN_AFVENTER_BORGER",
    "PLAN_AKTIV",
)
