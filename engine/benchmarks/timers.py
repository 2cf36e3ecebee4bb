"""What finding the due timers costs among very many that are not."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event, insert

from engine import clock, jobs
from engine.benchmarks.bench import Stopwatch, furnished
from engine.domain.cases import Case
from engine.instances import Instance
from engine.jobs import Job
from engine.store import Store

DUE, SAMPLES = 100, 101


def timers(database_url: str | None, waiting: int) -> dict:
    """`waiting, find_due_ms, cases_loaded`: a hundred due timers found among the waiting ones."""
    watch, loaded = Stopwatch(), []

    def note(target: object, _context: object) -> None:
        loaded.append(target)

    with furnished(database_url) as store:
        _fill(store, waiting)
        for kind in (Case, Instance):
            event.listen(kind, "load", note)
        try:
            for _ in range(SAMPLES):
                watch.time(lambda: _find(store))
        finally:
            for kind in (Case, Instance):
                event.remove(kind, "load", note)
    return {"waiting": waiting, "find_due_ms": watch.median_ms, "cases_loaded": len(loaded)}


def _find(store: Store) -> None:
    with store.reading() as session:
        found = session.scalars(jobs.due(clock.now())).all()
    assert len(found) == DUE


def _fill(store: Store, waiting: int) -> None:
    now = clock.now()

    def rows(first: int, last: int):
        for number in range(first, last):
            ahead = timedelta(minutes=number + 60) if number >= DUE else timedelta(minutes=-number)
            yield {
                "kind": jobs.TIMER,
                "due_at": now + ahead,
                "case_id": f"case-{number}",
                "instance_id": f"instance-{number}",
                "ref": f"timer-{number}",
                "created_at": now,
            }

    for first in range(0, waiting + DUE, 10_000):
        part = list(rows(first, min(first + 10_000, waiting + DUE)))
        store.write(lambda session, part=part: session.execute(insert(Job), part))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
