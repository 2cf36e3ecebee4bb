"""overligger play: the story on stdout, JSON alone where it is asked for, 0, 1 or 2."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("little")

WELL = """
scenario: Kort
starts_at: 2026-11-23T09:00
deploy: [kort.bpmn, kort_svar.form]
steps:
- {by: sagsbehandler-kui, open: kort}
- {by: sagsbehandler-vok, task: svar, refused: NoSuchTask}
- {by: sagsbehandler-kui, task: svar, answers: {svar: hej}, expect: {ended: true}}
"""
BADLY = WELL.replace("ended: true", "ended: false")


@pytest.fixture
def file(diagram):
    def write(text, name="s.yaml"):
        path = diagram / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_story_that_goes_as_told_exits_0(run, file):
    said = run("play", file(WELL))
    assert said.code == 0
    assert "✔ Kort" in said.out and "løst      Svar" in said.out
    assert said.err.strip() == "1 af 1 scenarier gik som fortalt."


def test_a_story_that_does_not_exits_1_and_the_others_are_played(run, file):
    said = run("play", file(BADLY, "a.yaml"), file(WELL, "b.yaml"))
    assert said.code == 1
    assert "✘ Kort" in said.out and "✔ Kort" in said.out
    assert "expect.ended" in said.out
    assert said.err.strip() == "1 af 2 scenarier gik som fortalt."


def test_json_is_exactly_what_the_contract_says(run, file):
    good, bad = file(WELL, "a.yaml"), file(BADLY, "b.yaml")
    said = run("play", good, bad, "--json")
    assert said.code == 1
    first, second = json.loads(said.out)
    assert list(first) == ["scenario", "file", "ok", "steps", "failures"]
    assert (first["scenario"], first["file"], first["ok"], first["failures"]) == (
        "Kort",
        str(good),
        True,
        [],
    )
    assert all(
        list(step) == ["n", "at", "by", "kind", "element", "text"] for step in first["steps"]
    )
    assert first["steps"][0] == {
        "n": 1,
        "at": "2026-11-23T09:00+01:00",
        "by": "sagsbehandler-kui",
        "kind": "case_opened",
        "element": None,
        "text": "2026-0001 · Kort",
    }
    assert [step["kind"] for step in first["steps"] if step["n"] == 2] == ["refused"]
    assert second["ok"] is False
    assert second["failures"] == [
        {"step": 3, "path": "expect.ended", "expected": False, "actual": True}
    ]


def test_a_file_that_is_no_scenario_is_a_failure_of_that_file(run, file):
    said = run("play", file("steps: [", "a.yaml"), file(WELL, "b.yaml"), "--json")
    assert said.code == 1
    broken, well = json.loads(said.out)
    assert (broken["scenario"], broken["ok"], broken["steps"], well["ok"]) == (
        None,
        False,
        [],
        True,
    )
    (failure,) = broken["failures"]
    assert (failure["step"], failure["path"]) == (0, "file")
    assert "line 1" in failure["actual"]


@pytest.mark.parametrize("name", ["findes_ikke.yaml", "."])
def test_a_file_that_is_none_is_a_bad_argument(run, tmp_path, name):
    said = run("play", tmp_path / name)
    assert said.code == 2 and said.out == ""
    assert "FILES" in said.err and "Traceback" not in said.err


def test_no_file_at_all_is_a_bad_argument(run):
    assert run("play").code == 2


def test_what_is_shipped_and_does_not_hold_is_told_and_not_raised(run, file, little):
    (little / "processes" / "knust.bpmn").write_text("<x/>")
    said = run("play", file(WELL), "--json")
    assert said.code == 1 and said.out == ""
    assert "knust.bpmn" in said.err and "ikke taget i brug" in said.err


@pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)
def test_the_database_named_is_only_lived_beside(run, file, empty_url):
    from sqlalchemy import create_engine, inspect

    url = empty_url if isinstance(empty_url, str) else empty_url.render_as_string(False)
    assert run("play", file(WELL), "--database", url).code == 0
    engine = create_engine(empty_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
