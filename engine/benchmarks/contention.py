"""Several people at work on one case at the same moment."""

from __future__ import annotations

import threading

from sqlalchemy import select

from engine import casework
from engine.benchmarks.bench import BUSY, WORKER, Stopwatch, furnished
from engine.instances import OPEN, Instance, WorkItem
from engine.store import Store

TASKS_EACH = 25


def contention(database_url: str | None, clients: int) -> dict:
    """`clients, done, errors, median_ms, max_ms`: each client completes tasks of the same case."""
    with furnished(database_url) as store:
        nummer = casework.open_case(store, BUSY, by=WORKER)
        for _ in range(clients - 1):
            casework.open_case(store, BUSY, by=WORKER, case=nummer)
        with store.reading() as session:
            instances = list(session.scalars(select(Instance.id).where(Instance.process == BUSY)))
        watches, errors = [Stopwatch() for _ in instances], []
        threads = [
            threading.Thread(target=_work, args=(store, instance, watch, errors))
            for instance, watch in zip(instances, watches, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    whole = Stopwatch([run for watch in watches for run in watch.runs])
    return {
        "clients": clients,
        "done": len(whole.runs),
        "errors": len(errors),
        "median_ms": whole.median_ms,
        "max_ms": whole.max_ms,
    }


def _work(store: Store, instance_id: str, watch: Stopwatch, errors: list) -> None:
    for number in range(1, TASKS_EACH + 1):
        try:
            with store.reading() as session:
                task = select(WorkItem.id).where(
                    WorkItem.instance_id == instance_id, WorkItem.state == OPEN
                )
                task_id = session.scalars(task).one()
            answers = {"resultat": "fremgang", "runde": number}
            watch.time(lambda t=task_id, a=answers: casework.complete(store, t, a, by=WORKER))
        except Exception as error:
            errors.append(error)
