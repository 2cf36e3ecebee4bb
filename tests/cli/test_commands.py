"""The other commands: what they do, and one plain sentence for every bad argument."""

import json
import os
import sqlite3

import pytest
from sqlalchemy import select

from engine import diagrams
from engine.domain import organisation
from engine.store import Store

DB = "sqlite:///egen/test.db"


@pytest.fixture
def demo(run, little):
    """A demo database in its own folder, with two tables in use."""
    assert run("init", "--demo", "--database", DB).code == 0
    return DB


def in_database(read, url=DB):
    store = Store(url)
    try:
        with store.reading() as session:
            return read(session)
    finally:
        store.close()


def versions(session):
    rows = session.execute(select(diagrams.Definition.key, diagrams.Definition.version))
    return sorted(tuple(row) for row in rows)


# --- init ----------------------------------------------------------------------------------------


def test_init_makes_folder_tables_and_mark(run, demo, tmp_path):
    assert (tmp_path / "egen" / "test.db").is_file()
    assert in_database(lambda s: organisation.setting(s, "demo")) is True
    assert in_database(lambda s: organisation.user(s, "sagsbehandler-kui").name)
    assert in_database(versions) == [("frister", 1), ("kanal", 1)]


def test_init_may_be_run_again_and_brings_in_only_what_is_new(run, demo, little):
    said = run("init", "--demo", "--database", DB)
    assert said.code == 0 and said.err.startswith("0 diagrammer")
    kanal = little / "processes" / "kanal.dmn"
    kanal.write_text(
        kanal.read_text("utf-8").replace("</definitions>", "<!-- ny --></definitions>")
    )
    assert run("init", "--demo", "--database", DB).err.startswith("1 diagrammer")
    assert in_database(versions) == [("frister", 1), ("kanal", 1), ("kanal", 2)]


def test_init_goes_back_where_the_shipped_file_does_but_not_over_what_somebody_changed(
    run, demo, little, tmp_path
):
    kanal = little / "processes" / "kanal.dmn"
    first = kanal.read_text("utf-8")
    kanal.write_text(first.replace("</definitions>", "<!-- ny --></definitions>"))
    run("init", "--demo", "--database", DB)
    kanal.write_text(first)
    assert run("init", "--demo", "--database", DB).err.startswith("1 diagrammer")
    own = tmp_path / "kanal.dmn"
    own.write_text(first.replace("</definitions>", "<!-- egen --></definitions>"))
    assert run("deploy", own, "--accept-warnings", "--database", DB).code == 0
    assert run("init", "--demo", "--database", DB).err.startswith("0 diagrammer")


def test_init_without_demo_upgrades_and_marks_nothing(run, little):
    assert run("init", "--database", DB).code == 0
    assert run("init", "--database", DB).code == 0
    assert in_database(lambda s: organisation.setting(s, "demo")) is None
    assert in_database(versions) == []


def test_a_database_with_cases_never_becomes_a_demo(run, little):
    from engine.domain import cases

    run("init", "--database", DB)
    store = Store(DB)
    store.write(lambda session: cases.create(session) and None)
    store.close()
    said = run("init", "--demo", "--database", DB)
    assert said.code == 1 and "ikke en demonstration" in said.err
    assert in_database(lambda s: organisation.setting(s, "demo")) is None


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_init_works_on_postgresql(run, little, empty_url):
    url = empty_url.render_as_string(hide_password=False)
    for _ in range(2):
        assert run("init", "--demo", "--database", url).code == 0
    assert in_database(versions, url) == [("frister", 1), ("kanal", 1)]
    assert run("audit", "verify", "--database", url).code == 0


# --- check and deploy ----------------------------------------------------------------------------


def test_check_needs_no_database(run, diagram, little):
    said = run("check", diagram)
    assert (said.code, said.out) == (0, "") and said.err.strip() == "0 fejl, 0 advarsler."
    assert json.loads(run("check", diagram, "--json").out) == []


def test_check_tells_element_reason_and_what_to_do_and_exits_1(run, diagram, little):
    (diagram / "kort_svar.form").unlink()
    said = run("check", diagram, "--json")
    assert said.code == 1
    (finding,) = json.loads(said.out)
    assert list(finding) == ["file", "element", "severity", "rule", "message", "action"]
    assert (finding["element"], finding["severity"], finding["rule"]) == (
        "svar",
        "error",
        "form-unknown",
    )
    people = run("check", diagram)
    assert "kort.bpmn · svar · form-unknown" in people.out and "→ " in people.out


def test_check_against_a_database_sees_what_is_in_force_there(run, diagram, demo):
    assert run("deploy", diagram, "--database", DB).code == 0
    (diagram / "kort_svar.form").unlink()
    assert run("check", diagram, "--database", DB).code == 0
    assert run("check", diagram).code == 1


