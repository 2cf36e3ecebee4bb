"""`audit`: what was altered or is gone is found, and said."""

from __future__ import annotations

import json
import sqlite3

from sqlalchemy import select

from engine.store import Store
from tests.cli.databases import DB, in_database


def test_audit_verifies_one_case_or_all(run, diagram, demo):
    from engine import casework

    run("deploy", diagram, "--database", DB)
    store = Store(DB)
    nummer = casework.open_case(store, "kort", by="sagsbehandler-kui")
    store.close()
    said = run("audit", "verify", "--database", DB, "--json")
    found = json.loads(said.out)
    assert said.code == 0 and list(found) == ["cases", "events", "ok", "first_bad"]
    assert (found["cases"], found["ok"], found["first_bad"]) == (1, True, None)
    assert json.loads(run("audit", "verify", "--case", nummer, "--database", DB, "--json").out)[
        "ok"
    ]


def test_audit_says_which_budget_line_is_not_what_its_ledger_adds_up_to(run, demo, tmp_path):
    from engine.domain import budget

    run("init", "--demo", "--database", DB)
    store = Store(DB)
    store.write(lambda s: budget.reserve(s, "faelles-2026", 60_000, subject="a", by="x"))
    store.close()
    said = run("audit", "budget", "--database", DB, "--json")
    assert (said.code, json.loads(said.out)) == (0, {"lines": 2, "ok": True, "differences": []})
    with sqlite3.connect(tmp_path / "egen" / "test.db") as raw:
        raw.execute("update budget_lines set reserved = 100 where line = 'faelles-2026'")
    raw.close()
    said = run("audit", "budget", "--database", DB, "--json")
    assert said.code == 1
    (free, reserved) = json.loads(said.out)["differences"]
    assert free["account"] == "fri"
    assert reserved == {
        "line": "faelles-2026",
        "account": "reserveret",
        "noted": 1,
        "entered": 60_000,
    }
    told = run("audit", "budget", "--database", DB).err
    assert "faelles-2026, reserveret: linjen siger 1 kr., bogføringen 60.000 kr." in told


def test_audit_finds_what_was_altered_and_says_in_which_case(run, diagram, demo, tmp_path):
    from engine import casework, reads
    from engine.domain import cases

    run("deploy", diagram, "--database", DB)
    store = Store(DB)
    nummer = casework.open_case(store, "kort", by="sagsbehandler-kui")
    with store.reading() as session:
        case_id = cases.by_number(session, nummer).id
    reads.record(store, case_id, "revisor", "sag")
    store.close()
    file = tmp_path / "egen" / "test.db"
    with sqlite3.connect(file) as raw:
        raw.execute("drop trigger reads_no_update")
        raw.execute("update reads set actor = 'en anden'")
    raw.close()
    said = run("audit", "verify", "--database", DB, "--json")
    assert said.code == 1
    assert json.loads(said.out)["first_bad"]["case"] == nummer
    assert nummer in run("audit", "verify", "--database", DB).err


def test_audit_finds_a_diagram_altered_in_the_database(run, diagram, demo, tmp_path):
    run("deploy", diagram, "--database", DB)
    with sqlite3.connect(tmp_path / "egen" / "test.db") as raw:
        raw.execute("update definitions set content = replace(content, 'KUI', 'JOB')")
    raw.close()
    said = run("audit", "verify", "--database", DB)
    assert said.code == 1
    assert said.err.endswith(", version 1, er ændret, siden den blev udgivet.\n")


def test_a_deployment_stands_in_the_trail(run, diagram, demo):
    from engine.events import Event

    run("deploy", diagram, "--database", DB, "--by", "procesejer-2")
    query = select(Event).where(Event.kind == "deployed").order_by(Event.seq)
    first, second = in_database(lambda s: s.scalars(query).all())
    assert (first.case_id, first.actor, second.actor) == ("system", "system", "procesejer-2")
    assert [(f["kind"], f["key"], f["version"]) for f in second.facts["files"]] == [
        ("bpmn", "kort", 1),
        ("form", "kort_svar", 1),
    ]
    assert second.facts["warnings"] == []


def test_a_head_kept_elsewhere_proves_that_the_end_still_stands(run, diagram, demo):
    from engine import casework

    run("deploy", diagram, "--database", DB)
    store = Store(DB)
    casework.open_case(store, "kort", by="sagsbehandler-kui")
    store.close()
    kept = run("audit", "head", "--database", DB)
    assert kept.code == 0 and kept.err == ""
    head = kept.out.strip()
    assert head == run("audit", "head", "--database", DB).out.strip()
    found = json.loads(run("audit", "head", "--database", DB, "--json").out)
    assert head == f"{found['seq']}:{found['hash']}"
    assert run("audit", "verify", "--head", head, "--database", DB).code == 0
    ahead = f"{found['seq'] + 1}:{found['hash']}"
    said = run("audit", "verify", "--head", ahead, "--database", DB)
    assert said.code == 1 and "kortere end den, hvis hoved blev gemt" in said.err
    assert run("audit", "verify", "--head", "3:x", "--database", DB).code == 2


def test_a_case_that_is_gone_is_missed_by_its_number_too(run, diagram, demo, tmp_path):
    from engine import casework

    run("deploy", diagram, "--database", DB)
    store = Store(DB)
    nummer = casework.open_case(store, "kort", by="sagsbehandler-kui")
    store.close()
    with sqlite3.connect(tmp_path / "egen" / "test.db") as raw:
        raw.execute("drop trigger events_no_delete")
        for table in ("events", "cases", "instances", "work_items"):
            column = "id" if table == "cases" else "case_id"
            raw.execute(f"delete from {table} where {column} in (select id from cases)")
        raw.execute("delete from events where case_id <> 'system'")
    raw.close()
    for case in ([], ["--case", nummer]):
        said = run("audit", "verify", *case, "--database", DB)
        assert said.code == 1 and f"i {nummer} ved nr." in said.err
