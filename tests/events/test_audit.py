"""What the trail as a whole shows: who is gone, what was cut short, and what was never deployed."""

from __future__ import annotations

import hashlib
import shutil

import pytest
from sqlalchemy import select, text

from engine import anchors, audit, diagrams, events, municipality, reads
from engine.anchors import Anchor
from engine.definitions import Definition
from engine.domain import cases
from engine.domain.cases import Case
from engine.events import Entry, Event
from engine.scheduler import Pump
from tests.diagrams_deploy.small import form, process, task

pytestmark = pytest.mark.usefixtures("virtual_clock")

FILES = {"p.bpmn": process("p", task()), "spoerg.form": form()}


def open_one(session) -> str:
    case = cases.create(session)
    events.append(session, case, [Entry("case_opened", "anna")])
    return case.id


def go_on(store, case_id, times=1):
    def write(session):
        case = session.get_one(Case, case_id)
        events.append(session, case, [Entry("completed", "anna")] * times)

    store.write(write)


def verify(store, case=None, head=None):
    with store.reading() as session:
        return audit.verify(session, case, head)


def head(store):
    with store.reading() as session:
        return anchors.head(session)


def checkpoint(store):
    return store.write(anchors.checkpoint)


def force(store, *statements, **values):
    """What somebody with the database's own rights can do: no trigger in the way."""

    def write(session):
        for table in ("events", "reads"):
            if store.is_postgresql:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            else:
                for act in ("update", "delete", "replace"):
                    session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))
        for statement in statements:
            session.execute(text(statement), values)

    store.write(write)


def cut_back(store, case_id, to):
    """Remove the tail of a case's events and move its head back to fit."""
    force(
        store,
        "UPDATE cases SET event_seq = :to, event_head = (SELECT e.hash FROM events e "
        "WHERE e.case_id = :case AND e.seq = :to) WHERE id = :case",
        "DELETE FROM events WHERE case_id = :case AND seq > :to",
        case=case_id,
        to=to,
    )


# --- cases ---------------------------------------------------------------------------------------


def test_the_systems_chain_names_every_case_as_it_begins(store):
    case_id = store.write(open_one)
    go_on(store, case_id)
    with store.reading() as session:
        (said,) = session.scalars(select(Event).where(Event.case_id == events.SYSTEM))
        first = session.scalars(select(Event).where(Event.case_id == case_id)).first()
        assert (said.kind, said.actor) == ("case_registered", "anna")
        assert said.facts == {"case": case_id, "nummer": "2026-0001", "head": [1, first.hash]}


def test_two_cases_begun_in_one_step_are_both_named(store):
    def both(session):
        with session.no_autoflush:
            return open_one(session), open_one(session)

    store.write(both)
    store.write(both)
    assert verify(store) == {"cases": 4, "events": 8, "ok": True, "first_bad": None}


def test_a_case_that_is_gone_with_all_its_events_is_found(store):
    case_id, other = store.write(open_one), store.write(open_one)
    force(
        store,
        "DELETE FROM events WHERE case_id = :case",
        "DELETE FROM cases WHERE id = :case",
        case=case_id,
    )
    for found in (verify(store), verify(store, case_id)):
        assert found["first_bad"] == {
            "case": "2026-0001",
            "seq": 1,
            "reason": "sagen blev oprettet, men er her ikke mere",
        }
    assert verify(store, other)["ok"]
    with store.reading() as session:
        assert audit.registered(session, "2026-0001") == case_id
        assert audit.registered(session, "1999-0001") is None


def test_a_case_whose_trail_was_emptied_is_found(store):
    case_id = store.write(open_one)
    force(
        store,
        "DELETE FROM events WHERE case_id = :case",
        "UPDATE cases SET event_seq = 0, event_head = NULL",
        case=case_id,
    )
    assert verify(store)["first_bad"]["reason"] == "sporet er kortere, end da det blev optegnet"


def test_a_case_that_nobody_opened_is_found(store):
    case_id = store.write(open_one)
    force(
        store,
        "DELETE FROM events WHERE case_id = 'system'",
        "DELETE FROM chain_heads",
    )
    assert verify(store)["first_bad"]["reason"] == "sagen er her, men blev aldrig oprettet"
    assert not verify(store, case_id)["ok"]