def test_deploy_takes_all_of_the_files_or_none(run, diagram, demo):
    (diagram / "forkert.form").write_text("{}")
    said = run("deploy", diagram, "--database", DB, "--json")
    assert said.code == 1 and json.loads(said.out)
    assert in_database(versions) == [("frister", 1), ("kanal", 1)]
    (diagram / "forkert.form").unlink()
    said = run("deploy", diagram, "--database", DB, "--json")
    assert (said.code, json.loads(said.out)) == (0, [])
    assert ("kort", 1) in in_database(versions)


def test_deploy_refuses_warnings_that_nobody_has_accepted(run, diagram, demo):
    drawing = diagram / "kort.bpmn"
    drawing.write_text(drawing.read_text().replace('id="svar" name="Svar"', 'id="svar"'))
    said = run("deploy", diagram, "--database", DB)
    assert said.code == 1 and "Der er 1 advarsel, som" in said.err
    said = run("deploy", diagram, "--database", DB, "--accept-warnings", "--json")
    assert said.code == 0 and [f["severity"] for f in json.loads(said.out)] == ["warning"]


def test_deploy_says_who(run, diagram, demo):
    said = run("deploy", diagram, "--database", DB, "--by", "ingen")
    assert said.code == 1 and "Brugeren findes ikke" in said.err
    said = run("deploy", diagram, "--database", DB, "--by", "sagsbehandler-kui")
    assert said.code == 1 and "administrator, procesejer-1, procesejer-2" in said.err
    assert run("deploy", diagram, "--database", DB, "--by", "procesejer-2").code == 0
    who = select(diagrams.Deployment.deployed_by).order_by(diagrams.Deployment.deployed_at.desc())
    assert in_database(lambda s: s.scalars(who).first()) == "procesejer-2"


def test_before_anybody_holds_the_role_whoever_sets_up_deploys(run, diagram, little, monkeypatch):
    from engine import municipality

    monkeypatch.setattr("getpass.getuser", lambda: "drift")
    run("init", "--database", DB)
    tables = [little / "processes" / name for name in ("kanal.dmn",)]
    assert run("deploy", *tables, "--accept-warnings", "--database", DB).code == 0
    store = Store(DB)
    store.write(municipality.load)
    store.close()
    said = run("deploy", diagram, "--database", DB)
    assert said.code == 1 and said.err.startswith("overligger: drift kan ikke tage filer i brug")
    assert in_database(versions) == [("kanal", 1)]


@pytest.mark.parametrize("command", ["check", "deploy", "play"])
def test_a_pipe_is_no_file_and_nobody_waits_for_it(run, little, tmp_path, command):
    os.mkfifo(tmp_path / "roer.bpmn")
    said = run(command, tmp_path / "roer.bpmn")
    assert said.code == 2 and "roer.bpmn er hverken en fil eller en mappe" in said.err


def test_a_folder_with_nothing_in_it_is_said_to_be_empty(run, little, tmp_path):
    (tmp_path / "tom").mkdir()
    said = run("check", tmp_path / "tom", "--json")
    assert (said.code, json.loads(said.out)) == (0, [])
    assert said.err.startswith("Der er intet at kontrollere")
    assert "intet at kontrollere" in run("check", tmp_path / "tom").err


def test_one_warning_is_one(run, diagram, little):
    drawing = diagram / "kort.bpmn"
    drawing.write_text(drawing.read_text().replace('id="svar" name="Svar"', 'id="svar"'))
    assert run("check", diagram).err.strip() == "0 fejl, 1 advarsel."


def test_check_says_that_it_asks_no_database_unless_one_is_named(run):
    told = " ".join(run("check", "--help").out.split())
    assert "OVERLIGGER_DATABASE_URL" not in told
    assert "else the demo municipality" in told


# --- audit ---------------------------------------------------------------------------------------


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


# --- docs and bench ------------------------------------------------------------------------------


def test_docs_writes_the_page_of_processes(run, little, diagram, tmp_path):
    (little / "processes" / "kort.bpmn").write_text((diagram / "kort.bpmn").read_text())
    (little / "forms" / "kort_svar.form").write_text((diagram / "kort_svar.form").read_text())
    assert run("docs", tmp_path / "side.md").code == 0
    assert "kort" in (tmp_path / "side.md").read_text("utf-8")


