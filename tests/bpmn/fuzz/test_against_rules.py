"""Random nets of gateways: what is open is what the rules of BPMN say."""

from __future__ import annotations

from random import Random

import pytest

from engine import bpmn
from tests.bpmn.fuzz import net


@pytest.mark.parametrize("seed", range(8))
def test_gateways_do_what_the_rules_say(case, travel, seed):
    random, steps, stalled, nets = Random(seed), 0, 0, 0
    while steps < 400:
        drawn = net.random_net(random)
        nets += 1
        program = bpmn.compile({"net": drawn.xml()}, "net")

        def choose(drawn=drawn):
            return {flow: random.random() < 0.5 for flow in drawn.choices()}

        first = choose()
        game = net.Game(drawn, first)
        flow = bpmn.Flow.start(program, case, variables=first)
        for _ in range(40):
            assert [w.element for w in sorted(flow.work, key=lambda w: w.element)] == game.open()
            assert flow.ended is (not game.open())
            if flow.ended:
                break
            item = random.choice(flow.work)
            chosen = choose()
            steps += 1
            try:
                game.complete(item.element, chosen)
            except net.Stalled:
                stalled += 1
                with pytest.raises(bpmn.Stuck):
                    flow.complete(item.id, chosen)
                break
            flow.complete(item.id, chosen)
            flow = bpmn.Flow.load(program, case, flow.state(), flow.scopes())
    assert nets > 5
    assert stalled < nets
