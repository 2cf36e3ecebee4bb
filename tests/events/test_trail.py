"""The hash chain of a case: what it shows, and what it lets be erased."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import audit, events, reads
from engine.domain import cases
from engine.events import ChainHead, Content, Entry, Event
from engine.store import unique_keys

pytestmark = pytest.mark.usefixtures("virtual_clock")


@pytest.fixture
def case(store):
    """A case with three events in two transactions; the second has personal content."""

    def first(session):
        case = cases.create(session)
        events.append(session, case, [Entry("case_opened", "anna", facts={"n": 1, "æ": None})])
        return case.id

    def then(session):
        case = session.get_one(cases.Case, case_id)
        told = Entry(
            "variable", "bo", on_behalf_of="anna", content={"new": "hemmeligt", "tal": 2.5}
        )
        events.append(session, case, [told, Entry("completed", "bo", element="svar")])

    case_id = store.write(first)
    store.write(then)
    return case_id


def verify(store, case_id=None):
    with store.reading() as session:
        return audit.verify(session, case_id)


def test_a_whole_chain_verifies(store, case):
    """The fourth event is the system's: that there is a case."""
    assert verify(store) == {"cases": 1, "events": 4, "ok": True, "first_bad": None}
    assert verify(store, case) == {"cases": 1, "events": 3, "ok": True, "first_bad": None}


def test_every_event_names_the_one_before_it(store, case):
    with store.reading() as session:
        rows = session.scalars(select(Event).where(Event.case_id == case).order_by(Event.seq)).all()
        head = session.get_one(cases.Case, case)
        assert [row.seq for row in rows] == [1, 2, 3]
        assert [row.prev for row in rows] == [events.GENESIS, rows[0].hash, rows[1].hash]
        assert (head.event_seq, head.event_head) == (3, rows[2].hash)


@pytest.mark.parametrize("table", ["events", "reads"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET actor = 'en anden'", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_the_database_itself_refuses_to_change_the_trail(store, case, table, statement):
    if statement.startswith("TRUNCATE") and not store.is_postgresql:
        statement = "DELETE FROM {} WHERE seq = 1"
    reads.record(store, case, "anna", "sag")
    with pytest.raises(DBAPIError, match="append-only"):
        store.write(lambda session: session.execute(text(statement.format(table))))
    assert verify(store)["ok"]


CHANGES = {
    "actor": "en anden",
    "kind": "noget_andet",
    "facts": '{"n":2}',
    "at": "2020-01-01 00:00:00+00:00",
    "element": "x",
    "on_behalf_of": "chef",
    "digest": "0",
    "prev": "0",
    "hash": "0",
}


@pytest.mark.parametrize("column", sorted(CHANGES))
def test_a_changed_event_is_found(store, case, column):
    tamper(store, f"UPDATE events SET {column} = :new WHERE seq = 2", new=CHANGES[column])
    found = verify(store)
    assert not found["ok"]
    assert found["first_bad"]["case"] == "2026-0001"
    assert found["first_bad"]["seq"] in (2, 3)


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_removed_event_is_found_even_the_last(store, case, seq):
    tamper(store, "DELETE FROM events WHERE seq = :seq", seq=seq)
    assert not verify(store)["ok"]
    assert not verify(store, case)["ok"]


def test_altered_content_is_found(store, case):
    store.write(lambda session: session.execute(update(Content).values(content={"new": "andet"})))
    assert verify(store)["first_bad"]["reason"] == "hændelsens indhold er ændret"


def test_erased_content_is_gone_and_the_chain_still_verifies(store, case):
    assert erase(store, case) == 1
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Content)) == 0
        (said,) = session.scalars(select(Event).where(Event.kind == "content_erased"))
    assert (said.case_id, said.actor) == (case, "arkivar")
    assert said.facts == {"rule": "opbevaring", "seqs": [2]}
    assert verify(store)["ok"]
    assert erase(store, case) == 0
    assert verify(store, case)["events"] == 4  # nothing to erase, nothing to say


def test_content_that_is_gone_and_that_nobody_erased_is_found(store, case):
    store.write(lambda session: session.execute(delete(Content)))
    bad = verify(store)["first_bad"]
    assert (bad["case"], bad["seq"]) == ("2026-0001", 2)
    assert bad["reason"].startswith("indholdet er væk")


def test_an_erasure_excuses_only_what_it_names(store, case):
    erase(store, case)

    def more(session):
        row = session.get_one(cases.Case, case)
        events.append(session, row, [Entry("variable", "bo", content={"new": "mere"})])

    store.write(more)
    store.write(lambda session: session.execute(delete(Content)))
    assert verify(store)["first_bad"]["seq"] == 5


