"""What a step may expect: each key holds when it is told right, and fails when it is told wrong."""

from pathlib import Path

import pytest

from engine import scenarios
from engine.scenarios import story
from tests.scenarios_runner import mutations

ALL = Path(__file__).with_name("alle_forventninger.yaml")
WRONG = list(mutations.of(story.content(ALL)))
OPEN = "- {by: sagsbehandler-kui, open: afspilning, for: mads}\n"
WRITE = "- {by: sagsbehandler-kui, task: skriv, answers: {x: 10}}\n"


def test_every_expectation_holds_at_once(theatre):
    assert scenarios.play(scenarios.read(ALL), theatre).failures == []


def test_every_expectation_key_is_tried():
    known = {key for step in story.content(ALL)["steps"] for key in step.get("expect", ())}
    assert known == {
        "case",
        "tasks",
        "deadlines",
        "timers",
        "decisions",
        "letters",
        "budget",
        "visible_to",
        "invisible_to",
        "variables",
        "incidents",
        "ended",
    }


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong.name for wrong in WRONG])
def test_an_expectation_told_wrong_fails(theatre, wrong):
    failures = scenarios.play(story.parse(wrong.said, ALL), theatre).failures
    assert {failure.step for failure in failures} == {wrong.step}
    path = {"refused er en anden": "refused", "refused er fjernet": "task"}
    expected = next((path[end] for end in path if wrong.name.endswith(end)), "expect.")
    assert failures[0].path.startswith(expected)


def expect(fails_at, *parts):
    return fails_at(*parts)[1:]


@pytest.mark.parametrize(
    ("wanted", "path", "actual"),
    [
        ("tasks: {KIU: []}", "expect.tasks.KIU", "køen findes ikke"),
        ("deadlines: {KP-99: null}", "expect.deadlines.KP-99", "reglen findes ikke"),
        ("timers: {vnet: null}", "expect.timers.vnet", "elementet findes ikke i noget diagram"),
        ("invisible_to: [sagsbehandler-xx]", "expect.invisible_to", "brugeren findes ikke"),
        ("visible_to: [sagsbehandler-xx]", "expect.visible_to", "brugeren findes ikke"),
        (
            "case: {tilstnad: MODTAGET}",
            "expect.case.tilstnad",
            "en sag har ingen oplysning af det navn",
        ),
        (
            "decisions: {afspilning_tabel: stor}",
            "expect.decisions.afspilning_tabel",
            "tabellen er ikke spurgt",
        ),
    ],
)
def test_a_name_that_nothing_bears_is_a_failure_and_never_silence(fails_at, wanted, path, actual):
    failure = fails_at(OPEN, f"- expect: {{{wanted}}}\n")
    assert (failure[1], failure[3]) == (path, actual)


def test_an_unknown_budget_line_is_told(fails_at):
    _, path, _, actual = fails_at("- expect: {budget: {faelles-1999: {total: 0}}}")
    assert path == "expect.budget.faelles-1999" and "findes ikke" in actual


def test_before_any_case_only_the_municipality_can_be_looked_at(fails_at):
    failure = fails_at("- expect: {case: {tilstand: MODTAGET}}")
    assert failure[1:] == ("expect.case", {"tilstand": "MODTAGET"}, "ingen sag er åbnet endnu")


def test_tasks_are_counted_as_often_as_they_stand_claimed_or_held(works, fails_at):
    steps = """
    - {by: sagsbehandler-kui, open: afspilning, for: [mads, mor]}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    - at: 2027-01-04T09:00
    - {by: sagsbehandler-vok, task: hoer, answers: {svar: a}}
    - {by: sagsbehandler-kui, task: hoer, answers: {svar: a}}
    - {by: sagsbehandler-kui, claim: spoerg, item: mads}
    - {by: sagsbehandler-kui, item: mor, hold: {task: spoerg, until: 2027-02-01, reason: Syg}}
    """
    works(steps, "- expect: {tasks: {KUI: [spoerg, spoerg]}}")
    failure = fails_at(steps, "- expect: {tasks: {KUI: [spoerg]}}")
    assert failure[1:] == ("expect.tasks.KUI", ["spoerg"], ["spoerg", "spoerg"])


