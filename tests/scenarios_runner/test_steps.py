"""What a step does, key by key, and who the trail says did it."""

import re

from sqlalchemy import select

from engine import municipality, scenarios
from engine.domain.organisation import Setting
from engine.domain.rules import LocalRule
from engine.events import Event
from engine.instances import WorkItem
from engine.scenarios import player as players
from engine.scenarios import story, yaml12
from engine.settings import ROOT

OPEN = "- {by: sagsbehandler-kui, open: afspilning, for: mads}\n"
WRITE = "- {by: sagsbehandler-kui, task: skriv, answers: {x: 2, tekst: a}}\n"


def texts(played, kind):
    return [line.text for line in played.told if line.kind == kind]


def test_a_family_is_opened_in_one_case(works):
    works("""
    - {by: sagsbehandler-kui, open: afspilning, for: [mads, mor]}
    - expect: {case: {type: koordinering, enhed: KUI}}
    """)


def test_a_case_without_a_citizen_is_of_type_andet(works):
    works("""
    - {by: sagsbehandler-kui, open: afspilning_job}
    - expect: {case: {type: andet}, tasks: {KUI: [se]}}
    """)


def test_a_task_is_completed_only_in_its_own_step(works):
    works(OPEN, "- {at: 2027-11-23T09:00}\n- expect: {tasks: {KUI: [skriv]}}")


def test_answering_a_task_takes_it_and_the_trail_shows_both(theatre, play):
    told = []

    class Watching(players.Player):
        def take(self, step):
            went = super().take(step)
            with self.store.reading() as session:
                told[:] = [
                    (event.kind, event.actor)
                    for event in session.scalars(select(Event).order_by(Event.id))
                    if event.kind in ("claimed", "completed") and event.element in ("skriv", None)
                ] + [session.scalars(select(WorkItem.assignee)).first()]
            return went

    original, players.Player = players.Player, Watching
    try:
        assert play(OPEN, WRITE).ok
    finally:
        players.Player = original
    who = "sagsbehandler-kui"
    assert told == [("claimed", who), ("completed", who), who]


def test_claim_release_and_assign_move_a_task(works):
    works(
        OPEN,
        """
    - {by: sagsbehandler-kui, claim: skriv}
    - {by: koordinator-1, task: skriv, answers: {x: 1}, refused: ClaimedByAnother}
    - {by: sagsbehandler-kui, release: skriv}
    - {by: leder-kui, assign: {task: skriv, to: koordinator-1}}
    - {by: sagsbehandler-kui, task: skriv, answers: {x: 1}, refused: taget af Liv Koordinatorsen (koordinator-1)}
    - {by: koordinator-1, task: skriv, answers: {x: 1}}
    """,
    )


def test_a_held_task_comes_back_by_itself_at_its_time(works):
    played = works(
        OPEN,
        """
    - {by: sagsbehandler-kui, hold: {task: skriv, until: 2026-12-01, reason: Afventer skolen}}
    - {at: 2026-11-30T23:59, expect: {tasks: {KUI: [skriv]}}}
    - {at: 2026-12-05T12:00, expect: {tasks: {KUI: [skriv]}}}
    """,
    )
    (back,) = [line for line in played.told if line.kind == "hold_ended"]
    assert back.at.isoformat() == "2026-11-30T23:00:00+00:00"  # midnight in Copenhagen
    assert texts(played, "held") == ["Skriv til 01.12.2026 kl. 00.00"]


def test_a_deputy_works_for_the_absent_and_both_names_are_told(works):
    works(
        OPEN,
        """
    - {by: sagsbehandler-kui, claim: skriv}
    - {by: sagsbehandler-job, on_behalf_of: sagsbehandler-kui, task: skriv, answers: {x: 1}, refused: NotTheirDeputy}
    - absent: {user: sagsbehandler-kui, from: 2026-11-24, to: 2026-11-30, deputy: sagsbehandler-job}
    - {by: sagsbehandler-job, on_behalf_of: sagsbehandler-kui, task: skriv, answers: {x: 1}, refused: NotTheirDeputy}
    - at: 2026-11-24T08:00
    - {by: sagsbehandler-job, on_behalf_of: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    - expect: {variables: {x: 1}}
    """,
    )


def test_a_deputy_holds_and_assigns_too_but_only_a_deputy(works):
    works(
        OPEN,
        """
    - {by: sagsbehandler-kui, claim: skriv}
    - {by: koordinator-1, on_behalf_of: sagsbehandler-kui, hold: {task: skriv, until: 2027-01-01, reason: x}, refused: NotTheirDeputy}
    - {by: koordinator-1, on_behalf_of: sagsbehandler-kui, assign: {task: skriv, to: leder-kui}, refused: NotTheirDeputy}
    - absent: {user: sagsbehandler-kui, from: 2026-11-23, to: 2026-11-30, deputy: koordinator-1}
    - {by: koordinator-1, on_behalf_of: sagsbehandler-kui, hold: {task: skriv, until: 2027-01-01, reason: x}}
    """,
    )


