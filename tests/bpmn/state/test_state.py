"""What is stored of a flow: little, flat, and enough."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import bpmn
from engine.errors import Broken


def one_round(play, travel, again=True):
    play.sleep(travel, days=100)
    play.do("ryk")
    play.do("samtale", of="JOB", holdning="ja")
    play.do("indkald")
    play.do("samtale", of="SOC", holdning="nej")
    play.do("indstil")
    play.do("hoer", igen=again)


@pytest.fixture
def play(start):
    play = start("opfoelgning", interval="P3M", enheder=["JOB", "SOC"], hoering=True)
    play.do("plan")
    return play


def test_state_and_variables_are_as_small_after_many_rounds_as_after_one(play, travel):
    sizes = []
    for _ in range(30):
        one_round(play, travel)
        sizes.append((len(play.flow.state()), len(play.flow.scopes())))
    assert len(set(sizes[2:])) == 1
    assert sizes[-1][0] < 2000


def test_the_tree_holds_its_root_and_what_waits_and_nothing_else(play, travel):
    one_round(play, travel)
    names = [task.task_spec.name for task in play.flow.run.top.tasks.values()]
    assert names == ["Start", "vent"]


def test_ids_of_what_waits_stay_the_same_whatever_else_happens(play, travel):
    play.tell("klage")
    complaint = play.item("klage_opgave").id
    subscription = play.flow.subscriptions[0].id
    for _ in range(3):
        one_round(play, travel)
        assert play.item("klage_opgave").id == complaint
        assert play.flow.subscriptions[0].id == subscription


def test_saving_and_loading_changes_nothing(play, travel):
    play.sleep(travel, days=100)
    play.do("samtale", of="SOC", holdning="nej")
    before = play.flow.state(), play.flow.scopes(), play.flow.work
    play.again()
    assert (play.flow.state(), play.flow.scopes(), play.flow.work) == before


def test_a_database_that_sorts_keys_loses_nothing(play, travel, case):
    play.sleep(travel, days=100)
    shuffled = json.dumps(json.loads(play.flow.state()), sort_keys=True).encode()
    again = bpmn.Flow.load(play.program, case, shuffled, play.flow.scopes())
    assert again.work == play.flow.work
    assert again.timers == play.flow.timers


def test_neither_diagram_nor_variables_stand_in_the_state(play, travel):
    text = play.flow.state().decode()
    assert "Opfølgning" not in text
    assert "interval" not in text


def test_variables_load_from_text_and_from_a_dict(play, case):
    for scopes in (play.flow.scopes(), json.loads(play.flow.scopes())):
        flow = bpmn.Flow.load(play.program, case, play.flow.state(), scopes)
        assert flow.variables()["interval"] == "P3M"


def test_a_state_of_another_format_is_not_guessed_at(play, case):
    state = json.loads(play.flow.state()) | {"format": 99}
    with pytest.raises(Broken):
        bpmn.Flow.load(play.program, case, json.dumps(state).encode(), b"{}")


def test_a_state_with_an_element_the_diagram_has_lost_is_broken(play, case):
    state = play.flow.state().replace(b'"vent"', b'"forsvundet"')
    with pytest.raises(bpmn.Stuck):
        bpmn.Flow.load(play.program, case, state, play.flow.scopes())


def test_an_ended_flow_loads_as_ended_with_its_variables(play, travel):
    one_round(play, travel, again=False)
    play.again()
    assert play.ended
    assert play.variables["svar"] == ["ja", "nej"]
    assert (play.flow.work, play.flow.timers, play.flow.subscriptions) == ([], [], [])
    with pytest.raises(bpmn.NobodyWaits):
        play.tell("klage")


def test_one_program_serves_many_threads_at_once(diagrams, case, travel):
    program = diagrams("opfoelgning")

    def whole_case(number: int) -> tuple:
        given = {"interval": "P3M", "enheder": [number], "hoering": number % 2 == 0}
        flow = bpmn.Flow.start(program, case, variables=given)
        seen = []
        while not flow.ended:
            if flow.work:
                item = flow.work[0]
                seen.append(item.element)
                flow.complete(item.id, {"holdning": item.item, "igen": len(seen) < 12})
            else:
                flow.fire(flow.timers[0].id)
            flow = bpmn.Flow.load(program, case, flow.state(), flow.scopes())
        return tuple(seen), flow.variables()["svar"]

    alone = [whole_case(n) for n in range(2)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(whole_case, range(80)))
    finally:
        sys.setswitchinterval(interval)
    assert [t[0] for t in together] == [alone[n % 2][0] for n in range(80)]
    assert [t[1] for t in together] == [[n] for n in range(80)]


def test_programs_of_the_same_files_are_equal_and_of_others_not(diagrams):
    one, two, other = diagrams("opfoelgning"), diagrams("opfoelgning"), diagrams("udvalg")
    assert one == two
    assert len({one, two, other}) == 2
    assert one.processes == ("opfoelgning", "udvalg")
    assert other.processes == ("udvalg",)


def test_running_leaves_the_shared_specs_as_they_were(play, travel):
    def fingerprint():
        return {
            (name, spec.name): (tuple(spec._inputs), tuple(spec._outputs), spec.__dict__.keys())
            for name, room in play.program.specs.items()
            for spec in room.task_specs.values()
        }

    before = str(fingerprint())
    play.tell("klage")
    one_round(play, travel)
    assert str(fingerprint()) == before
