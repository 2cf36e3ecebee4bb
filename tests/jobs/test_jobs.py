"""The job table: what is due, in which order, found without looking at the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from engine import clock, jobs
from engine.jobs import Job

pytestmark = pytest.mark.usefixtures("virtual_clock")


def add(store, *minutes: int, **columns) -> None:
    def write(session):
        for minute in minutes:
            at = clock.now() + timedelta(minutes=minute)
            jobs.add(session, jobs.TIMER, at, ref=str(minute), instance_id="i", **columns)
            session.flush()

    store.write(write)


def due(store, minutes: int, limit: int = 200) -> list[str]:
    until = clock.now() + timedelta(minutes=minutes)
    with store.reading() as session:
        ids = session.scalars(jobs.due(until, limit)).all()
        rows = {job.id: job.ref for job in session.scalars(select(Job))}
    return [rows[id_] for id_ in ids]


def test_what_is_due_comes_in_order_of_time_and_then_of_coming(store):
    add(store, 30, 10, 20, 10, 5)
    assert due(store, 20) == ["5", "10", "10", "20"]
    assert due(store, 20, limit=2) == ["5", "10"]
    assert due(store, 4) == []


def test_what_stands_as_an_incident_is_not_due(store):
    add(store, 5, state=jobs.INCIDENT)
    assert due(store, 60) == []
    with store.reading() as session:
        assert jobs.next_due(session) is None


def test_the_next_moment_is_the_earliest_that_waits(store):
    add(store, 30, 10)
    with store.reading() as session:
        assert jobs.next_due(session) == clock.now() + timedelta(minutes=10)


def test_a_cancelled_job_is_gone_and_a_moved_one_comes_later(store):
    add(store, 5, 10)
    store.write(lambda session: jobs.cancel(session, "i", ["5"]))
    later = clock.now() + timedelta(minutes=50)
    store.write(lambda session: jobs.move(session, "i", "10", later))
    assert due(store, 20) == []
    assert due(store, 60) == ["10"]


def test_a_number_never_comes_back_when_its_job_is_done(store):
    add(store, 5)
    with store.reading() as session:
        first = session.scalars(select(Job.id)).one()
    store.write(lambda session: jobs.cancel(session, "i", ["5"]))
    add(store, 5)
    with store.reading() as session:
        assert session.scalars(select(Job.id)).one() > first


def test_back_off_doubles_and_has_a_ceiling():
    waits = [jobs.backoff(attempts) for attempts in range(1, 20)]
    assert waits[0] == jobs.FIRST_BACKOFF
    assert waits[1] == 2 * waits[0]
    assert waits[-1] == jobs.LONGEST_BACKOFF
    assert waits == sorted(waits)


def test_finding_what_is_due_uses_the_index(store):
    def many(session):
        session.execute(
            Job.__table__.insert(),
            [
                {
                    "kind": jobs.TIMER,
                    "due_at": clock.now() + timedelta(days=n),
                    "created_at": clock.now(),
                }
                for n in range(2000)
            ],
        )

    store.write(many)
    query = jobs.due(clock.now(), limit=1)
    compiled = query.compile(store.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN" if store.is_postgresql else "EXPLAIN QUERY PLAN"
    with store.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    with store.reading() as session:
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {compiled}")))
    assert "ix_jobs_due" in plan
    assert "SCAN jobs USING" not in plan or "USING INDEX" in plan
    assert "Sort" not in plan and "TEMP B-TREE" not in plan
