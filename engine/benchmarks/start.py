"""What opening a case costs."""

from __future__ import annotations

from engine import casework
from engine.benchmarks.bench import FOLLOW_UP, WORKER, Count, Stopwatch, counting, furnished


def start(database_url: str | None, cases: int) -> dict:
    """`cases, median_ms, statements, commits` of opening a case; the most that any of them took."""
    watch, most = Stopwatch(), Count()
    with furnished(database_url) as store:
        casework.open_case(store, FOLLOW_UP, by=WORKER)  # reads the diagram, once per process
        for _ in range(cases):
            with counting(store) as count:
                watch.time(lambda: casework.open_case(store, FOLLOW_UP, by=WORKER))
            most.statements = max(most.statements, count.statements)
            most.commits = max(most.commits, count.commits)
    return {
        "cases": cases,
        "median_ms": watch.median_ms,
        "statements": most.statements,
        "commits": most.commits,
    }
