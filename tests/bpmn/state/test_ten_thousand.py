"""One case for a very long life."""

from __future__ import annotations

from engine import bpmn

ROUNDS = 10_000


def test_ten_thousand_follow_ups_leave_the_case_as_small_as_the_first(diagrams, case, travel):
    program = diagrams("livslang")
    flow = bpmn.Flow.start(program, case, variables={"interval": "P7D", "runde": 0})

    def again() -> bpmn.Flow:
        return bpmn.Flow.load(program, case, flow.state(), flow.scopes())

    sizes, withdrawal = set(), flow.subscriptions[0].id
    for n in range(ROUNDS):
        [timer] = flow.timers
        travel.move_to(timer.due)
        flow.fire(timer.id)
        flow = again()
        flow.complete(flow.work[0].id, {"svar": n % 10})
        flow = again()
        flow.complete(flow.work[0].id, {"igen": True})
        flow = again()
        if n % 1000 == 999:
            sizes.add((len(flow.state()), len(flow.run.top.tasks), len(flow.scopes())))
    assert len({state for state, _, _ in sizes}) == 1
    assert {tasks for _, tasks, _ in sizes} == {2}
    assert flow.variables()["runde"] == ROUNDS
    assert [s.id for s in flow.subscriptions] == [withdrawal]
    flow.tell("trukket")
    assert [w.element for w in flow.work] == ["trukket_opgave"]
    flow.complete(flow.work[0].id, {})
    assert flow.ended
