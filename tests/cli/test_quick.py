"""What must answer at once waits for no library that it does not use."""

import subprocess
import sys

import pytest

#: What takes most of a start: the database layer, the whole domain, and what is deployed.
HEAVY = ("sqlalchemy", "flask", "alembic", "engine.domain", "engine.diagrams")

SELF_CALLING = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
  <process id="ring" isExecutable="true">
    <startEvent id="start"/><sequenceFlow id="a" sourceRef="start" targetRef="kald"/>
    <callActivity id="kald" name="Kald">
      <extensionElements><zeebe:calledElement processId="ring"/></extensionElements>
    </callActivity>
    <sequenceFlow id="b" sourceRef="kald" targetRef="slut"/><endEvent id="slut"/>
  </process>
</definitions>"""

HOSTILE = {
    "stor.bpmn": "<a>" + "x" * 3_000_000 + "</a>",
    "dyb.bpmn": "<a>" * 10_000 + "</a>" * 10_000,
    "dtd.bpmn": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
    "mange.bpmn": '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'targetNamespace="t"><process id="mange" isExecutable="true">'
    + "".join(f'<manualTask id="a{n}"/>' for n in range(3_000))
    + "</process></definitions>",
    "ring.bpmn": SELF_CALLING,
    "entiteter.dmn": '<!DOCTYPE a [<!ENTITY x "ha">]><a b="&x;"/>',
    "dyb.form": "[" * 100_000,
}


def loaded(*args: str) -> tuple[set[str], str]:
    """Which heavy modules a command loads, in a process of its own; and what it printed."""
    code = (
        "import sys; from web import cli\n"
        "try: cli.main(sys.argv[1:], prog_name='overligger')\n"
        "except SystemExit: pass\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split()), done.stdout


@pytest.mark.parametrize("args", [["--help"], ["check", "--help"], ["bench", "--help"]])
def test_help_loads_nothing_heavy(args):
    heavy, told = loaded(*args)
    assert heavy == set() and told.startswith("Usage: overligger")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_before_anything_heavy_is_loaded(name, tmp_path):
    (tmp_path / name).write_text(HOSTILE[name])
    heavy, told = loaded("check", str(tmp_path / name))
    assert f"✘ {tmp_path / name} · " in told
    assert heavy == set()


def test_diagrams_that_call_each_other_in_a_ring_are_refused_as_early(tmp_path):
    for name, called in (("ud", "hjem"), ("hjem", "ud")):
        text = SELF_CALLING.replace('id="ring"', f'id="{name}"')
        text = text.replace('processId="ring"', f'processId="{called}"')
        (tmp_path / f"{name}.bpmn").write_text(text)
    heavy, told = loaded("check", str(tmp_path))
    assert heavy == set() and told.count("Processen kalder sig selv") == 2