@pytest.mark.parametrize("column", ["facts", "at"])
@pytest.mark.parametrize("chain", ["system", "case"])
def test_what_cannot_even_be_read_is_a_fault_and_no_crash(store, column, chain):
    case_id = store.write(open_one)
    if store.is_postgresql and column == "at":
        column = "facts"  # PostgreSQL itself refuses what is no moment
    where = "case_id = 'system'" if chain == "system" else "case_id <> 'system'"
    force(store, f"UPDATE events SET {column} = 'noget andet' WHERE {where}")
    for found in (verify(store), verify(store, case_id)):
        assert found["first_bad"]["reason"] == "noget efter denne hændelse kan ikke læses"


# --- checkpoints ---------------------------------------------------------------------------------


def test_a_tail_cut_off_with_its_head_moved_back_is_found_from_the_next_checkpoint_on(store):
    case_id = store.write(open_one)
    go_on(store, case_id, 4)
    assert checkpoint(store) == 1
    go_on(store, case_id)
    cut_back(store, case_id, 5)
    assert verify(store)["ok"], "what came after the last checkpoint is not proved"
    cut_back(store, case_id, 4)
    found = verify(store)["first_bad"]
    assert (found["case"], found["seq"]) == ("2026-0001", 5)
    assert found["reason"] == "sporet er kortere, end da det blev optegnet"


def test_a_trail_written_afresh_with_hashes_that_fit_is_found(store):
    case_id = store.write(open_one)
    go_on(store, case_id, 2)
    checkpoint(store)
    cut_back(store, case_id, 2)

    def other(session):
        case = session.get_one(Case, case_id)
        events.append(session, case, [Entry("completed", "en anden")] * 2)

    store.write(other)
    reason = "sporet er et andet, end da det blev optegnet"
    assert verify(store)["first_bad"] == {"case": "2026-0001", "seq": 3, "reason": reason}
    assert verify(store, case_id)["first_bad"]["reason"] == reason


def test_a_checkpoint_names_only_what_has_moved(store):
    ids = [store.write(open_one) for _ in range(3)]
    assert checkpoint(store) == 3
    assert checkpoint(store) == 0
    before = head(store)
    assert checkpoint(store) == 0 and head(store) == before
    go_on(store, ids[1])
    reads.record(store, ids[0], "revisor", "sag")
    assert checkpoint(store) == 2
    with store.reading() as session:
        said = session.scalars(
            select(Event.facts).where(Event.kind == "checkpoint").order_by(Event.seq)
        ).all()
        seen = {
            (row.chain, row.case_id): row.seq
            for row in session.scalars(select(Anchor))
            if row.seq > 1 or row.chain == "reads"
        }
    assert [list(facts) for facts in said] == [["events"], ["events"], ["reads"]]
    assert list(said[1]["events"]) == [ids[1]]
    assert seen == {("events", ids[1]): 2, ("reads", ids[0]): 1}
    assert verify(store)["ok"]


def test_a_checkpoint_of_many_cases_is_several_events(store, monkeypatch):
    monkeypatch.setattr(anchors, "BATCH", 2)
    ids = [store.write(open_one) for _ in range(5)]
    assert checkpoint(store) == 5
    with store.reading() as session:
        said = session.scalars(select(Event.facts).where(Event.kind == "checkpoint")).all()
    assert [len(facts["events"]) for facts in said] == [2, 2, 1]
    assert sorted(id_ for facts in said for id_ in facts["events"]) == sorted(ids)


def test_reads_cut_back_with_their_head_are_found_from_the_next_checkpoint_on(store):
    case_id = store.write(open_one)
    for _ in range(3):
        reads.record(store, case_id, "revisor", "sag")
    checkpoint(store)
    assert verify(store)["ok"]
    force(
        store,
        "UPDATE read_heads SET seq = 2, head = (SELECT r.hash FROM reads r WHERE r.seq = 2)",
        "DELETE FROM reads WHERE seq = 3",
    )
    for found in (verify(store), verify(store, case_id)):
        assert found["first_bad"]["reason"] == "der er færre opslag end optegnet"


def test_the_pump_makes_checkpoints(store):
    store.write(open_one)
    pump = Pump(store)
    pump.beat()
    with store.reading() as session:
        assert session.scalars(select(Event.id).where(Event.kind == "checkpoint")).all()


