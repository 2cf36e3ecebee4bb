"""What leaves the house: sent after the commit, again when it failed, once when it went well."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import clock, outbox
from engine.errors import Refused
from engine.outbox import Outgoing


@pytest.fixture
def letter(store, virtual_clock):
    row = store.write(lambda session: outbox.put(session, "brev", ref="letter-1", kode="B02"))
    return row.id


def rows(store) -> list[Outgoing]:
    with store.reading() as session:
        found = list(session.scalars(select(Outgoing).order_by(Outgoing.id)))
        session.expunge_all()
    return found


def test_what_is_put_there_is_sent_once(store, letter):
    sent = []
    senders = {"brev": lambda row: sent.append((row.key, row.facts))}
    assert outbox.send_due(store, senders) == 1
    assert outbox.send_due(store, senders) == 0
    assert sent == [(f"outbox-{letter}", {"kode": "B02"})]
    assert (rows(store)[0].state, rows(store)[0].sent_at) == ("sent", clock.now())


def test_nothing_is_sent_of_a_step_that_was_not_saved(store, virtual_clock):
    def half(session):
        outbox.put(session, "brev", kode="B02")
        session.flush()
        raise Refused

    with pytest.raises(Refused):
        store.write(half)
    assert rows(store) == []


def test_a_failing_sender_is_tried_again_with_the_same_key_and_then_given_up(
    store, letter, virtual_clock
):
    keys = []

    def fail(row):
        keys.append(row.key)
        raise ConnectionError("no line to Mads")

    for attempt in range(1, outbox.TRIES + 1):
        assert outbox.send_due(store, {"brev": fail}) == 0
        assert rows(store)[0].attempts == attempt
        assert outbox.send_due(store, {"brev": fail}) == 0  # not before its time
        virtual_clock.advance(hours=7)
    (row,) = rows(store)
    assert (row.state, row.error) == ("failed", "ConnectionError")
    assert set(keys) == {f"outbox-{letter}"}
    assert outbox.send_due(store, {"brev": keys.append}) == 0


def test_a_kind_without_a_sender_waits(store, letter):
    assert outbox.send_due(store, {"kvittering": print}) == 0
    assert outbox.send_due(store, {}) == 0
    assert rows(store)[0].state == "waiting"