def test_an_item_is_named_by_citizen_or_unit(works):
    works(
        """
    - {by: sagsbehandler-kui, open: afspilning, for: [mads, mor]}
    """,
        WRITE,
        """
    - at: 2027-01-04T09:00
    - {by: sagsbehandler-vok, task: hoer, item: VOK, answers: {svar: a}}
    - {by: sagsbehandler-kui, task: hoer, item: KUI, answers: {svar: a}}
    - expect: {tasks: {KUI: [spoerg, spoerg]}}
    - {by: sagsbehandler-kui, task: spoerg, item: mor, answers: {svar: b}}
    - {by: sagsbehandler-kui, task: spoerg, item: mor, answers: {svar: b}, refused: AlreadyCompleted}
    - {by: sagsbehandler-kui, task: spoerg, item: mads, answers: {svar: b}}
    - expect: {ended: true}
    """,
    )


def test_an_item_that_is_not_there_stops_the_story(fails_at):
    step, path, expected, actual = fails_at(
        OPEN, "- {by: sagsbehandler-kui, task: skriv, item: mor, answers: {x: 1}}"
    )
    assert (step, path, expected) == (2, "task", "skriv [mor]")
    assert actual == "sagsbehandler-kui ser skriv (KUI)"


def test_a_task_that_the_user_cannot_see_stops_the_story(fails_at):
    failure = fails_at(OPEN, "- {by: sagsbehandler-vok, task: skriv, answers: {x: 1}}")
    assert failure == (2, "task", "skriv", "sagsbehandler-vok ser ingen opgaver")


def test_a_message_reaches_the_case_and_ends_what_waits_for_it(works):
    works(
        OPEN,
        "- {tell: stands, refused: NobodyWaits}\n",
        WRITE,
        """
    - at: 2027-01-04T09:00
    - {by: sagsbehandler-vok, task: hoer, item: VOK, answers: {svar: a}}
    - {by: sagsbehandler-kui, task: hoer, item: KUI, answers: {svar: a}}
    - {by: sagsbehandler-ppr, tell: stands, refused: NoSuchCase}
    - {tell: stands, data: {hvorfor: flyttet}}
    - expect: {ended: true, tasks: {KUI: []}}
    """,
    )


def test_a_message_without_by_comes_from_outside(works):
    played = works("""
    - {tell: ring, key: "12345678", data: {telefon: "12345678", fra: mor}}
    - expect: {case: {type: andet}, tasks: {JOB: [tag_telefonen]}, variables: {fra: mor}}
    - {by: sagsbehandler-job, task: tag_telefonen, answers: {svar: hej}}
    - expect: {ended: true}
    """)
    assert [line.by for line in played.told if line.kind == "case_opened"] == ["system"]


def test_a_case_that_a_message_opens_is_the_last_case(works):
    works(
        OPEN,
        """
    - {tell: ring, key: "1", data: {telefon: "1"}}
    - expect: {case: {type: andet}}
    - {case: 1, expect: {case: {type: koordinering}, tasks: {KUI: [skriv]}}}
    """,
    )


def test_a_step_may_address_any_case_opened(works, fails_at):
    works(
        OPEN,
        """
    - {by: sagsbehandler-vok, open: afspilning, for: mor}
    - expect: {case: {borgere: [mor]}}
    - {case: 1, by: sagsbehandler-kui, task: skriv, answers: {x: 1}}
    - {case: 1, expect: {variables: {x: 1}}}
    - {case: 2, expect: {variables: {x: null}, tasks: {KUI: [skriv]}}}
    """,
    )
    assert fails_at(OPEN, "- {case: 2, expect: {ended: false}}")[1:] == (
        "case",
        2,
        "der er åbnet 1",
    )


def test_a_further_process_may_be_opened_on_a_case(works):
    works(
        OPEN,
        """
    - {case: 1, by: sagsbehandler-kui, open: afspilning_job}
    - expect: {tasks: {KUI: [se, skriv]}, ended: false}
    - {by: sagsbehandler-kui, task: se, answers: {svar: a}}
    - expect: {ended: true, tasks: {KUI: [skriv]}}
    """,
    )


def test_the_budget_is_set_in_kroner(works):
    played = works(
        """
    - set_budget: {faelles-2026: {total: 60000}}
    - expect: {budget: {faelles-2026: {total: 60000, free: 60000, reserved: 0}}}
    """,
        OPEN,
        WRITE,
        """
    - {set_budget: {faelles-2027: {total: 5}, faelles-2026: {total: 59999}}, refused: BelowCommitted}
    - {set_budget: {faelles-1999: {total: 1}}, refused: UnknownLine}
    - expect: {budget: {faelles-2027: {total: 1000000}}}
    """,
    )
    assert texts(played, "set_budget") == ["faelles-2026: 60.000 kr."]