def test_bench_measures_as_json(run, tmp_path):
    said = run(
        "bench", "steps", "--rounds", "1,2", "--database", f"sqlite:///{tmp_path}/b.db", "--json"
    )
    assert said.code == 0
    assert [row["rounds"] for row in json.loads(said.out)] == [1, 2]


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["bench", "steps", "--rounds", "x"], "--rounds"),
        (["bench", "steps", "--rounds", "1,0"], "--rounds"),
        (["bench", "start", "--cases", "0"], "--cases: 0 er under 1."),
        (["bench", "contention", "--clients", "mange"], "--clients"),
        (["check", "findes_ikke"], "PATHS: findes_ikke findes ikke. Se overligger check --help."),
        (["deploy"], "overligger: Der mangler PATHS. Se"),
        (["serv"], "Kommandoen serv findes ikke. Se overligger --help."),
        (["check", "--nej", "tegnet"], "--nej findes ikke. Se overligger check --help."),
        (["deploy", "tegnet", "--by"], "--by skal følges af en værdi."),
        (["init", "--demo=3"], "--demo tager ingen værdi."),
        (["docs", "a", "b"], "Der er for mange argumenter: b. Se overligger docs --help."),
        (["play", "tegnet"], "FILES: tegnet er en mappe."),
        (["serve", "--port", "99999"], "--port: 99999 ligger ikke mellem 1 og 65535."),
        (["bench", "start", "--cases", "x"], "--cases: x er ikke et helt tal."),
        (
            ["audit", "verify", "--database", "sqlite:///ingen.db"],
            "ingen.db findes ikke. Kør overligger init",
        ),
        (["audit", "verify", "--database", "sqlite:///tom.db"], "tom.db er ikke sat op"),
        (["check", "tegnet", "--database", "sqlite:///tom.db"], "tom.db er ikke sat op"),
        (["deploy", "tegnet", "--database", "sqlite:///tom.db"], "tom.db er ikke sat op"),
        (["deploy", "tegnet", "--database", "sqlite:///ingen.db"], "Kør overligger init"),
        (
            ["init", "--database", "sqlite:///tegnet/kort.bpmn"],
            "kan ikke bruges: file is not a database",
        ),
        (["init", "--database", "sqlite:///tegnet/kort.bpmn/x.db"], "kort.bpmn"),
        (["init", "--database", "sqlite://"], "skal ligge i en fil"),
        (["init", "--database", "mysql://u:hemmelig@x/y"], "ikke mysql"),
        (["init", "--database", "en adresse"], "ingen adresse på en database"),
        (
            ["init", "--database", "postgresql://u:hemmelig@127.0.0.1:x/y"],
            "ingen adresse på en database",
        ),
        (["init", "--database", "postgresql://u:hemmelig@127.0.0.1:1/y"], "kan ikke bruges"),
        (
            ["play", "s.yaml", "--database", "postgresql://u:hemmelig@127.0.0.1:1/y"],
            "kan ikke bruges",
        ),
        (["play", "s.yaml", "--database", "sqlite:///ingen_mappe/x.db"], "mappen findes ikke"),
        (
            ["bench", "start", "--database", "postgresql://u:hemmelig@127.0.0.1:1/y"],
            "kan ikke bruges",
        ),
        (["docs", "ingen_mappe/side.md"], "ingen_mappe/side.md"),
    ],
)
def test_a_bad_argument_is_one_sentence_and_exit_2(run, little, diagram, tmp_path, args, said):
    (tmp_path / "tom.db").touch()
    (tmp_path / "s.yaml").write_text(
        "scenario: x\nstarts_at: 2026-11-23\nsteps: [{at: 2026-11-24}]"
    )
    result = run(*args)
    assert result.code == 2 and result.out == ""
    assert said in result.err
    assert "Traceback" not in result.err and "hemmelig" not in result.err
    assert result.err.startswith("overligger: ") and result.err.count("\n") == 1, result.err
    assert not (tmp_path / "ingen.db").exists()


def test_a_case_that_does_not_exist_is_a_bad_argument(run, demo):
    said = run("audit", "verify", "--case", "1999-0001", "--database", DB)
    assert said.code == 2 and said.err == "overligger: Sagen 1999-0001 findes ikke.\n"


def test_a_database_of_a_later_version_is_not_touched(run, demo, tmp_path):
    file = tmp_path / "egen" / "test.db"
    with sqlite3.connect(file) as raw:
        raw.execute("update alembic_version set version_num = '9999'")
    raw.close()
    said = run("init", "--database", DB)
    assert said.code == 2 and "kan ikke bringes op til denne udgave" in said.err


def test_what_is_deployed_nowhere_is_a_bad_argument(run, demo, tmp_path):
    (tmp_path / "tom").mkdir()
    said = run("deploy", tmp_path / "tom", "--database", DB)
    assert said.code == 2 and "ingen diagrammer" in said.err


def test_the_help_names_every_command(run):
    said = run("--help")
    for command in ("init", "check", "deploy", "play", "audit", "bench", "docs"):
        assert f"  {command} " in said.out
