"""What completing one follow-up costs after so many rounds of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session

from engine import casework, clock, jobs
from engine.benchmarks.bench import FOLLOW_UP, WORKER, Stopwatch, counting, furnished
from engine.domain.cases import Case
from engine.instances import OPEN, WITH_STATE, Instance, WorkItem
from engine.jobs import Job
from engine.store import Store

SAMPLES = 31


@dataclass
class FollowedUp:
    """A case that has been followed up so many times, and what a further one cost."""

    store: Store
    rounds: int
    nummer: str
    id: str
    watch: Stopwatch = field(default_factory=Stopwatch)
    done: int = 0
    statements: int = 0
    commits: int = 0
    state_bytes: int = 0

    @classmethod
    def open(cls, store: Store, rounds: int) -> FollowedUp:
        nummer = casework.open_case(store, FOLLOW_UP, by=WORKER)
        with store.reading() as session:
            return cls(
                store, rounds, nummer, session.scalar(select(Case.id).where(Case.nummer == nummer))
            )

    def come_due(self, travelling: clock.VirtualClock) -> str:
        """Let the waiting timer fire; the task that it makes."""
        with self.store.reading() as session:
            timer = select(Job).where(Job.case_id == self.id, Job.kind == jobs.TIMER)
            job = session.scalars(timer).one()
        travelling.move_to(max(job.due_at, clock.now()))
        casework.wake(self.store, job.id)
        with self.store.reading() as session:
            task = select(WorkItem.id).where(WorkItem.case_id == self.id, WorkItem.state == OPEN)
            return session.scalars(task).one()

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


def steps(database_url: str | None, rounds: Iterable[int]) -> list[dict]:
    """Per number of rounds: `rounds, median_ms, statements, commits, state_bytes, baseline_ms`.

    The cases are measured in turns, with the baseline between them, so that a slow moment of the
    machine hits all of them alike. Statements and commits are the most that any sample took.
    """
    with furnished(database_url) as store, clock.travelling(datetime(2026, 1, 5, 9)) as travelling:
        _NOTHING.create(store.engine)
        cases = [FollowedUp.open(store, number) for number in rounds]
        for case in cases:
            while case.done < case.rounds:
                case.complete(case.come_due(travelling))
            case.weigh()
        baseline = {case.rounds: Stopwatch() for case in cases}
        for _ in range(SAMPLES):
            for case in cases:
                task = case.come_due(travelling)
                case.measure(task)
                baseline[case.rounds].time(lambda n=case.statements: empty_transaction(store, n))
        return [
            {
                "rounds": case.rounds,
                "median_ms": case.watch.median_ms,
                "statements": case.statements,
                "commits": case.commits,
                "state_bytes": case.state_bytes,
                "baseline_ms": baseline[case.rounds].median_ms,
            }
            for case in cases
        ]


def empty_transaction(store: Store, statements: int) -> None:
    """As many statements as a step, each writing one row that means nothing, and one commit.

    It is what the database and its driver cost by themselves, on the same disk at the same time.
    """

    def nothing(session: Session) -> None:
        begin = 0 if store.is_postgresql else 1  # BEGIN IMMEDIATE is a statement too
        for _ in range(statements - begin):
            session.execute(insert(_NOTHING), {"body": ""})

    store.write(nothing)


_NOTHING = Table(
    "bench_nothing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("body", String, index=True),
)
