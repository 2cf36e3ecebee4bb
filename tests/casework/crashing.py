"""Kills itself in the middle of verbs, at every statement in turn, and reports what was left.

Usage: crashing.py URL [split]. With `split` each transaction is committed once too early, as a
careless change might do: then the report must show faults.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime

from sqlalchemy import event, select

from engine import casework, clock, jobs
from engine.casework.refusals import AlreadyCompleted
from engine.instances import OPEN, WorkItem
from engine.jobs import Job
from engine.store import Store
from tests.casework.whole import faults

MOST = 60


class Crasher:
    """Dies by SIGKILL at the n-th statement, at the commit, or right after it."""

    def __init__(self, store: Store, at: int, split: bool):
        self.store, self.at, self.split, self.seen = store, at, split, 0
        event.listen(store.engine, "after_cursor_execute", self.statement)
        event.listen(store.engine, "commit", lambda _: self.count())
        event.listen(store.engine, "checkin", lambda *_: self.count())

    def statement(self, connection, *_) -> None:
        self.count()
        if self.split and self.seen == 6:
            raw = connection.connection.driver_connection
            if self.store.is_postgresql:
                raw.commit()
            else:
                raw.execute("COMMIT")
                raw.execute("BEGIN IMMEDIATE")

    def count(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def task(store: Store) -> str | None:
    with store.reading() as session:
        return session.scalars(select(WorkItem.id).where(WorkItem.state == OPEN)).one_or_none()


def timer(store: Store) -> Job | None:
    with store.reading() as session:
        return session.scalars(select(Job).where(Job.kind == jobs.TIMER)).one_or_none()


def act(store: Store, task_id: str | None, job: Job | None) -> None:
    if task_id is not None:
        casework.complete(store, task_id, {"referat": "x"}, by="anna")
    else:
        casework.wake(store, job.id)


def lives(store: Store, at: int, split: bool, task_id: str | None, job: Job | None) -> bool:
    """Act in a child that dies at the given statement; True when it lived to the end."""
    child = os.fork()
    if child == 0:
        store.engine.dispose(close=False)  # the parent's connections stay the parent's
        Crasher(store, at, split)
        act(store, task_id, job)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


def check(store: Store, task_id: str | None, report: dict) -> None:
    """After the crash: all is whole, and the same act either still works or was done once."""
    report["faults"] += faults(store)
    if task_id is not None and task(store) is None:
        try:
            casework.complete(store, task_id, {"referat": "igen"}, by="anna")
            report["faults"].append("a task was completed twice")
        except AlreadyCompleted:
            report["done_before_death"] += 1


def main(url: str, split: bool) -> dict:
    report = {"deaths": 0, "acts": 0, "done_before_death": 0, "faults": []}
    store = Store(url)
    with clock.travelling(datetime(2026, 1, 6)) as travelling:

        def waiting() -> tuple[str | None, Job | None]:
            job = timer(store)
            if job is not None:
                travelling.move_to(max(job.due_at, clock.now()))
            return task(store), job

        for kind in ("timer", "task"):
            for at in range(1, MOST):
                task_id, job = waiting()
                if (task_id is None) != (kind == "timer"):
                    act(store, task_id, job)  # on to what is to be killed next
                    task_id, job = waiting()
                lived = lives(store, at, split, task_id, job)
                check(store, task_id, report)
                report["acts"] += lived
                report["deaths"] += not lived
                if lived or (split and report["faults"]):
                    break
            else:
                report["faults"].append("it never lived to the end")
    store.close()
    return report


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], "split" in sys.argv[2:])))
