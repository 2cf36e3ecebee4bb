"""Whether it is seen when a query forgets to ask who is asking.

In the running site each call that asks is sent to `unfiltered` instead, one after another, and each
condition inside the rule itself is left out, while the requests of `sweeping` that come by there are
made once more. The calls are found in the code, so none can be forgotten.

    python -m tests.barrier.mutations             # all of them
    python -m tests.barrier.mutations notes       # those whose name holds the word
    python -m tests.barrier.mutations committee --routes /udvalg
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.barrier import sweeping, trial, world
from tests.barrier.scenes import SCENES, TRIED, Laid
from tests.barrier.switching import Switch, run_through

ROOT = Path(__file__).parents[2]
#: So many drawn states, and requests in each, before a mutation counts as not seen.
STATES, ENOUGH = 4, 150
BETWEEN_LISTS = 4
#: So often a route that comes by none of those that are looked for is asked all the same.
PATIENCE = 4
#: Where somebody asks, and what they call.
ASKING = (
    "engine/queries/**/*.py",
    "web/pages/*.py",
    "engine/domain/delegation.py",
    "engine/domain/papers.py",
    "engine/domain/people.py",
    "engine/domain/plan_sight.py",
)
ASKED = re.compile(
    r"\b(?:access|papers|plan_sight)\."
    r"(visible_tasks|visible_cases|whole_cases|seen_among|may_see|may|parts|by_consent_alone|knows|lanes|"
    r"unlocked|existing|answered_for|notes|documents|documents_anywhere|meetings|of)\("
)


@dataclass(frozen=True)
class Mutation:
    """A place in a file, by its offset, and what stands there instead."""

    name: str
    file: str
    at: int
    old: str
    new: str

    def switch(self) -> Switch:
        file = ROOT / self.file
        sound = file.read_text(encoding="utf-8")
        end = self.at + len(self.old)
        return Switch(file, self.at, sound[: self.at] + self.new + sound[end:])


#: Calls without which nobody is told more of a case, and why: no words follow. Each is tried, in a
#: scene of `scenes.TRIED`; what else they decide has a test of its own.
NOTHING_TOLD = {
    "pages/imports access.may_see 1": "an importer is told the number of what they brought in",
    "papers access.parts 3": "who may move a meeting that they see already; tests/queries/test_meetings",
    "papers access.parts 1": "whose a note is that one may write; tests/queries/test_notes",
    "task access.may 2": "only whether a button stands there; the verb asks again",
    "task access.may 3": "names of colleagues; the verb asks again",
    "task access.parts 1": "only whether a way leads to the pack, which asks again",
}
#: Conditions inside the rule: (what it is, file, the text, the text without it).
INSIDE = (
    ("locked cases", "access/seeing", "Case.locked.is_(False), ", ""),
    (
        "whose part has ended",
        "access/seeing",
        "        or_(row.valid_to.is_(None), row.valid_to > today),\n",
        "",
    ),
    ("who begins tomorrow", "access/seeing", "        row.valid_from <= today,\n", ""),
    (
        "a partner's task",
        "access/seeing",
        "unfinished(), way, shows)",
        "unfinished(), way)",
    ),
    (
        "the unit's cases",
        "access/seeing",
        "Case.owner_unit.in_(mine.inner_units)",
        "Case.id.is_not(None)",
    ),
    ("unfinished tasks", "access/seeing", "where(unfinished(), way,", "where(way,"),
    (
        "whole cases",
        "access/seeing",
        "        or_(*answered_for(mine), Case.id.in_(shared(mine))),\n",
        "",
    ),
    (
        "visible tasks",
        "access/working",
        "            or_(in_my_queues(mine), _shared_with_me(session, mine)),\n",
        "",
    ),
    (
        "a locked case's task",
        "access/working",
        "return not case.locked and (works",
        "return (works",
    ),
    (
        "a task at hand",
        "access/working",
        "return desk in mine.queues or person",
        "return True or person",
    ),
    (
        "the case at hand",
        "access/dividing",
        "    if not may_see(session, username, case):\n        return frozenset()\n",
        "",
    ),
    (
        "answering for it",
        "access/dividing",
        "    if _answers_for(session, mine, case):\n",
        "    if True:\n",
    ),
    (
        "taking part",
        "access/dividing",
        "    for why in _takes_part(session, mine, case):\n",
        "    for why in ('proevet',):\n",
    ),
    ("a partner's desk", "access/dividing", " and desk not in mine.blind_units", ""),
    (
        "the committee's parts",
        "access/dividing",
        "        return _OF_THE_COMMITTEE\n",
        "        return EVERY_PART\n",
    ),
    (
        "the lawyer's parts",
        "access/dividing",
        "        return _OF_THE_LAWYER\n",
        "        return EVERY_PART\n",
    ),
    (
        "who is away today",
        "access/reaching",
        ", Absence.first_day <= day, Absence.last_day >= day",
        "",
    ),
    (
        "roles in force",
        "access/reaching",
        "and_(Role.username == User.username, organisation.in_force(Role, day))",
        "Role.username == User.username",
    ),
    ("outside partners", "access/reaching", " if not row.partner}", "}"),
    ("process owners", "access/reaching", "WORKERS - {RULES_ONLY}", "WORKERS"),
    (
        "consents in force",
        "consent",
        "        Consent.state.in_(IN_FORCE),\n        Consent.counterpart",
        "        Consent.counterpart",
    ),
    ("whose consent", "consent", "        Consent.counterpart.in_(list(units)),\n", ""),
    (
        "what kind of consent",
        "plan_sight",
        "        if row.counterpart in units:\n",
        "        if True:\n",
    ),
    (
        "a partner's goals",
        "plan_sight",
        'goals = [row for row in content["maal"] if self._goal(row)]',
        'goals = content["maal"]',
    ),
    (
        "co-coordinators",
        "appointment",
        "    return and_(row.valid_to.is_(None), or_(row.until.is_(None), row.until >= day))",
        "    return row.id.is_not(None)",
    ),
    (
        "a unit's own papers",
        "papers",
        "        or_(row.author.in_(mine.usernames), row.unit.in_(mine.inner_units)),\n",
        "",
    ),
    (
        "invited to a meeting",
        "papers",
        "            or_(Meeting.id.in_(invited), Meeting.called_by.in_(mine.usernames)),\n",
        "",
    ),
    (
        "invited as a process owner",
        "papers",
        "    units = mine.inner_units | mine.partner_units\n",
        "    units = mine.units\n",
    ),
    (
        "parts of documents",
        "papers",
        "            Document.part.in_(seen & {NOTES, MEETINGS, GRANTS}),\n",
        "            Document.part.in_({NOTES, MEETINGS, GRANTS}),\n",
    ),
)
#: Those that every run of the tests sees to: a page, a list, a condition of the rule.
SAMPLE = ("case/overview access.parts 1", "search access.visible_cases 1", "inside: locked cases")


def found() -> list[Mutation]:
    """Every mutation of the code as it stands."""
    mutations = []
    for pattern in ASKING:
        for file in sorted(ROOT.glob(pattern)):
            mutations += _calls(file)
    for what, stem, old, new in INSIDE:
        file = f"engine/domain/{stem}.py"
        at = (ROOT / file).read_text(encoding="utf-8").find(old)
        assert at >= 0, (
            f"{what} is written otherwise now: mend INSIDE in tests/barrier/mutations.py"
        )
        mutations.append(Mutation(f"inside: {what}", file, at, old, new))
    return mutations


def _calls(file: Path) -> list[Mutation]:
    path = file.relative_to(ROOT)
    where = (
        "/".join(path.with_suffix("").parts[1:]).removeprefix("queries/").removeprefix("domain/")
    )
    number: Counter[str] = Counter()
    mutations = []
    for call in ASKED.finditer(file.read_text(encoding="utf-8")):
        called = call[0].rstrip("(")
        number[called] += 1
        name = f"{where} {called} {number[called]}"
        new = f'__import__("tests.barrier.unfiltered", fromlist=["*"]).{call[1]}('
        mutations.append(Mutation(name, str(path), call.start(), call[0], new))
    return mutations


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

    site: trial.Site
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
            self._state(trial.State(self.site, number, 1, trial.Result()))

    def _scene(self, hunt: Hunt, scene: Callable) -> None:
        """Twice, each time anew: what is asked may change what there is."""
        for look in (self._as_it_is, self._mutated):
            laid = Laid(self.site, scene)
            with laid.drawn():
                client = self.site.client(laid.username)
                look(laid, partial(laid.hold, client, laid.username, laid.asked), hunt)

    def _as_it_is(self, state: trial.State, ask: Callable, hunt: Hunt) -> None:
        with run_through() if hunt.mutation.name in TRIED else nullcontext(None) as ran:
            found, _ = _leaks(state, ask)
        # What is seen without the filter has come by; of what is not, it has to be looked for.
        assert ran is None or id(hunt.switch.shows_in) in ran, f"{hunt.mutation.name} is not tried"
        self.leaks += found

    @property
    def unseen(self) -> list[Hunt]:
        return [hunt for hunt in self.hunts if not hunt.told]

    def _state(self, state: trial.State) -> None:
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

    def _asks(self, state: trial.State, clients: dict):
        """(rule, method, what asks it and adds the leaks to the state's result)."""
        listed = iter(sweeping.changed_first(state.oracle, state.names))
        asked = sweeping.requests(self.site.rules, state.oracle, state.names, state.tokens)
        for number, (name, one) in enumerate(asked):
            # Now and then what is listed is held against what should be.
            if number % BETWEEN_LISTS == 0 and (whose := next(listed, None)):
                yield "lists", "GET", partial(state.hold_lists, clients[whose], whose)
            yield one.rule, one.method, partial(state.hold, clients[name], name, one)

    def _ask(
        self, state: trial.State, ask: Callable, put_back: Callable, method: str
    ) -> int | None:
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
    def _mutated(state: trial.State, ask: Callable, hunt: Hunt) -> None:
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


def _leaks(state: trial.State, ask: Callable) -> tuple[list[trial.Leak], int]:
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
    site = trial.Site(built, folder)
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
