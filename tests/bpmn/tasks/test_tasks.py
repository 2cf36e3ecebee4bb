"""Tasks for people, services, decisions and messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import bpmn


@pytest.fixture
def services(case):
    case.services["hent_oplysninger"] = lambda call: {"fundet": call.inputs["nr"]}
    case.decisions["d_niveau"] = lambda context: bpmn.Decided(3, ("r3",))
    return case


def test_a_task_knows_its_queue_form_and_deadlines_from_the_moment_it_comes_up(start, services):
    play = start("opgaver", enhed="VOK", frist="2026-03-01")
    item = play.item("ansoeg")
    assert (item.kind, item.queue, item.form_id) == ("user", "VOK", "ansoegning")
    assert item.name == "Skriv ansøgning"
    assert item.due == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert item.follow_up == datetime(2026, 2, 9, 23, tzinfo=UTC)
    assert item.priority == 15


def test_a_task_without_assignment_waits_in_its_lane(start, services):
    play = start("opgaver", enhed="VOK", frist=None)
    play.do("ansoeg")
    assert (play.item("arkiver").kind, play.item("arkiver").queue) == ("manual", "JOB")
    assert play.item("arkiver").due is None


def test_work_keeps_its_id_while_other_things_happen(start, services):
    play = start("opgaver", enhed="VOK", frist=None)
    before = play.item("ansoeg").id
    play.again()
    play.again()
    assert play.item("ansoeg").id == before


def test_one_case_goes_through_every_kind_of_task(start, services):
    play = start("opgaver", enhed="VOK", frist=None)
    play.do("ansoeg", ansoegning="Om støtte")
    play.do("arkiver")
    assert play.waits == ["svar"]
    assert services.calls[0].inputs == {"nr": "2026-1", "ekstra": {"antal": 2}}
    assert services.calls[0].variables["ansoegning"] == "Om støtte"
    [thrown] = play.thrown
    assert (thrown.kind, thrown.name, thrown.key) == ("message", "brev_sendt", "2026-1")
    assert thrown.data == {"tekst": "Om støtte"}
    [waiting] = play.flow.subscriptions
    assert (waiting.kind, waiting.name, waiting.key) == ("message", "svar_modtaget", "2026-1")
    play.tell("svar_modtaget", svar="ja")
    assert play.ended
    assert play.variables == {
        "enhed": "VOK", "frist": None, "ansoegning": "Om støtte", "fundet": "2026-1",
        "svar": "ja", "niveau": 3, "trin": 4,
    }  # fmt: skip


def test_the_rules_that_fired_stand_in_the_journal(start, services):
    play = start("opgaver", enhed="VOK", frist=None)
    play.do("ansoeg")
    play.do("arkiver")
    play.tell("svar_modtaget")
    [decided] = [s for s in play.steps if s.kind == "decided"]
    assert decided.data == {"decision": "d_niveau", "value": 3, "rules": ["r3"]}


def test_the_listener_hears_raw_answers_and_only_the_others_become_variables(start, case):
    case.services["gem_underskrift"] = lambda call: {"underskrevet_af": len(call.inputs["cpr"])}
    play = start("lytter")
    play.flow.complete(play.item("underskriv").id, {"ja": True}, {"ja": True, "cpr": "x" * 10})
    play.again()
    assert play.ended
    assert play.variables == {"ja": True, "underskrevet_af": 10}


def test_a_listener_that_refuses_leaves_everything_as_it_was(start, case):
    def refuse(call):
        raise bpmn.NotJson("nej")

    case.services["gem_underskrift"] = refuse
    play = start("lytter")
    state, scopes = play.flow.state(), play.flow.scopes()
    with pytest.raises(bpmn.NotJson):
        play.do("underskriv")
    play.flow = bpmn.Flow.load(play.program, case, state, scopes)
    assert play.open == ["underskriv"]


def test_a_listeners_business_error_goes_to_the_boundary_of_its_task(start, case):
    def reject(call):
        raise bpmn.BpmnError("afvist", data={"grund": "mangler"})

    case.services["gem_underskrift"] = reject
    play = start("lytter")
    play.do("underskriv", ja=True)
    assert play.open == ["spoerg_igen"]
    assert play.variables == {"grund": "mangler"}


def test_a_service_with_retries_waits_as_a_job_and_goes_on_with_its_result(start, case):
    play = start("job", modtager="x")
    item = play.item("send_ud")
    assert (item.kind, item.retries) == ("service", 3)
    assert (item.call.type, item.call.inputs) == ("digital_post", {"til": "x"})
    play.flow.resume(item.id, {"kvittering": 7})
    play.again()
    assert play.ended
    assert play.variables == {"modtager": "x", "kvittering": 7}


def test_a_job_that_fails_for_good_goes_to_the_error_boundary(start):
    play = start("job", modtager="x")
    play.flow.fail(play.item("send_ud").id, bpmn.BpmnError("ingen_adresse"))
    play.again()
    assert play.open == ["find_adresse"]
    play.do("find_adresse")
    assert play.ended


def test_a_job_cannot_be_completed_by_hand_nor_a_persons_task_by_a_job(start, services):
    job = start("job", modtager="x")
    with pytest.raises(bpmn.WorkGone):
        job.flow.complete(job.item("send_ud").id, {})
    task = start("opgaver", enhed="KUI", frist=None)
    with pytest.raises(bpmn.WorkGone):
        task.flow.resume(task.item("ansoeg").id, {})


@pytest.mark.parametrize("work_id", ["", "nej", "00000000-0000-0000-0000-000000000000"])
def test_work_that_is_not_there_is_refused(start, work_id):
    with pytest.raises(bpmn.WorkGone):
        start("lytter").flow.complete(work_id, {})


def test_a_task_is_completed_once(start, case):
    case.services["gem_underskrift"] = lambda call: {}
    play = start("lytter")
    work_id = play.item("underskriv").id
    play.flow.complete(work_id, {})
    with pytest.raises(bpmn.WorkGone):
        play.flow.complete(work_id, {})


def test_a_send_task_or_thrown_message_with_a_service_calls_it_instead(start, case):
    case.services["brev"] = case.services["meddel"] = lambda call: {call.type: True}
    play = start("send_tjeneste")
    assert play.ended
    assert play.thrown == []
    assert [call.type for call in case.calls] == ["brev", "meddel"]


def test_a_program_tells_how_it_can_start_the_plain_way_first(diagrams):
    starts = diagrams("starter").starts()
    assert [(s.element, s.kind, s.name) for s in starts] == [
        ("fra_skema", "none", None),
        ("fra_besked", "message", "henvisning"),
        ("hver_uge", "timer", None),
        ("fra_signal", "signal", "nyt_aar"),
    ]
    assert starts[0].form_id == "henvisning"
    assert starts[2].timer.text == "R/P7D"


def test_a_message_starts_at_its_own_event_and_its_data_go_through_the_mapping(
    diagrams, case, travel
):
    flow = bpmn.Flow.start(
        diagrams("starter"), case, message="henvisning", variables={"nr": 12, "andet": 1}
    )
    assert flow.variables() == {"nummer": 12}
    assert [s.element for s in flow.journal if s.kind == "entered"] == ["fra_besked", "modtag"]


def test_a_timer_start_is_named(diagrams, case, travel):
    flow = bpmn.Flow.start(diagrams("starter"), case, start_event="hver_uge")
    assert [item.element for item in flow.work] == ["modtag"]


def test_a_start_that_is_not_there_is_broken(diagrams, case, travel):
    with pytest.raises(bpmn.Stuck):
        bpmn.Flow.start(diagrams("starter"), case, message="ukendt")
