"""A scenario file is YAML 1.2 core with closed lists of keys; what is wrong is told with its place."""

from __future__ import annotations

import pytest

from engine.scenarios import story, yaml12
from engine.scenarios.shapes import BadScenario


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", "yes"),
        ("a: No", "No"),
        ("a: on", "on"),
        ("a: 2026-12-02", "2026-12-02"),
        ("a: 2026-12-02T10:00", "2026-12-02T10:00"),
        ("a: 10:30", "10:30"),
        ("a: 740309-4001", "740309-4001"),
        ("a: 1_000", "1_000"),
        ("a: <<", "<<"),
        ("a: 'true'", "true"),
        ("a: '2'", "2"),
        ("a: true", True),
        ("a: FALSE", False),
        ("a: ~", None),
        ("a:", None),
        ("a: 012", 12),
        ("a: 0o17", 15),
        ("a: 0x1F", 31),
        ("a: -2.50", -2.5),
        ("a: 1e3", 1000.0),
        ("a: |\n  to\n  linjer\n", "to\nlinjer\n"),
        ("b: &x [1]\na: *x", [1]),
        ("\ufeffa: 1", 1),
        ("%YAML 1.2\n---\na: no", "no"),
    ],
)
def test_plain_words_are_those_of_the_core_schema(text, value):
    found = yaml12.loads(text)["a"]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: the key a stands twice"),
        ("a: {x: 1, x: 2}", "line 1: the key x stands twice"),
        ("a: !!str 1", "line 1: the tag tag:yaml.org,2002:str is not read"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: the tag"),
        ("!x a: 1", "line 1: a key must be a word"),
        ("? [a]\n: 1", "line 1: a key must be a word"),
        ("a: *b", "line 1: *b stands for nothing"),
        ("a: &a [*a]", "line 1: *a stands for nothing"),
        ("a: 1\n---\nb: 2", "line 2: a second document"),
        ("%YAML 1.1\n---\na: yes", "line 2: no directives"),
        ("a:\n\t- 1", "line 2: found character '\\t'"),
        ("a: 'x", "line 1: found unexpected end of stream"),
        ("a: b: c", "line 1: mapping values are not allowed"),
        ("a: .inf", "line 1: .inf is no number"),
        ("a: .NaN", "line 1: .NaN is no number"),
        ("a: 1e999", "line 1: 1e999 is no number"),
        (f"a: {'9' * 5000}", "line 1: the number is too long"),
        ("a: \x07", "unacceptable character"),
        ("[" * 60, "line 1: more than 50 levels"),
        ("a: " + "x" * 1_000_001, "the text is longer than"),
    ],
)
def test_everything_else_is_an_error_with_its_line(text, said):
    with pytest.raises(yaml12.NotYaml) as error:
        yaml12.loads(text)
    assert str(error.value).startswith(said)


def test_an_alias_counts_as_much_as_what_it_stands_for():
    layers = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else '1'] * 10)}]" for n in range(6)]
    with pytest.raises(yaml12.NotYaml, match="more than 50000 values"):
        yaml12.loads("\n".join(layers))


