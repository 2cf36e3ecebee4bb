"""`check` and `deploy`: what may be put into use, and who puts it."""

from __future__ import annotations

import json
import os

import pytest
from sqlalchemy import select

from engine import diagrams
from engine.store import Store
from tests.cli.databases import DB, in_database, versions


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
