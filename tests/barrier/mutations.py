"""Whether it is seen when a query forgets to ask who is asking.

In the running site each call that asks is sent to `unfiltered` instead, one after another, and each
condition inside the rule itself is left out, while the requests of `sweeping` that come by there are
made once more.

    python -m tests.barrier.mutations             # all of them
    python -m tests.barrier.mutations notes       # those whose name holds the word
    python -m tests.barrier.mutations committee --routes /udvalg
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.barrier import sweeping, world
from tests.barrier.filters import NOTHING_TOLD, Mutation, found
from tests.barrier.result import Leak, Result
from tests.barrier.scenes import SCENES, TRIED
from tests.barrier.site import Site
from tests.barrier.stage import Laid
from tests.barrier.state import State
from tests.barrier.switching import Switch, run_through

#: So many drawn states, and requests in each, before a mutation counts as not seen.
STATES, ENOUGH = 4, 150
BETWEEN_LISTS = 4
#: So often a route that comes by none of those that are looked for is asked all the same.
PATIENCE = 4
#: Those that every run of the tests sees to: a page, a list, a condition of the rule.
SAMPLE = ("case/overview access.parts 1", "search access.visible_cases 1", "inside: locked cases")


@dataclass
class Hunt:
    """One mutation that is looked for. `asked`: how many requests it stood in the way of."""

    mutation: Mutation
    switch: Switch
    asked: int = 0
    here: int = 0
    seconds: float = 0.0
    told: str = ""

    def __str__(self) -> str:
        mark = "seen" if self.told else "NOT SEEN"
        took = f"{self.seconds:4.0f} s {self.asked:4} asked"
        return f"{self.mutation.name:45} {mark:8} {took}  {self.told[:150]}"


@dataclass
class Sweep:
    """The mutations that are looked for together in one running site."""

    site: Site
    hunts: list[Hunt]
    #: What the site tells somebody without any mutation.
    leaks: list = field(default_factory=list)

    def run(self, states: int = STATES) -> None:
        """The scenes, and then drawn states until all are seen, or nothing is left to ask."""
        for hunt in self.hunts:
            for scene in filter(None, (each.get(hunt.mutation.name) for each in (SCENES, TRIED))):
                self._scene(hunt, scene)
        for number in range(states):
            if not self.unseen:
                return
            self._state(State(self.site, number, 1, Result()))

    def _scene(self, hunt: Hunt, scene: Callable) -> None:
        """Twice, each time anew: what is asked may change what there is."""
        for look in (self._as_it_is, self._mutated):
            laid = Laid(self.site, scene)
            with laid.drawn():
                client = self.site.client(laid.username)
                look(laid, partial(laid.hold, client, laid.username, laid.asked), hunt)

    def _as_it_is(self, state: State, ask: Callable, hunt: Hunt) -> None:
        with run_through() if hunt.mutation.name in TRIED else nullcontext(None) as ran:
            found, _ = _leaks(state, ask)
        # What is seen without the filter has come by; of what is not, it has to be looked for.
        assert ran is None or id(hunt.switch.shows_in) in ran, f"{hunt.mutation.name} is not tried"
        self.leaks += found

    @property
    def unseen(self) -> list[Hunt]:
        return [hunt for hunt in self.hunts if not hunt.told]

    def _state(self, state: State) -> None:
        for hunt in self.unseen:
            hunt.here = 0
        with state.drawn():
            dull: Counter[str] = Counter()
            clients = {name: self.site.client(name) for name in state.names}
            drawn = self.site.file.with_suffix(".drawn")
            world.copied(self.site.file, drawn)
            for rule, method, ask in self._asks(state, clients):
                if not any(hunt.here < ENOUGH for hunt in self.unseen):
                    return
                if dull[rule] < PATIENCE:
                    put_back = partial(world.copied, drawn, self.site.file)
                    dull[rule] += self._is_dull(rule, self._ask(state, ask, put_back, method))

    @staticmethod
    def _is_dull(rule: str, answered: int | None) -> bool:
        """A page of many cases that is not there for one is there for somebody else."""
        return answered is not None and (answered != 404 or "<nummer>" in rule or "task_id" in rule)

    def _asks(self, state: State, clients: dict):
        """(rule, method, what asks it and adds the leaks to the state's result)."""
        listed = iter(sweeping.changed_first(state.oracle, state.names))
        asked = sweeping.requests(self.site.rules, state.oracle, state.names, state.tokens)
        for number, (name, one) in enumerate(asked):
            # Now and then what is listed is held against what should be.
            if number % BETWEEN_LISTS == 0 and (whose := next(listed, None)):
                yield "lists", "GET", partial(state.hold_lists, clients[whose], whose)
            yield one.rule, one.method, partial(state.hold, clients[name], name, one)

    def _ask(self, state: State, ask: Callable, put_back: Callable, method: str) -> int | None:
        """Once as the site is, and once with each mutation that is come by and not yet seen.

        What was answered where there were no such.
        """
        with run_through() as ran:
            found, answered = _leaks(state, ask)
        if method == "POST":
            put_back()
        if found:
            self.leaks += found
            return None
        met = [hunt for hunt in self.unseen if id(hunt.switch.shows_in) in ran]
        for hunt in met:
            if hunt.here >= ENOUGH:
                continue
            self._mutated(state, ask, hunt)
            if method == "POST":
                put_back()
        return None if met else answered

    @staticmethod
    def _mutated(state: State, ask: Callable, hunt: Hunt) -> None:
        began = time.process_time()
        with hunt.switch.on():
            leaks, _ = _leaks(state, ask)
        hunt.asked += 1
        hunt.here += 1
        hunt.seconds += time.process_time() - began
        # A page that breaks has told nobody anything.
        hunt.told = next((str(leak) for leak in leaks if not leak.why.startswith("broke")), "")
        if hunt.told:
            print(hunt, flush=True)


def _leaks(state: State, ask: Callable) -> tuple[list[Leak], int]:
    state.result.leaks.clear()
    answered = ask()
    return list(state.result.leaks), answered or 200


def swept(
    built: Path,
    folder: Path,
    mutations: list[Mutation],
    routes: Sequence[str] = (),
    states: int = STATES,
) -> Sweep:
    """Look for the mutations in a site over a copy of the world; in some of its routes alone."""
    site = Site(built, folder)
    if routes:
        site.aim(routes)
    sweep = Sweep(site, [Hunt(mutation, mutation.switch()) for mutation in mutations])
    try:
        sweep.run(states)
    finally:
        site.close()
    return sweep


def main() -> None:
    from engine.settings import enter_demo

    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--world", type=Path)
    parser.add_argument("--routes", nargs="*", default=[], help="only those that begin so")
    parser.add_argument("--states", type=int, default=STATES, help="so many are drawn, at most")
    chosen = parser.parse_args()
    enter_demo()
    wanted = [
        each
        for each in found()
        if each.name not in NOTHING_TOLD
        and (not chosen.words or any(word in each.name for word in chosen.words))
    ]
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        built = chosen.world or world.build(Path(folder) / "world.db")
        sweep = swept(built, Path(folder), wanted, chosen.routes, chosen.states)
    for hunt in sweep.unseen:
        print(hunt)
    for leak in sweep.leaks:
        print(f"without any mutation: {leak}")
    unseen = [hunt.mutation.name for hunt in sweep.unseen]
    print(
        f"{len(sweep.hunts) - len(unseen)} of {len(sweep.hunts)} seen"
        f" in {time.process_time() - began:.0f} s of processor time"
    )
    sys.exit(1 if unseen or sweep.leaks else 0)


if __name__ == "__main__":
    main()