def test_content_cannot_be_guessed_from_its_digest(store, case):
    with store.reading() as session:
        first = session.scalars(select(Event.digest).where(Event.seq == 2)).one()

    def again(session):
        row = session.get_one(cases.Case, case)
        same = Entry(
            "variable", "bo", on_behalf_of="anna", content={"new": "hemmeligt", "tal": 2.5}
        )
        events.append(session, row, [same])

    store.write(again)
    with store.reading() as session:
        second = session.scalars(select(Event.digest).where(Event.seq == 4)).one()
    assert first != second


def test_a_case_whose_events_are_all_gone_is_found(store, case):
    tamper(store, "DELETE FROM events")
    assert verify(store)["first_bad"]["reason"].startswith("kæden ender et andet sted")


def test_what_belongs_to_no_case_has_a_chain_of_its_own(store):
    for number in range(3):
        entry = Entry("rule_changed", "procesejer-1", facts={"value": number})
        store.write(lambda session, entry=entry: events.record_system(session, entry))
    assert verify(store) == {"cases": 0, "events": 3, "ok": True, "first_bad": None}
    tamper(store, "DELETE FROM events WHERE seq = 3")
    assert verify(store)["first_bad"]["case"] == "system"
    with store.reading() as session:
        assert session.get_one(ChainHead, events.SYSTEM).event_seq == 3


def test_reads_have_a_chain_of_their_own(store, case):
    for who in ("anna", "revisor", "anna"):
        reads.record(store, case, who, "sag")
    with store.reading() as session:
        found = reads.verify(session)
        rows = session.scalars(select(reads.Read.actor).order_by(reads.Read.seq)).all()
    assert found == {"cases": 1, "reads": 3, "ok": True, "first_bad": None}
    assert rows == ["anna", "revisor", "anna"]
    assert verify(store, case)["events"] == 3
    tamper(store, "DELETE FROM reads WHERE seq = 3", table="reads")
    with store.reading() as session:
        assert not reads.verify(session, case)["ok"]


def test_many_first_readers_at_once_all_get_into_the_chain(store):
    threads = [
        threading.Thread(target=reads.record, args=(store, "en-sag", f"bruger-{n}", "sag"))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as session:
        assert reads.verify(session) == {"cases": 1, "reads": 8, "ok": True, "first_bad": None}


@pytest.mark.parametrize("table", ["events", "reads"])
@pytest.mark.parametrize("key", ["id", "seq", "rowid"])
def test_a_row_cannot_be_put_in_the_place_of_another(store, case, table, key):
    """REPLACE on SQLite and ON CONFLICT on PostgreSQL are changes too, whichever key they meet."""
    reads.record(store, case, "anna", "sag")
    columns = [c.name for c in events.Base.metadata.tables[table].columns]
    chosen = ", ".join("'en anden'" if name == "actor" else name for name in columns)
    if store.is_postgresql:
        if key == "rowid":
            key = "id"
        on = "id" if key == "id" else "case_id, seq"
        wanted = (
            f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE "
            f"SELECT {', '.join(columns)} FROM {table} "
            f"ON CONFLICT ({on}) DO UPDATE SET actor = 'en anden'"
        )
    elif key == "seq":
        columns.remove("id")
        chosen = chosen.removeprefix("id, ")
        wanted = f"REPLACE INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table}"
    else:
        columns[0] = key
        wanted = f"REPLACE INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table}"
    with pytest.raises(DBAPIError, match="append-only"):
        store.write(lambda session: session.execute(text(wanted)))
    assert verify(store)["ok"]


def test_every_table_that_is_written_once_says_which_keys_it_has():
    """On SQLite its trigger holds a new row against each of them."""
    tables = events.Base.metadata.tables.values()
    once = {table.name: unique_keys(table) for table in tables if table.info.get("append_only")}
    assert once == {
        "events": [["id"], ["case_id", "seq"]],
        "reads": [["id"], ["case_id", "seq"]],
        "budget_entries": [["id"]],
        "budget_contributions": [["id"], ["line", "number"]],
        "bills": [["id"], ["application_id", "voucher"]],
        "votes": [["id"], ["ballot_id", "member", "number"]],
        "committee_minutes": [["id"], ["meeting_id"]],
        "committee_minutes_answers": [["id"], ["minutes_id", "member", "number"]],
    }


def erase(store, case_id):
    return store.write(
        lambda session: events.erase(session, case_id, by="arkivar", rule="opbevaring")
    )


def tamper(store, statement, table="events", **values):
    """What somebody with the database's own rights could do: the triggers off, then on."""
    if store.is_postgresql:
        off, on = (f"ALTER TABLE {table} {act} TRIGGER ALL" for act in ("DISABLE", "ENABLE"))
    else:
        off, on = f"DROP TRIGGER {table}_no_update", None
        store.write(lambda session: session.execute(text(f"DROP TRIGGER {table}_no_delete")))
    store.write(lambda session: session.execute(text(off)))
    store.write(lambda session: session.execute(text(statement), values))
    if on:
        store.write(lambda session: session.execute(text(on)))
