"""Who writes, who reads, and what happens when two do at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from engine import incidents
from engine.domain.organisation import Setting, Unit
from engine.errors import Broken, Refused
from engine.store import Busy, Conflict, Store


def value(store, name):
    with store.reading() as session:
        row = session.get(Setting, name)
        return row and row.value


def put(store, name, new):
    store.write(lambda session: session.merge(Setting(name=name, value=new)))


def test_what_one_writes_another_reads(store):
    put(store, "norm", 30)
    assert value(store, "norm") == 30


def test_an_error_saves_nothing(store):
    def half(session):
        session.add(Setting(name="norm", value=1))
        session.flush()
        raise Refused

    with pytest.raises(Refused):
        store.write(half)
    assert value(store, "norm") is None


def test_one_write_is_one_commit(store):
    commits = []
    event.listen(store.engine, "commit", commits.append)
    put(store, "norm", 30)
    assert len(commits) == 1


def test_a_reading_session_refuses_to_write(store):
    with store.reading() as session:
        session.add(Setting(name="norm", value=1))
        with pytest.raises(Broken):
            session.flush()


def test_a_writer_does_not_keep_readers_waiting(store):
    put(store, "norm", 1)
    seen = []

    def slow(session):
        session.get_one(Setting, "norm", with_for_update=True).value = 2
        session.flush()
        seen.append(value(store, "norm"))

    store.write(slow)
    assert (seen, value(store, "norm")) == ([1], 2)


def test_fifty_writers_lose_no_update(store):
    put(store, "antal", 0)

    def more(session):
        row = session.get_one(Setting, "antal", with_for_update=True)
        row.value = row.value + 1

    threads = [threading.Thread(target=store.write, args=(more,)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(store, "antal") == 50


def test_a_conflict_is_tried_again_from_the_start(store):
    tries = []

    def twice(session):
        tries.append(session)
        session.add(Setting(name=f"try-{len(tries)}", value=1))
        session.flush()
        if len(tries) < 3:
            raise Conflict
        return "done"

    assert store.write(twice) == "done"
    assert len(tries) == 3
    assert (value(store, "try-1"), value(store, "try-3")) == (None, 1)


def test_after_its_patience_a_writer_is_told_that_the_case_is_busy(store):
    store.patience = 0

    def never(session):
        raise Conflict

    with pytest.raises(Busy, match="optaget"):
        store.write(never)


def test_a_lock_that_another_holds_is_waited_for_and_never_an_error(store):
    """Two connections, as two processes would have: the store's own lock does not help."""
    put(store, "norm", 1)
    other, held, let_go = Store(store.url), threading.Event(), threading.Event()

    def hold(session):
        session.get_one(Setting, "norm", with_for_update=True).value = 2
        session.flush()
        held.set()
        assert let_go.wait(60)

    other._lock = threading.Lock()
    holder = threading.Thread(target=other.write, args=(hold,))
    holder.start()
    assert held.wait(60)
    threading.Timer(0.3, let_go.set).start()
    put(store, "norm", 3)
    holder.join()
    other.close()
    assert value(store, "norm") == 3


def test_two_transactions_that_lock_crosswise_both_get_through(store):
    put(store, "a", 0)
    put(store, "b", 0)
    meet = threading.Barrier(2, timeout=1)

    def both(first, second):
        def lock(session):
            session.get_one(Setting, first, with_for_update=True)
            try:
                meet.wait()
            except threading.BrokenBarrierError:
                pass
            session.get_one(Setting, second, with_for_update=True).value += 1

        return lock

    threads = [
        threading.Thread(target=store.write, args=(both(*names),))
        for names in (("a", "b"), ("b", "a"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (value(store, "a"), value(store, "b")) == (1, 1)


def test_a_reference_to_nothing_is_refused_by_the_database(store):
    from engine.domain.organisation import Role

    with pytest.raises(IntegrityError):
        store.write(lambda session: session.add(Role(username="x", unit="y", role="z")))


def test_moments_keep_their_zone_and_must_have_one(store, virtual_clock):
    from engine import clock, jobs

    at = datetime(2026, 7, 1, 9, tzinfo=clock.COPENHAGEN)
    store.write(lambda session: jobs.add(session, jobs.SWEEP, at, payload={}))
    with store.reading() as session:
        assert session.scalars(select(jobs.Job.due_at)).one() == datetime(2026, 7, 1, 7, tzinfo=UTC)
    with pytest.raises(StatementError, match="aware"):
        store.write(lambda s: jobs.add(s, jobs.SWEEP, datetime(2026, 7, 1), payload={}))


def test_json_keeps_the_order_it_was_written_in(store):
    put(store, "orden", {"b": 1, "a": [True, None, 1.5, "æ"]})
    assert list(value(store, "orden")) == ["b", "a"]


def test_what_was_answered_never_stands_in_an_incident(store):
    secret = "Mads Prøvesen"
    with pytest.raises(IntegrityError) as error:
        store.write(lambda s: s.add(Unit(code="KUI", name=secret, partner=None, parent=secret)))
        store.write(lambda s: s.execute(insert(Unit).values(code=None, name=secret)))
    assert secret not in incidents.reason(error.value) + incidents.detail(error.value)
    assert "IntegrityError" in incidents.reason(error.value)


def test_sqlite_runs_as_it_should(sqlite_store):
    with sqlite_store.reading() as session:
        pragma = {
            name: session.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragma == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
    }