HEAD = "scenario: x\nstarts_at: 2026-11-23\ncitizens: {mads: {navn: Mads}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": filen er tom"),
        ("# intet", ": filen er tom"),
        ("- a", ": her skal stå nøgler med værdier, ikke ['a']"),
        ("scenario: x", ": nøglen starts_at mangler"),
        (f"{HEAD}steps: []", ".steps: listen er tom"),
        (f"{HEAD}steps: [{{at: 2026-11-24}}]\nkrav: x", ": nøglen krav findes ikke; mulige er"),
        (
            "scenario: x\nstarts_at: i morgen\nsteps: [{at: 2026-11-24}]",
            ".starts_at: 'i morgen' er ingen dato",
        ),
        (
            "scenario: x\nstarts_at: 2026-13-01\nsteps: [{at: 2026-11-24}]",
            ".starts_at: '2026-13-01' er ingen dato",
        ),
        (
            "scenario: 5\nstarts_at: 2026-11-23\nsteps: [{at: 2026-11-24}]",
            ".scenario: her skal stå en tekst",
        ),
        (
            f"{HEAD}deploy: [findes_ikke.bpmn]\nsteps: [{{at: 2026-11-24}}]",
            ".deploy: filen findes_ikke.bpmn findes ikke",
        ),
        (
            "scenario: x\nstarts_at: 2026-11-23\ncitizens: {a: {nvan: A}}\nsteps: [{at: 2026-11-24}]",
            ".citizens.a: nøglen nvan",
        ),
        (
            "scenario: x\nstarts_at: 2026-11-23\ncitizens: {a: {navn: A, cpr: 7403094001}}\nsteps: [{at: 2026-11-24}]",
            ".citizens.a.cpr: her skal stå en tekst",
        ),
        (
            "scenario: x\nstarts_at: 2026-11-23\ncitizens: {a: {navn: A, tolk: ja}}\nsteps: [{at: 2026-11-24}]",
            ".citizens.a.tolk: her skal stå true eller false",
        ),
    ],
)
def test_a_file_that_is_no_scenario_says_where_and_why(tmp_path, text, said):
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadScenario) as error:
        story.read(file)
    assert str(error.value).startswith(f"{file}{said}")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{opne: x}", ": nøglen opne findes ikke"),
        ("{}", ": trinnet gør ingenting"),
        ("{by: a}", ": trinnet gør ingenting"),
        ("{refused: NoSuchTask, at: 2026-11-24}", ": refused hører sammen med"),
        ("{open: x}", ": open mangler by"),
        ("{by: a, open: x, task: y}", ": et trin gør én ting, ikke open og task"),
        ("{by: a, open: x, for: ingen}", ".for: ingen står ikke under citizens"),
        ("{by: a, open: x, for: []}", ".for: listen er tom"),
        ("{by: a, open: x, item: y}", ": item hører sammen med"),
        ("{by: a, claim: x, answers: {}}", ": answers hører sammen med task eller open"),
        ("{by: a, task: x, data: {}}", ": data hører sammen med tell"),
        ("{by: a, task: x, key: k}", ": key hører sammen med tell"),
        ("{by: a, task: x, for: mads}", ": for hører sammen med open"),
        ("{tell: x, on_behalf_of: y}", ": on_behalf_of hører sammen med"),
        ("{by: a, task: x, refused: true}", ".refused: her skal stå en tekst"),
        ("{by: a, task: x, refused: ''}", ".refused: her skal stå en tekst"),
        ("{by: a, task: x, refused: e}", ".refused: 'e' står i næsten enhver afvisning"),
        ("{by: a, task: x, refused: '.'}", ".refused: '.' står i næsten enhver afvisning"),
        ("{by: a, task: x, refused: Refused}", ".refused: Refused dækker alle afvisninger"),
        ("{by: a, task: x, refused: Exception}", ".refused: Exception dækker alle"),
        ("{by: a, task: x, refused: object}", ".refused: object dækker alle"),
        ("{by: a, task: x, answers: [1]}", ".answers: her skal stå nøgler"),
        ("{case: 0, at: 2026-11-24}", ".case: her skal stå et helt tal fra 1"),
        ("{at: 12:00}", ".at: '12:00' er ingen dato"),
        ("{by: a, assign: {task: x}}", ".assign: nøglen to mangler"),
        ("{by: a, assign: {task: x, to: y, hvorfor: z}}", ".assign: nøglen hvorfor"),
        ("{by: a, hold: {task: x, until: snart}}", ".hold.until: 'snart' er ingen dato"),
        ("{by: a, hold: {task: x, reason: y}}", ".hold: nøglen until mangler"),
        ("{set_budget: {}}", ".set_budget: her mangler mindst én nøgle"),
        ("{set_budget: {a: {sum: 1}}}", ".set_budget.a: nøglen sum"),
        ("{set_budget: {a: {total: mange}}}", ".set_budget.a.total: her skal stå et tal"),
        ("{set_rule: {id: a}}", ".set_rule: nøglen value mangler"),
        (
            "{set_rule: {id: a, value: 1, applies_to_running: ja}}",
            ".set_rule.applies_to_running: her skal stå true",
        ),
        (
            "{absent: {user: a, from: 2026-12-02, to: 2026-12-01, deputy: b}}",
            ".absent: from er senere end to",
        ),
        ("{absent: {user: a, from: 2026-12-02T10:00, to: 2026-12-03, deputy: b}}", ".absent.from:"),
        ("{expect: {}}", ".expect: her mangler mindst én nøgle"),
        ("{by: a, open: x, for: mads, case: 1}", ": for hører til en ny sag"),
        ("{expect: {taks: {}}}", ".expect: nøglen taks"),
        ("{expect: {tasks: {}}}", ".expect.tasks: her mangler mindst én nøgle"),
        ("{expect: {tasks: {KUI: a}}}", ".expect.tasks.KUI: her skal stå en liste"),
        ("{expect: {deadlines: {KP-4: snart}}}", ".expect.deadlines.KP-4: 'snart' er ingen dato"),
        ("{expect: {timers: {a: []}}}", ".expect.timers.a: listen er tom"),
        ("{expect: {budget: {a: {rest: 1}}}}", ".expect.budget.a: nøglen rest"),
        ("{expect: {visible_to: []}}", ".expect.visible_to: listen er tom"),
        ("{expect: {incidents: mange}}", ".expect.incidents: her skal stå et helt tal"),
        ("{expect: {ended: ja}}", ".expect.ended: her skal stå true eller false"),
        ("{expect: {letters: B09}}", ".expect.letters: her skal stå en liste"),
        ("[1]", ".steps[1]: her skal stå nøgler"),
    ],
)
def test_a_step_that_is_no_step_says_where_and_why(tmp_path, step, said):
    file = tmp_path / "s.yaml"
    file.write_text(f"{HEAD}steps: [{step}]", encoding="utf-8")
    with pytest.raises(BadScenario) as error:
        story.read(file)
    place = str(file) if said.startswith(".steps") else f"{file}: trin 1"
    assert str(error.value).startswith(place + said)


