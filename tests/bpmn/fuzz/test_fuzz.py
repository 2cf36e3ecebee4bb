"""Compacted and reloaded against never touched: two instances get the same random life."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest

from engine import bpmn

MODELS = (
    "parallel", "loekke_i_gren", "inklusiv", "vagter", "flere", "haendelsesrum", "fejl",
    "hvad_foerst", "tjenester", "springer", "samlinger", "signaler",
)  # fmt: skip
STEPS = 1700
LIFE = 80


class Whole(bpmn.Flow):
    """Keeps its whole past in the tree and is never saved."""

    compacting = False


def seen(flow: bpmn.Flow) -> dict:
    """Everything a caller can see, without ids."""
    return {
        "ended": flow.ended,
        "work": [(w.kind, w.process, w.element, w.item, w.queue) for w in flow.work],
        "timers": [(t.element, t.due, t.left) for t in flow.timers],
        "subscriptions": [(s.kind, s.name, s.key, s.element) for s in flow.subscriptions],
        "variables": flow.variables(),
        "scopes": list(json.loads(flow.scopes()).values()),
    }


def written(flow: bpmn.Flow) -> list:
    """The journal and what was thrown since last time, without ids."""
    lines = [
        (
            s.kind,
            s.process,
            s.element,
            s.name,
            {k: s.data[k] for k in s.data if k not in ("id", "scope")},
        )
        for s in flow.journal
    ]
    lines += [(t.kind, t.name, t.key, t.data) for t in flow.outgoing]
    flow.journal.clear()
    flow.outgoing.clear()
    return lines


def acts(flow: bpmn.Flow) -> list[tuple]:
    """What may happen next, by position."""
    found = [("complete" if w.kind != "service" else "job", n) for n, w in enumerate(flow.work)]
    found += [("fire", n) for n in range(len(flow.timers))]
    found += [(s.kind, n) for n, s in enumerate(flow.subscriptions)]
    return found


def perform(flow: bpmn.Flow, act: tuple, answers: dict) -> None:
    what, number = act
    if what == "complete":
        flow.complete(flow.work[number].id, answers)
    elif what == "job" and answers["n"] == 0:
        flow.fail(flow.work[number].id, bpmn.BpmnError("E1"))
    elif what == "job":
        flow.resume(flow.work[number].id, answers)
    elif what == "fire":
        flow.fire(flow.timers[number].id)
    elif what == "signal":
        flow.signal(flow.subscriptions[number].name, answers)
    else:
        waiting = flow.subscriptions[number]
        flow.tell(waiting.name, answers, waiting.id)


def choose(random: Random, flow: bpmn.Flow) -> tuple[tuple, dict]:
    possible = acts(flow)
    work = [a for a in possible if a[0] in ("complete", "job")]
    act = random.choice(work if work and random.random() < 0.7 else possible)
    answers = {
        "n": random.randint(0, 3),
        "igen": random.random() < 0.85,
        "holdning": random.choice([None, "ja", "nej"]),
        "enheder": random.choice([[], ["JOB"], ["JOB", "SOC"], ["JOB", None, "BOR"]]),
    }
    return act, answers


@pytest.mark.parametrize("model", MODELS)
def test_compacting_and_reloading_changes_nothing(diagrams, case, travel, model):
    case.services["straks"] = lambda call: {"straks": call.variables["n"]}
    case.decisions["d"] = lambda context: bpmn.Decided(context["t"] % 3, ("r1",))
    program = diagrams(model)
    given = {"n": 1, "igen": True, "enheder": ["JOB", "SOC"]}
    random, steps, biggest = Random(model), 0, 0
    while steps < STEPS:
        whole = Whole.start(program, case, variables=given)
        small = bpmn.Flow.start(program, case, variables=given)
        history: list = []
        for _ in range(LIFE):
            assert written(small) == written(whole), history
            assert seen(small) == seen(whole), history
            if whole.ended:
                break
            act, answers = choose(random, whole)
            history.append((act, answers))
            travel.move_to(travel.now() + timedelta(hours=random.randint(0, 60)))
            perform(whole, act, answers)
            perform(small, act, answers)
            if random.random() < 0.5:
                lines, thrown = list(small.journal), list(small.outgoing)
                small = bpmn.Flow.load(program, case, small.state(), small.scopes())
                small.journal.extend(lines)
                small.outgoing.extend(thrown)
            steps += 1
            biggest = max(biggest, len(whole.run.top.tasks))
    assert biggest > 20