def test_a_rule_is_changed_for_new_duties_or_for_running_ones_too(works):
    works(
        OPEN,
        WRITE,
        """
    - expect: {deadlines: {KP-4: 2026-12-07}}
    - set_rule: {id: KP-4, value: 5}
    - expect: {deadlines: {KP-4: 2026-12-07}}
    - set_rule: {id: KP-4, value: 6, applies_to_running: true}
    - expect: {deadlines: {KP-4: 2026-12-01}}
    """,
    )


def test_a_rule_may_also_be_a_local_setting(works, fails_at):
    works("""
    - set_rule: {id: ung_ja_vinder, value: true}
    - set_rule: {id: norm.koordinator-1, value: 3}
    - {set_rule: {id: ung_ja_vnder, value: true}, refused: UnknownSetting}
    - {set_rule: {id: norm.ingen, value: 3}, refused: UnknownSetting}
    """)
    assert fails_at("- set_rule: {id: KP-4, value: ti}") == (
        1,
        "set_rule.value",
        "et helt tal",
        "ti",
    )


def test_the_head_settles_settings_and_rules_before_the_story(theatre, monkeypatch):
    found = {}

    def look(self, step):
        with self.store.reading() as session:
            found["rules"] = [(r.regel, r.value) for r in session.scalars(select(LocalRule))]
            found["setting"] = session.get(Setting, "ung_ja_vinder").value
        return True

    monkeypatch.setattr(players.Player, "take", look)
    said = yaml12.loads("""
scenario: Hoved
starts_at: 2026-11-23T09:00
settings: {ung_ja_vinder: true, KP-1: 2}
steps: [{at: 2026-11-24}]
""")
    assert scenarios.play(story.parse(said, story.Path("hoved.yaml")), theatre).ok
    assert found == {"rules": [("KP-1", 2)], "setting": True}


def test_an_unknown_setting_is_no_world_for_a_story(play):
    head = "{scenario: x, starts_at: 2026-11-23, settings: {ung_ja_vnder: true}, steps: [{at: 2026-11-24}]}"
    (failure,) = play(head=head).failures
    assert (failure.step, failure.path) == (0, "preparation")
    assert "ung_ja_vnder" in failure.actual


def test_files_that_cannot_be_put_into_use_are_told_one_by_one(theatre, tmp_path):
    (tmp_path / "forkert.bpmn").write_text("<x/>")
    file = tmp_path / "s.yaml"
    file.write_text(
        "{scenario: x, starts_at: 2026-11-23, deploy: [forkert.bpmn], steps: [{at: 2026-11-24}]}"
    )
    (failure,) = scenarios.play(scenarios.read(file), theatre).failures
    assert (failure.step, failure.path) == (0, "deploy")
    assert failure.actual and all(text.startswith("forkert.bpmn · ") for text in failure.actual)


def test_a_number_that_is_nobodys_cpr_is_no_citizen(play):
    head = """
    scenario: x
    starts_at: 2026-11-23
    citizens: {a: {navn: A, cpr: "991399-0000"}}
    steps: [{at: 2026-11-24}]
    """
    (failure,) = play(head=head).failures
    assert (failure.step, failure.path) == (0, "preparation")


def test_a_user_who_does_not_exist_cannot_speak(fails_at):
    assert fails_at("- {by: sagsbehandler-xx, tell: ring, key: '1', data: {telefon: '1'}}") == (
        1,
        "by",
        "en bruger i kommunen",
        "sagsbehandler-xx",
    )


def test_what_breaks_in_a_diagram_is_told_with_its_element(fails_at):
    step, path, expected, actual = fails_at(
        OPEN, "- {by: sagsbehandler-kui, task: skriv, answers: {x: 99}}"
    )
    assert (step, path, expected) == (2, "task", "udført")
    assert actual == "StepFailed (skriv): ZeroDivisionError: prøven gik i stykker"


def test_a_story_goes_on_after_an_expectation_and_not_after_a_step(play):
    played = play(
        OPEN,
        """
    - expect: {tasks: {KUI: []}}
    - expect: {tasks: {KUI: [x]}}
    - {by: sagsbehandler-kui, task: findes_ikke}
    - expect: {tasks: {KUI: [x]}}
    """,
    )
    assert [(f.step, f.path) for f in played.failures] == [
        (2, "expect.tasks.KUI"),
        (3, "expect.tasks.KUI"),
        (4, "task"),
    ]


def test_every_story_begins_in_an_untouched_world(works):
    works(OPEN)
    works(OPEN, "- expect: {case: {nummer: 2026-0001}}")


def test_every_setting_that_the_engine_asks_for_is_known_by_its_name(theatre):
    asked = set()
    for file in (ROOT / "engine").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r'\bsetting\((?:session, |self\.session, )?"([^"]+)"', text))
    assert {"norm", "ung_ja_vinder", "kontaktforsoeg"} <= asked
    with theatre.store() as store, store.reading() as session:
        unknown = [n for n in asked - {"demo"} if not municipality.is_setting(session, n)]
    assert unknown == []