@pytest.mark.parametrize("name", ["../s.bpmn", "/etc/passwd", "a/b.bpmn", "..", ".", "a\\b.bpmn"])
def test_only_files_beside_the_story_are_deployed(tmp_path, name):
    (tmp_path / "s.bpmn").write_text("x")
    inner = tmp_path / "inner"
    inner.mkdir()
    file = inner / "s.yaml"
    file.write_text(f"{HEAD}deploy: ['{name}']\nsteps: [{{at: 2026-11-24}}]", encoding="utf-8")
    with pytest.raises(BadScenario, match="ikke navnet på en fil ved siden af"):
        story.read(file)


@pytest.mark.parametrize("bytes_", [b"scenario: \xff\xfe", "scenario: æ".encode("utf-16")])
def test_a_file_that_is_not_utf8_says_so(tmp_path, bytes_):
    file = tmp_path / "s.yaml"
    file.write_bytes(bytes_)
    with pytest.raises(BadScenario, match="filen er ikke UTF-8"):
        story.read(file)


def test_the_keys_of_the_file_are_those_of_the_guide():
    from engine.settings import ROOT

    guide = (ROOT / "docs" / "howto" / "scenarios.md").read_text(encoding="utf-8")
    steps = "by on_behalf_of case at open for task item answers claim release assign hold tell key data set_budget set_rule absent refused expect"
    expects = "case tasks deadlines timers decisions letters budget visible_to invisible_to variables incidents ended"
    for key in (*steps.split(), *expects.split()):
        assert f"`{key}" in guide, key
    with pytest.raises(BadScenario) as error:
        story.parse(
            {"scenario": "x", "starts_at": "2026-11-23", "steps": [{"x": 1}]}, story.Path("s")
        )
    assert str(error.value).endswith(", ".join(sorted(steps.split())))
    with pytest.raises(BadScenario) as error:
        story.parse(
            {"scenario": "x", "starts_at": "2026-11-23", "steps": [{"expect": {"x": 1}}]},
            story.Path("s"),
        )
    assert str(error.value).endswith(", ".join(sorted(expects.split())))
