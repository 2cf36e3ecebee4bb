"""The other commands, and one plain sentence for every bad argument."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.cli.databases import DB


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