def test_all_of_it_cut_back_is_found_by_a_head_kept_elsewhere(sqlite_store, tmp_path):
    """A whole older database fits itself: only what was kept off the machine tells."""
    store, old = sqlite_store, tmp_path / "old.db"
    case_id = store.write(open_one)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"VACUUM INTO '{old}'")
    early = anchors.parsed(head(store))
    go_on(store, case_id)
    checkpoint(store)
    kept = anchors.parsed(head(store))
    assert verify(store, head=kept)["ok"] and verify(store, head=early)["ok"]
    wrong = verify(store, head=(kept[0], early[1]))["first_bad"]
    assert wrong["reason"] == "kæden er en anden end den, hvis hoved blev gemt"
    store.close()
    shutil.copyfile(old, store.url.database)
    for beside in ("-wal", "-shm"):
        (tmp_path / f"{old.stem}{beside}").unlink(missing_ok=True)
    assert verify(store)["ok"]
    assert verify(store, head=kept)["first_bad"] == {
        "case": "system",
        "seq": 1,
        "reason": "kæden er kortere end den, hvis hoved blev gemt",
    }


@pytest.mark.parametrize(
    "wrong", ["", "3", "x:y", f"1:{'0' * 63}", f"-1:{'0' * 64}", f"1:{'g' * 64}"]
)
def test_a_head_is_a_number_and_a_hash(wrong):
    with pytest.raises(ValueError):
        anchors.parsed(wrong)


# --- what was deployed ---------------------------------------------------------------------------


@pytest.fixture
def deployed(store):
    """Two files in use, the form in its second version."""
    store.write(municipality.load)
    deploy(store, FILES)
    deploy(store, {"spoerg.form": form("spoerg", "andet")})
    return store


def deploy(store, files, **more):
    return store.write(lambda session: diagrams.deploy(session, files, by="procesejer-1", **more))


def test_what_was_deployed_is_what_is_there(deployed):
    assert verify(deployed)["ok"]


@pytest.mark.parametrize(
    ("statement", "file", "reason"),
    [
        (
            "UPDATE definitions SET content = :content WHERE kind = 'bpmn'",
            "p.bpmn, version 1,",
            "er ændret, siden den blev udgivet",
        ),
        (
            "UPDATE definitions SET content = :content, checksum = :checksum WHERE kind = 'bpmn'",
            "p.bpmn, version 1,",
            "er ændret, siden den blev udgivet",
        ),
        (
            "UPDATE definitions SET version = 9 WHERE kind = 'bpmn'",
            "p.bpmn, version 9,",
            "er her, men blev aldrig udgivet",
        ),
    ],
)
def test_a_file_altered_in_the_database_is_found(deployed, statement, file, reason):
    content = process("p", task(queue="JOB"))
    given = {"content": content, "checksum": hashlib.sha256(content).hexdigest()}
    force(deployed, statement, **{k: v for k, v in given.items() if f":{k}" in statement})
    found = verify(deployed)["first_bad"]
    assert found["case"] == "system"
    assert found["reason"] == f"{file} {reason}"


def test_an_older_version_put_in_force_past_a_deployment_is_found(deployed):
    force(
        deployed,
        "UPDATE definitions SET current = false WHERE kind = 'form'",
        "UPDATE definitions SET current = true WHERE kind = 'form' AND version = 1",
    )
    found = verify(deployed)["first_bad"]["reason"]
    assert found == "spoerg.form, version 1, er sat i kraft eller ud af kraft uden en udgivelse"


def test_a_version_that_is_gone_is_found(deployed):
    def remove(session):
        gone = select(Definition.id).where(Definition.kind == "form", Definition.version == 1)
        id_ = session.scalar(gone)
        session.execute(text("DELETE FROM release_members WHERE definition_id = :id"), {"id": id_})
        session.execute(text("DELETE FROM definitions WHERE id = :id"), {"id": id_})

    deployed.write(remove)
    assert verify(deployed)["first_bad"]["reason"] == "spoerg.form, version 1, er her ikke mere"


def test_which_organisation_was_loaded_stands_in_the_trail(deployed):
    with deployed.reading() as session:
        (said,) = session.scalars(select(Event).where(Event.kind == "organisation_loaded"))
    assert (said.actor, said.facts["file"]) == ("system", "organisation.toml")
    assert len(said.facts["checksum"]) == 64
