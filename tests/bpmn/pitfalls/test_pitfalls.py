"""Sixteen faults of SpiffWorkflow 3.2.0: each pinned as it is, and beside it what we do.

A test named `stock` that fails tells that the library has changed, not that we are broken.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from engine import bpmn
from engine.errors import Broken


def withdrawn():
    return BpmnEvent(MessageEventDefinition("trukket"))


# 1. Beyond depth 1000 the library does not see a task that is ready, and says nothing.


def test_01_stock_stalls_in_silence_at_depth_1000(stock):
    flow = stock("loekke", n=0)
    for _ in range(400):
        if not flow.open:
            break
        flow.do("a")
    ready = [t for t in flow.workflow.tasks.values() if t.state == TaskState.READY]
    assert len(ready) == 1
    assert flow.open == []
    assert not flow.workflow.completed


def test_01_a_loop_goes_on_for_as_long_as_the_case_does(start):
    play = start("loekke", n=0)
    for _ in range(1200):
        play.flow.complete(play.flow.work[0].id, {})
    assert play.variables == {"n": 1200}
    assert play.open == ["a"]


def test_01_even_with_its_whole_past_in_the_tree(diagrams, case, travel, monkeypatch):
    monkeypatch.setattr(bpmn.Flow, "compacting", False)
    flow = bpmn.Flow.start(diagrams("loekke"), case, variables={"n": 0})
    for _ in range(1200):
        flow.complete(flow.work[0].id, {})
    assert flow.variables() == {"n": 1200}
    assert len(flow.run.top.tasks) > 3000


# 2. A parallel join in a loop counts last round's arrivals.


def test_02_stock_joins_early_in_the_second_round(stock):
    flow = stock("parallel_loekke")
    for element in "ab":
        flow.do(element)
    flow.do("c", igen=True)
    flow.do("b")
    assert flow.open == ["a", "c"]


def test_02_every_round_waits_for_its_own_arrivals(start):
    play = start("parallel_loekke")
    for element in "ab":
        play.do(element)
    play.do("c", igen=True)
    play.do("b")
    assert play.open == ["a"]


# 3. So does an inclusive join.


def test_03_stock_joins_early_in_the_second_round(stock):
    flow = stock("inklusiv_loekke")
    for element in "ab":
        flow.do(element)
    flow.do("c", igen=True)
    flow.do("b")
    assert flow.open == ["a", "c"]


def test_03_every_round_waits_for_its_own_arrivals(start):
    play = start("inklusiv_loekke")
    for element in "ab":
        play.do(element)
    play.do("c", igen=True)
    play.do("b")
    assert play.open == ["a"]


# 4. What one branch wrote is lost when the other finishes last.


def test_04_stock_loses_an_update_at_the_join(stock):
    flow = stock("grene", x=1)
    flow.do("z")
    flow.do("a", x=2)
    flow.do("b")
    assert flow.task("c").data["x"] == 1


def test_04_nothing_is_lost_at_a_join(start):
    play = start("grene", x=1)
    play.do("z")
    play.do("a", x=2)
    play.do("b")
    assert play.variables == {"x": 2}


# 5. Data are shared between tasks: changing them changes what a finished task once said.


def test_05_stock_rewrites_history(stock):
    flow = stock("to_skridt")
    done = flow.do("a", plan={"maal": ["x"]})
    flow.task("b").data["plan"]["maal"].append("y")
    assert done.data["plan"]["maal"] == ["x", "y"]


def test_05_history_stands(start):
    play = start("to_skridt")
    play.do("a", plan={"maal": ["x"]})
    play.flow.variables()["plan"]["maal"].append("y")
    play.do("b", plan={"maal": ["z"]})
    said = [s.data["new"] for s in play.steps if s.kind == "variable"]
    assert said == [{"maal": ["x"]}, {"maal": ["z"]}]


# 6. Event sub-processes do not interrupt, fire at the top level only, and one for errors
#    begins at once.


def test_06_stock_does_not_interrupt(stock):
    flow = stock("hoejeste")
    flow.workflow.catch(withdrawn())
    flow.workflow.do_engine_steps()
    assert flow.open == ["a", "trukket_opgave"]


def test_06_stock_never_fires_inside_a_sub_process(stock):
    flow = stock("indre")
    flow.workflow.catch(withdrawn())
    flow.workflow.do_engine_steps()
    assert flow.open == ["a"]


def test_06_stock_starts_an_error_handler_without_an_error(stock):
    assert "fejlet_opgave" in stock("fejl").open


@pytest.mark.parametrize("diagram", ["hoejeste", "indre"])
def test_06_an_interrupting_start_interrupts_at_every_level(start, diagram):
    play = start(diagram)
    play.tell("trukket")
    assert play.open == ["trukket_opgave"]
    play.do("trukket_opgave")
    assert play.ended


def test_06_an_error_handler_waits_for_its_error(start):
    assert start("fejl").open == ["a"]


# 7. Running an instance changes the shared spec, a multi-instance is wired only where it was
#    started, and a parser that failed gives half a spec the second time.


def test_07_stock_starts_new_instances_inside_the_event_sub_process(stock):
    flow = stock("hoejeste")
    flow.workflow.catch(withdrawn())
    fresh = BpmnWorkflow(flow.spec, flow.subs)
    fresh.do_engine_steps()
    running = [t.task_spec.name for t in fresh.get_tasks(state=TaskState.STARTED)]
    assert running == ["trukket"]


def test_07_stock_gives_half_a_spec_after_a_failure(stock_parser):
    parser = stock_parser("rum_uden_slut")
    with pytest.raises(ValidationException):
        parser.get_spec("stock_rum_uden_slut")
    assert "rum" not in parser.get_spec("stock_rum_uden_slut").task_specs


def test_07_new_instances_begin_at_the_beginning(start, case):
    play = start("hoejeste")
    play.tell("trukket")
    fresh = bpmn.Flow.start(play.program, case)
    assert [w.element for w in fresh.work] == ["a"]


def test_07_a_multi_instance_goes_on_after_a_restart(start, diagrams, case):
    play = start("flere", enheder=["u", "v"])
    play.do("a", of="u")
    parsed_again = diagrams("flere")
    flow = bpmn.Flow.load(parsed_again, case, play.flow.state(), play.flow.scopes())
    flow.complete(flow.work[0].id, {})
    assert [w.element for w in flow.work] == ["b"]


# 8. An error leaves an instance that is half moved.


def test_08_stock_is_left_half_moved(stock):
    flow = stock("betingelse")
    task = flow.task("a")
    with pytest.raises(WorkflowTaskException):
        flow.do("a")
    assert task.state == TaskState.COMPLETED
    assert flow.open == []


def test_08_what_was_stored_before_the_error_is_whole(start, case):
    play = start("betingelse")
    state, scopes = play.flow.state(), play.flow.scopes()
    with pytest.raises(bpmn.Stuck):
        play.flow.complete(play.item("a").id, {"svar": "hverken ja eller nej"})
    again = bpmn.Flow.load(play.program, case, state, scopes)
    assert [w.element for w in again.work] == ["a"]


# 9. Nothing stops a finished task from being run again.


def test_09_stock_runs_a_finished_task_again(stock):
    flow = stock("to_skridt")
    done = flow.do("a")
    done.run()
    assert done.state == TaskState.COMPLETED


def test_09_finished_work_is_gone(start):
    play = start("to_skridt")
    done = play.item("a").id
    play.do("a")
    with pytest.raises(bpmn.WorkGone):
        play.flow.complete(done, {})


# 10. A path without an end never completes, loose elements vanish, rooms must have an end.


def test_10_stock_does_not_complete_without_an_end_and_forgets_loose_elements(stock):
    flow = stock("loest")
    assert "loes" not in flow.spec.task_specs
    flow.do("a")
    assert not flow.workflow.completed


def test_10_stock_refuses_a_room_without_an_end(stock):
    with pytest.raises(ValidationException):
        stock("rum_uden_slut")


def test_10_a_path_ends_where_it_ends_and_every_element_is_known(start):
    play = start("loest")
    assert play.program.specs["loest"].task_specs["loes"].bpmn_id == "loes"
    play.do("a")
    assert play.ended


def test_10_a_room_ends_when_its_last_token_does(start):
    play = start("rum_uden_slut")
    play.do("a")
    assert play.ended


# 11. A loaded instance evaluates Python.


def test_11_stock_loads_with_the_unsafe_evaluator(stock):
    serializer = BpmnWorkflowSerializer()
    stored = serializer.serialize_json(stock("to_skridt").workflow)
    assert type(serializer.deserialize_json(stored).script_engine) is PythonScriptEngine


def test_11_no_python_is_ever_evaluated(start):
    play = start("to_skridt")
    engine = play.flow.run.top.script_engine
    for name in ("evaluate", "execute", "environment", "call_service"):
        with pytest.raises(Broken):
            getattr(engine, name)


# 12. A message nobody waits for is an exception of the library, and what is thrown must be
#     fetched or is lost.


def test_12_stock_raises_its_own_exception_and_forgets_what_was_thrown(stock):
    flow = stock("kaster")
    with pytest.raises(WorkflowException):
        flow.workflow.send_event(withdrawn())
    assert [e.event_definition.name for e in flow.workflow.get_events()] == ["meddelt"]
    assert flow.workflow.get_events() == []


def test_12_a_message_nobody_waits_for_is_refused_and_thrown_ones_are_handed_over(start):
    play = start("kaster")
    with pytest.raises(bpmn.NobodyWaits):
        play.tell("trukket")
    assert [t.name for t in play.thrown] == ["meddelt"]


# 13. Multi-instance tasks are called something else than their element.


def test_13_stock_renames_the_element(stock):
    flow = stock("flere", enheder=["u"])
    assert flow.task("a").task_spec.name != flow.task("a").task_spec.bpmn_id


def test_13_work_is_known_by_its_element(start):
    [item] = start("flere", enheder=["u"]).flow.work
    assert (item.element, item.item) == ("a", "u")


# 14. A second round of a multi-instance dies, and a null item hangs.


@pytest.mark.parametrize("diagram", ["flere", "flere_paa_rad"])
def test_14_stock_dies_in_the_second_round(stock, diagram):
    flow = stock(diagram, enheder=["u", "v"])
    with pytest.raises(WorkflowException, match="already exists"):
        for element in "aab":
            flow.do(element, igen=True)


def test_14_stock_hangs_on_a_null_item(stock):
    flow = stock("flere_paa_rad", enheder=["u", None, "v"])
    flow.do("a")
    assert flow.open == []


@pytest.mark.parametrize("diagram", ["flere", "flere_paa_rad"])
def test_14_every_round_begins_anew_and_null_is_an_item(start, diagram):
    play = start(diagram, enheder=["u", None, "v"])
    for _ in range(3):
        for _ in range(3):
            play.do("a")
        play.do("b", igen=True)
    assert play.open[0] == "a"


# 15. An error that is caught further out counts as caught by nobody, so whoever extends the
#     event manager sends it out; and an event gateway has one moment for all its timers.


def test_15_stock_says_that_nobody_caught_what_was_caught_further_out(stock):
    flow = stock("fejl_ud")
    [room] = flow.workflow.subprocesses.values()
    error = BpmnEvent(ErrorEventDefinition("E1", "E1"), target=room)
    caught = flow.workflow.event_manager.catch(error, internal=False)
    flow.workflow.do_engine_steps()
    assert flow.open == ["ret"]
    assert caught == 0


def test_15_stock_has_one_moment_for_two_timers(stock):
    gateway = stock("to_frister").task("vent", TaskState.WAITING)
    assert isinstance(gateway.internal_data["event_value"], str)


def test_15_what_is_caught_inside_does_not_leave(start):
    play = start("fejl_ud")
    play.do("a")
    assert play.open == ["ret"]
    play = start("hoejeste")
    play.tell("trukket")
    assert play.thrown == []


def test_15_each_timer_behind_a_gateway_has_its_own_moment(start, travel):
    play = start("to_frister")
    play.sleep(travel, days=2)
    assert play.open == ["b"]


# 16. Two processes may not hold sub-processes of the same id.


def test_16_stock_refuses_sub_processes_of_the_same_id(stock_parser):
    parser = stock_parser("tvilling_en", "tvilling_to")
    parser.get_spec("stock_tvilling_en")
    with pytest.raises(ValidationException, match="Duplicate process ID: sp"):
        parser.get_spec("stock_tvilling_to")


def test_16_each_process_has_its_own_sub_processes(start):
    play = start("begge_tvillinger")
    play.do("en")
    assert play.open == ["to"]
    play.do("to")
    assert play.ended
