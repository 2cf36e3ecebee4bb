"""What completing one follow-up costs after so many rounds of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.benchmarks.bench import counting, furnished
from engine.benchmarks.followed import AsShipped, FollowedUp
from engine.store import Store

SAMPLES = 31


def steps(database_url: str | None, rounds: Iterable[int]) -> list[dict]:
    """Per number of rounds what a step cost, and what the database costs by itself in the same run.

    `rounds, median_ms, statements, commits, state_bytes, baseline_ms, light_baseline_ms` of a
    diagram made to be measured, and under `shipped` the same of the follow-up meeting that is
    shipped, with its form and services. The baselines are `inserting` and `looking`. The cases are
    measured in turns, with the baselines between them, so that a slow moment of the machine hits
    all of them alike. Statements and commits are the most that any sample took.
    """
    rounds = list(rounds)
    with furnished(database_url) as store, clock.travelling(datetime(2026, 1, 5, 9)) as travelling:
        _NOTHING.create(store.engine)
        store.write(lambda session: session.execute(insert(_NOTHING), {"body": ""}))
        plain = [FollowedUp.open(store, number) for number in rounds]
        shipped = [AsShipped.open(store, number) for number in rounds]
        for case in plain + shipped:
            while case.done < case.rounds:
                case.complete(case.come_due(travelling))
            case.weigh()
        for _ in range(SAMPLES):
            for case in plain + shipped:
                case.measure(case.come_due(travelling))
                compare(case)
        return [
            {"rounds": one.rounds, **one.figures(), "shipped": other.figures()}
            for one, other in zip(plain, shipped, strict=True)
        ]


def compare(case: FollowedUp) -> None:
    """Time the baselines, counted too: counting costs them as much as it costs the step."""
    begin = 0 if case.store.is_postgresql else 1  # BEGIN IMMEDIATE is a statement too
    for watch, baseline in ((case.inserting, inserting), (case.looking, looking)):
        with counting(case.store) as count:
            watch.time(lambda act=baseline: act(case.store, case.statements - begin))
        assert (count.statements, count.commits) == (case.statements, case.commits)


def inserting(store: Store, statements: int) -> None:
    """A durable transaction of so many statements, each writing one row that means nothing.

    As most of a step's statements write rows, it is what the database and its driver take of it.
    """

    def nothing(session: Session) -> None:
        for _ in range(statements):
            session.execute(insert(_NOTHING), {"body": ""})

    store.write(nothing)


def looking(store: Store, statements: int) -> None:
    """The cheapest durable transaction of so many statements: all but the last only read a row."""

    def nothing(session: Session) -> None:
        for _ in range(statements - 1):
            session.execute(_LOOK).all()
        session.execute(_TOUCH)  # without a change there is nothing to make durable

    store.write(nothing)


_NOTHING = Table(
    "bench_nothing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("body", String, index=True),
)
_LOOK = select(_NOTHING.c.body).where(_NOTHING.c.id == 1)
_TOUCH = update(_NOTHING).where(_NOTHING.c.id == 1).values(body=_NOTHING.c.body + "x")
