"""A story played: each step acts as its user, the clock moves between them, expectations are tried.

`play` never raises for what happens inside a story; it tells it as a failure with the step, the
path, what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine import casework, clock, jobs
from engine.casework.rights import SYSTEM
from engine.domain import access, budget, organisation, people
from engine.domain.cases import Case
from engine.errors import Broken, Refused
from engine.instances import Instance, WorkItem
from engine.scenarios import expect, timeline
from engine.scenarios.story import BadScenario, Step, Story, moment
from engine.scenarios.world import change_settings, fingerprint, world
from engine.store import Store

#: Who acts where a step is the municipality deciding something.
MUNICIPALITY = "procesejer-1"
FREE = "andet"


@dataclass(frozen=True)
class Failure:
    """Where the story and the product part."""

    step: int
    path: str
    expected: Any
    actual: Any


@dataclass
class Played:
    """How a story went."""

    story: Story
    told: list[timeline.Line] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.failures


class Stop(Exception):
    """The story cannot go on: a step did not go as told."""

    def __init__(self, path: str, expected: Any, actual: Any):
        self.failure = (path, expected, actual)
        super().__init__(path)


def play(story: Story, database_url: str | None = None) -> Played:
    """Play the story in a database of its own."""
    played = Played(story)
    with world(database_url) as store, clock.travelling(story.starts_at) as virtual:
        player = Player(story, store, virtual, played)
        try:
            player.prepare()
        except (Refused, Broken, BadScenario, OSError) as error:
            played.failures.append(Failure(0, "preparation", "the story's world", str(error)))
            return played
        for step in story.steps:
            if not player.take(step):
                break
    return played


class Player:
    """Plays one story's steps in order."""

    def __init__(self, story: Story, store: Store, virtual: clock.VirtualClock, played: Played):
        self.story, self.store, self.clock, self.played = story, store, virtual, played
        self.persons: dict[str, str] = {}
        self.cases: list[str] = []
        self.instances: dict[str, str] = {}

    def prepare(self) -> None:
        """Settings, the story's own diagrams, and its citizens."""
        change_settings(self.store, self.story.settings)
        if self.story.deploy:
            from engine import diagrams

            files = {path.name: path.read_bytes() for path in self.story.deploy}
            self.store.write(
                lambda session: diagrams.deploy(
                    session, files, by=MUNICIPALITY, demo=True, accept_warnings=True
                )
            )

        def add(session):
            return {
                key: people.register(
                    session,
                    person.get("navn") or key,
                    person.get("cpr"),
                    key=key,
                    **_person_facts(person),
                ).id
                for key, person in self.story.citizens.items()
            }

        self.persons = self.store.write(add)

    def take(self, step: Step) -> bool:
        """One step; False when the story cannot go on."""
        try:
            if step.at is not None:
                self.move_clock(step)
            if step.action:
                self.act(step)
            # What the step left to be done at once (asynchronous services) is done.
            self.run_due(step, clock.now())
            wanted = step.get("expect")
            if wanted:
                self.expect(step, wanted)
        except Stop as stop:
            self.fail(step, *stop.failure)
            return False
        return True

    # --- the clock ---------------------------------------------------------------------------

    def move_clock(self, step: Step) -> None:
        """Everything due on the way happens in its order, at its own time."""
        if step.at < clock.now():
            raise Stop(
                "at", f"not before {clock.local(clock.now()):%Y-%m-%dT%H:%M}", step.get("at")
            )
        self.run_due(step, step.at)
        self.clock.move_to(step.at)

    def run_due(self, step: Step, until: datetime) -> None:
        while True:
            with self.store.reading() as session:
                due = jobs.next_due(session)
            if due is None or due > until:
                return
            self.clock.move_to(max(due, clock.now()))
            with self.watch(step):
                casework.run_due(self.store)

    # --- acting ------------------------------------------------------------------------------

    def act(self, step: Step) -> None:
        """The step's one action; a refusal where the step expects one, and only there."""
        action: Callable[[Step], Any] = getattr(self, f"do_{step.action}")
        before = fingerprint(self.store) if "refused" in step.keys else None
        try:
            with self.watch(step):
                action(step)
        except Refused as refusal:
            if before is None:
                raise Stop(step.action, "done", f"{type(refusal).__name__}: {refusal}") from refusal
            self.check_refusal(step, refusal, before)
        else:
            if before is not None:
                raise Stop("refused", step.get("refused"), "it was done")

    def check_refusal(self, step: Step, refusal: Refused, before: str) -> None:
        wanted = str(step.get("refused"))
        names = {cls.__name__ for cls in type(refusal).__mro__}
        if wanted not in names and wanted.lower() not in str(refusal).lower():
            raise Stop("refused", wanted, f"{type(refusal).__name__}: {refusal}")
        if fingerprint(self.store) != before:
            raise Stop("refused", "nothing is saved", "the database has changed")
        self.tell(step, "refused", step.get("task"), f"{type(refusal).__name__}: {refusal}")

    def do_open(self, step: Step) -> None:
        wanted = step.get("for")
        keys = wanted if isinstance(wanted, list) else [wanted] if wanted else []
        nummer = casework.open_case(
            self.store,
            step.get("open"),
            by=step.get("by"),
            persons=tuple(self.person(key) for key in keys),
            answers=step.get("answers") or {},
            on_behalf_of=step.get("on_behalf_of"),
        )
        if nummer not in self.cases:
            self.cases.append(nummer)
            self.instances[nummer] = self.first_instance(nummer)

    def do_task(self, step: Step) -> None:
        task = self.find(step, step.get("task"))
        casework.complete(
            self.store,
            task.id,
            step.get("answers") or {},
            by=step.get("by"),
            on_behalf_of=step.get("on_behalf_of"),
        )

    def do_claim(self, step: Step) -> None:
        casework.claim(self.store, self.find(step, step.get("claim")).id, by=step.get("by"))

    def do_release(self, step: Step) -> None:
        casework.release(self.store, self.find(step, step.get("release")).id, by=step.get("by"))

    def do_assign(self, step: Step) -> None:
        wanted = self.shape(step, "assign", {"task", "to"})
        task = self.find(step, wanted["task"])
        casework.assign(self.store, task.id, wanted["to"], by=step.get("by"))

    def do_hold(self, step: Step) -> None:
        wanted = self.shape(step, "hold", {"task", "until", "reason"})
        task = self.find(step, wanted["task"])
        until = moment(wanted["until"], "hold.until")
        casework.hold(self.store, task.id, until, wanted["reason"], by=step.get("by"))

    def do_tell(self, step: Step) -> None:
        key = step.get("key")
        casework.tell(
            self.store,
            step.get("tell"),
            self.with_persons(step.get("data") or {}),
            by=step.get("by") or SYSTEM,
            case=None if key is not None else self.case(step),
            key=key,
        )

    def do_set_budget(self, step: Step) -> None:
        for line, values in step.get("set_budget").items():
            self.store.write(lambda s, n=line, v=values: budget.set_total(s, n, v["total"]))

    def do_set_rule(self, step: Step) -> None:
        wanted = self.shape(step, "set_rule", {"id", "value", "applies_to_running"}, least={"id"})
        by = step.get("by") or MUNICIPALITY
        casework.change_rule(
            self.store,
            wanted["id"],
            wanted.get("value"),
            applies_to_running=bool(wanted.get("applies_to_running")),
            by=by,
        )

    def do_absent(self, step: Step) -> None:
        wanted = self.shape(step, "absent", {"user", "from", "to", "deputy"})
        row = organisation.Absence(
            username=wanted["user"],
            deputy=wanted["deputy"],
            first_day=date.fromisoformat(wanted["from"]),
            last_day=date.fromisoformat(wanted["to"]),
        )
        self.store.write(lambda session: session.add(row))

    # --- finding -----------------------------------------------------------------------------

    def find(self, step: Step, element: str) -> WorkItem:
        """The unfinished task of that element in the step's case that the user can see."""
        item = step.get("item")
        wanted_items = {str(item), self.persons.get(str(item))} if item is not None else None
        with self.store.reading() as session:
            case = self.case_row(session, step)
            visible = access.visible_tasks(session, step.get("by"))
            visible = visible.order_by(WorkItem.created_at, WorkItem.id)
            seen = list(session.scalars(visible.where(WorkItem.case_id == case.id)))
            # Work that belongs to no citizen (a missing rule) lies on a case of its own.
            free = list(session.scalars(visible.where(Case.type == FREE, Case.id != case.id)))
            fitting = [
                task
                for task in seen + free
                if task.element == element and (wanted_items is None or task.item in wanted_items)
            ]
            mine = [task for task in fitting if task.assignee == step.get("by")]
            unclaimed = [task for task in fitting if task.assignee is None]
            choice = mine or unclaimed or fitting
            if choice:
                return choice[0]
            open_now = [f"{task.element} ({task.queue})" for task in seen]
        raise Stop(
            step.action,
            element if item is None else f"{element} [{item}]",
            f"{step.get('by')} sees {', '.join(open_now) or 'no task'} in the case",
        )

    def case(self, step: Step) -> str:
        """The number of the case that the step is about: the one it names, else the last."""
        if not self.cases:
            raise Stop("case", "a case", "no case has been opened")
        number = step.get("case")
        if number is None:
            return self.cases[-1]
        if not isinstance(number, int) or not 1 <= number <= len(self.cases):
            raise Stop("case", number, f"{len(self.cases)} cases have been opened")
        return self.cases[number - 1]

    def case_row(self, session, step: Step) -> Case:
        return session.scalars(select(Case).where(Case.nummer == self.case(step))).one()

    def person(self, key: str) -> str:
        if key not in self.persons:
            raise Stop("for", key, f"known citizens are {', '.join(self.persons) or 'none'}")
        return self.persons[key]

    def with_persons(self, data: dict) -> dict:
        """A message's data, with a citizen's key under `person` put as the person's id."""
        return {
            name: self.persons.get(value, value) if name == "person" else value
            for name, value in data.items()
        }

    def first_instance(self, nummer: str) -> str:
        with self.store.reading() as session:
            query = (
                select(Instance.id)
                .join(Case, Case.id == Instance.case_id)
                .where(Case.nummer == nummer)
                .order_by(Instance.started_at)
                .limit(1)
            )
            return session.scalars(query).one()

    def shape(self, step: Step, key: str, allowed: set[str], least: set[str] | None = None) -> dict:
        value = step.get(key)
        least = allowed if least is None else least
        if not isinstance(value, dict) or value.keys() - allowed or least - value.keys():
            raise Stop(key, f"the keys {', '.join(sorted(allowed))}", value)
        return value

    # --- telling and expecting ---------------------------------------------------------------

    def expect(self, step: Step, wanted: dict) -> None:
        with self.store.reading() as session:
            seen = expect.Scene(
                session,
                case=self.case_row(session, step) if self.cases else None,
                instance_id=self.instances.get(self.case(step)) if self.cases else None,
                person_keys={person: key for key, person in self.persons.items()},
            )
            for difference in expect.differences(seen, wanted):
                self.fail(step, f"expect.{difference.path}", difference.expected, difference.actual)

    def fail(self, step: Step, path: str, expected: Any, actual: Any) -> None:
        self.played.failures.append(Failure(step.number, path, expected, actual))

    def tell(self, step: Step, kind: str, element: str | None, text: str) -> None:
        self.played.told.append(
            timeline.Line(step.number, clock.now(), step.get("by"), kind, element, text)
        )

    def watch(self, step: Step):
        return timeline.watching(self.store, self.played.told, step)


def _person_facts(person: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "foedselsdag": "birth_date",
        "adresse": "address",
        "adressebeskyttelse": "address_protected",
        "digital_post_fritaget": "digital_post_exempt",
        "tolk": "interpreter",
        "sprog": "language",
    }
    facts = {names[key]: value for key, value in person.items() if key in names}
    if "birth_date" in facts:
        facts["birth_date"] = date.fromisoformat(facts["birth_date"])
    return facts
