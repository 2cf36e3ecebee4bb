"""A wrong answer is put right beside the old one, and what it caused can be read."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from engine import casework, diagrams, events, forms
from engine.casework import refusals
from engine.casework.answering import without_cpr
from engine.casework.correcting import answers_of
from engine.events import Content, Event
from engine.instances import Instance, Variable, WorkItem


@pytest.fixture
def answered(world):
    """A case whose first conversation has been answered, and the task."""
    nummer = world.open("sloejfe")
    world.due()
    task = world.task(nummer).id
    first = {"referat": "Hun vil læse", "maal_naaet": False}
    casework.complete(world.store, task, first, by="anna")
    world.clock.advance(hours=1)
    return nummer, task


def versions(world, task: str):
    with world.store.reading() as session:
        return answers_of(session, session.get(WorkItem, task))


def variables(world) -> dict:
    return {row.name: row.value for row in world.rows(select(Variable))}


def last(world, nummer: str) -> Event:
    return next(e for e in reversed(world.events(nummer)) if e.kind == "svar_rettet")


def test_a_corrected_answer_is_a_new_version_beside_the_old(world, answered):
    _, task = answered
    casework.correct(world.store, task, {"referat": "Han vil læse"}, "Forkert køn", by="bo")
    old, new = versions(world, task)
    assert (old.version, old.by, old.reason) == (1, "anna", None)
    assert old.answers == {"referat": "Hun vil læse", "maal_naaet": False}
    assert (new.version, new.by, new.reason) == (2, "bo", "Forkert køn")
    assert new.answers == {"referat": "Han vil læse", "maal_naaet": False}
    assert world.verify()["ok"]


def test_the_trails_unerasable_part_names_keys_and_never_what_was_said(world, answered):
    nummer, task = answered
    casework.correct(world.store, task, {"referat": "Han vil læse"}, "Forkert køn", by="bo")
    line = last(world, nummer)
    assert (line.facts["keys"], line.facts["version"]) == (["referat"], 2)
    for event in world.events(nummer):
        said = json.dumps(event.facts, ensure_ascii=False)
        assert not any(word in said for word in ("læse", "Forkert"))
    content = world.row(
        select(Content).where(Content.case_id == line.case_id, Content.seq == line.seq)
    ).content
    assert content["old"] == {"referat": "Hun vil læse"}
    assert content["new"] == {"referat": "Han vil læse"}
    world.store.write(lambda session: events.erase(session, line.case_id, by="anna", rule="prøve"))
    assert world.verify()["ok"]
    assert [row.answers for row in versions(world, task)] == [None, None]


def test_the_variable_follows_and_the_flow_stands_still(world, answered):
    nummer, task = answered
    before = world.instance(nummer)
    casework.correct(world.store, task, {"maal_naaet": True}, "Sat forkert", by="anna")
    assert variables(world)["maal_naaet"] is True
    assert last(world, nummer).facts["variables"] == ["maal_naaet"]
    after = world.instance(nummer)
    assert (before.status, after.status) == ("running", "running")
    assert world.tasks(nummer) == []
    casework.correct(world.store, task, {"maal_naaet": False}, "Alligevel ikke", by="anna")
    assert variables(world)["maal_naaet"] is False
    assert [row.version for row in versions(world, task)] == [1, 2, 3]
    # What the flow reads next is the corrected value.
    casework.correct(world.store, task, {"maal_naaet": True}, "Jo", by="anna")
    world.due()
    assert variables(world)["maal_naaet"] is True


def test_a_variable_that_somebody_changed_since_is_left_alone(world, answered):
    nummer, task = answered
    world.due()
    second = world.task(nummer).id
    casework.complete(world.store, second, {"referat": "Nu", "maal_naaet": True}, by="anna")
    casework.correct(world.store, task, {"maal_naaet": True}, "Var nået", by="anna")
    line = last(world, nummer)
    assert (line.facts["variables"], line.facts["changed_since"]) == ([], ["maal_naaet"])
    casework.correct(world.store, second, {"maal_naaet": False}, "Ikke endnu", by="anna")
    assert variables(world)["maal_naaet"] is False


def test_a_correction_says_why_and_changes_something(world, answered):
    nummer, task = answered
    seen = world.kinds(nummer)
    for given, reason, refusal in (
        ({"referat": "Nyt"}, "  ", refusals.CorrectionWithoutReason),
        ({"referat": "Hun vil læse"}, "Slip", refusals.NothingCorrected),
        ({}, "Slip", refusals.NothingCorrected),
        ({"referat": ""}, "Slip", forms.FormErrors),
    ):
        with pytest.raises(refusal):
            casework.correct(world.store, task, given, reason, by="anna")
    assert world.kinds(nummer) == seen


def test_only_who_could_answer_the_task_corrects_it(world, answered):
    _, task = answered
    with pytest.raises(refusals.NoSuchTask):
        casework.correct(world.store, task, {"referat": "x"}, "y", by="job")
    with pytest.raises(refusals.NotTheirDeputy):
        casework.correct(world.store, task, {"referat": "x"}, "y", by="bo", on_behalf_of="anna")
    world.due()
    with pytest.raises(refusals.NotAnswered):
        casework.correct(world.store, world.task().id, {"referat": "x"}, "y", by="anna")


def test_an_ended_instance_can_still_be_put_right(world, answered):
    nummer, _ = answered
    world.due()
    task = world.task(nummer).id
    casework.complete(world.store, task, {"referat": "Slut", "maal_naaet": True}, by="anna")
    world.clock.advance(hours=1)
    casework.correct(world.store, task, {"referat": "Helt slut"}, "Præcisering", by="anna")
    assert [row.answers["referat"] for row in versions(world, task)] == ["Slut", "Helt slut"]
    assert world.row(select(Instance)).status == "ended"


def test_a_cpr_number_is_never_kept_among_the_answers():
    given = {"cpr": "0", "boern": [{"navn": "Ida", "barnets_CPR": "1"}], "ja": True}
    assert without_cpr(given) == {"boern": [{"navn": "Ida"}], "ja": True}


def test_what_the_first_answer_caused_is_listed_with_how_it_stands(world, answered):
    _, task = answered
    with world.store.reading() as session:
        found = [(c.kind, c.element, c.state) for c in casework.caused(session, task)]
    timer = next(line for line in found if line[0] == "timer")
    assert timer[2] == "waiting"
    world.clock.advance(days=100)
    casework.run_due(world.store)
    with world.store.reading() as session:
        now = [(c.kind, c.element, c.state) for c in casework.caused(session, task)]
    assert ("timer", timer[1], "done") in now
    # The next conversation came of the timer, not of the answer.
    assert not [line for line in now if line[0] == "task"]


def test_tasks_and_jobs_that_followed_are_listed_and_nothing_else(world):
    nummer = world.open("tjenester")
    other = world.open("tjenester")
    task = world.task(nummer).id
    with world.store.reading() as session:
        assert casework.caused(session, task) == []
        assert casework.caused(session, "findes-ikke") == []
    casework.complete(world.store, task, {}, by="anna")
    casework.complete(world.store, world.task(other).id, {}, by="anna")
    with world.store.reading() as session:
        found = [(c.kind, c.element, c.state) for c in casework.caused(session, task)]
    assert found == [("fact", "straks", None), ("job", "senere", "waiting")]
    world.clock.advance(seconds=1)
    casework.run_due(world.store)
    with world.store.reading() as session:
        found = [(c.kind, c.element, c.state) for c in casework.caused(session, task)]
    assert found[1:] == [("job", "senere", "done")]


def test_who_has_the_case_is_asked_to_put_right_what_the_first_answer_led_to(world, answered):
    nummer, task = answered
    names = ("efter_rettelse.bpmn", "ret_foelgerne.form")
    files = {name: diagrams.shipped()[name] for name in names}
    world.store.write(
        lambda s: diagrams.deploy(s, files, by="leder", demo=True, accept_warnings=True) and None
    )
    casework.correct(world.store, task, {"referat": "Han vil læse"}, "Forkert køn", by="bo")
    asked = world.task(nummer)
    assert (asked.element, asked.queue, asked.unit) == ("ret_foelgerne", "ejer", "KUI")
    told = variables(world)
    assert told["rettet_opgave"] == world.row(select(WorkItem).where(WorkItem.id == task)).name
    assert told["rettet_foelger"]
    casework.complete(world.store, asked.id, {"rettet_hvad": "Intet"}, by="anna")
    assert world.tasks(nummer) == []
    assert world.verify()["ok"]


def test_one_of_several_is_corrected_with_what_it_saw_as_its_own(world):
    nummer = world.open("en_af_flere")
    for task in world.tasks(nummer):
        casework.complete(world.store, task.id, {"svar": "ja"}, by="anna")
        if task.item == "b":
            other = task.id
    # The field is there for b alone.
    casework.correct(world.store, other, {"svar": "nej", "kun_b": "set"}, "Slip", by="anna")
    assert versions(world, other)[-1].answers == {"svar": "nej", "kun_b": "set"}