@pytest.mark.parametrize("value", ["1", "true", "'2'", "[2]", "2.5"])
def test_variables_are_equal_in_type_and_value(fails_at, value):
    path, _, actual = expect(
        fails_at,
        OPEN,
        "- {by: sagsbehandler-kui, task: skriv, answers: {x: 2, kryds: false}}\n",
        f"- expect: {{variables: {{x: {value}}}}}",
    )
    assert (path, actual) == ("expect.variables.x", 2)


def test_one_and_true_differ_inside_lists_too(fails_at):
    path, _, actual = expect(fails_at, OPEN, WRITE, "- expect: {variables: {liste: [1, 1]}}")
    assert (path, actual) == ("expect.variables.liste", [1, True])


def test_the_latest_opened_of_several_duties_counts(works):
    works(
        OPEN,
        "- {case: 1, by: sagsbehandler-kui, open: afspilning}\n",
        WRITE,
        """
    - {at: 2026-11-30T09:00, by: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    - expect: {deadlines: {KP-4: 2026-12-14, BL-5: 2026-12-01T09:00}}
    """,
    )


def test_a_rule_in_hours_keeps_the_minute_also_at_midnight(works, fails_at):
    head = """
    scenario: Midnat
    starts_at: 2026-11-24T00:00
    citizens: {mads: {navn: Mads, cpr: "740309-4001"}}
    steps:
    """
    steps = "- {by: sagsbehandler-kui, open: afspilning, for: mads}\n", WRITE
    works(*steps, "- expect: {deadlines: {BL-5: 2026-11-25T00:00}}", head=head)
    failure = fails_at(*steps, "- expect: {deadlines: {BL-5: 2026-11-25}}", head=head)
    assert failure[1:] == ("expect.deadlines.BL-5", "2026-11-25", "2026-11-25T00:00")


def test_a_list_of_timers_names_them_all(works, fails_at):
    steps = (
        OPEN,
        "- {case: 1, by: sagsbehandler-kui, open: afspilning}\n",
        WRITE,
        """
    - {at: 2026-11-25T10:30, by: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    """,
    )
    works(
        *steps,
        """
    - expect: {timers: {vent: [2026-12-25T10:30, 2026-12-23T09:00]}}
    - expect: {timers: {vent: 2026-12-25}}
    - expect: {timers: {vent: 2026-12-23T09:00}}
    """,
    )
    failure = fails_at(*steps, "- expect: {timers: {vent: [2026-12-25]}}")
    assert failure[1:] == ("expect.timers.vent", ["2026-12-25"], ["2026-12-23", "2026-12-25"])


def test_incidents_are_counted_or_named_by_their_element(works):
    works(
        OPEN,
        """
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 99}, expect: {incidents: 1}}
    - expect: {incidents: [skriv], tasks: {KUI: [skriv]}}
    """,
    )


def test_an_object_among_the_facts_is_compared_by_what_is_named(works, fails_at):
    works(OPEN, WRITE, "- expect: {case: {frister: {KP-4: 2026-12-07}}}")
    failure = fails_at(OPEN, WRITE, "- expect: {case: {frister: {KP-4: 2026-12-08}}}")
    assert failure[1:] == ("expect.case.frister.KP-4", "2026-12-08", "2026-12-07")


def test_absence_is_null_and_a_value_is_not(works, fails_at):
    works(OPEN, "- expect: {variables: {x: null}}")
    failure = fails_at(OPEN, WRITE, "- expect: {variables: {x: null}}")
    assert failure[1:3] == ("expect.variables.x", None)
