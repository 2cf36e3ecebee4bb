"""The command line as a shell sees it: arguments in; stdout, stderr and an exit code out."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from engine import settings
from tests.cli.databases import DB
from web import cli


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run a command in a folder of its own, as a process of its own settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "_settings", None)
    for name in ("DATABASE_URL", "DEMO", "PROCESSES", "FORMS"):
        monkeypatch.delenv(f"OVERLIGGER_{name}", raising=False)

    def command(*args: object) -> Said:
        result = CliRunner().invoke(cli.main, [str(arg) for arg in args], prog_name="overligger")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return command


@pytest.fixture
def little(run, monkeypatch, tmp_path):
    """Ship two files only: what a test does not look at costs time."""
    from engine.settings import ROOT

    shipped = tmp_path / "shipped"
    (shipped / "forms").mkdir(parents=True)
    (shipped / "processes").mkdir()
    for name in ("kanal.dmn", "frister.dmn"):
        (shipped / "processes" / name).write_bytes((ROOT / "processes" / name).read_bytes())
    monkeypatch.setattr(settings, "_settings", None)
    monkeypatch.setenv("OVERLIGGER_PROCESSES", str(shipped / "processes"))
    monkeypatch.setenv("OVERLIGGER_FORMS", str(shipped / "forms"))
    return shipped


@pytest.fixture
def demo(run, little):
    """A demo database in its own folder, with two tables in use."""
    assert run("init", "--demo", "--database", DB).code == 0
    return DB


@pytest.fixture
def diagram(tmp_path):
    """A diagram with its form that can be put into use in the demo municipality."""
    folder = tmp_path / "tegnet"
    folder.mkdir()
    (folder / "kort.bpmn").write_text(DIAGRAM)
    (folder / "kort_svar.form").write_text(FORM)
    return folder


DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="kort_fil" targetNamespace="x">
  <bpmn:process id="kort" name="Kort" isExecutable="true">
    <bpmn:startEvent id="start" name="Start" />
    <bpmn:userTask id="svar" name="Svar"><bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="kort_svar" /><zeebe:assignmentDefinition candidateGroups="KUI" /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:endEvent id="slut" name="Slut" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="svar" />
    <bpmn:sequenceFlow id="f2" sourceRef="svar" targetRef="slut" />
  </bpmn:process>
</bpmn:definitions>
"""
FORM = """{"type": "default", "id": "kort_svar", "schemaVersion": 19, "components": [
  {"type": "textfield", "id": "f_svar", "key": "svar", "label": "Svar"}]}
"""
