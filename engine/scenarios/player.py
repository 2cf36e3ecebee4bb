"""A story played: each step acts as its user, the clock moves between them, expectations are tried.

`play` never raises for what happens inside a story; it tells it as a failure with the step, the
path, what was expected and what was found.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from engine import casework, clock, diagrams, dispatch, municipality, outbox
from engine.casework.refusals import StepFailed
from engine.domain import letters, organisation, people
from engine.errors import Refused
from engine.incidents import Incident
from engine.scenarios import expect, fingerprint
from engine.scenarios.acts import ACTS, MUNICIPALITY
from engine.scenarios.cast import Cast, Stop
from engine.scenarios.passage import Passage
from engine.scenarios.shapes import WITHIN_WORDS
from engine.scenarios.story import Step, Story
from engine.scenarios.telling import Line, Teller
from engine.scenarios.world import Stage, stage
from engine.store import Store

log = logging.getLogger(__name__)


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
    told: list[Line] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.failures


def play(story: Story, on: Stage | None = None) -> Played:
    """Play the story in a database of its own, on the stage given or on one made for it."""
    played = Played(story)
    with stage() if on is None else nullcontext(on) as where, where.store() as store:
        with clock.travelling(story.starts_at) as virtual:
            player = Player(story, store, virtual, played)
            try:
                if player.prepare():
                    for step in story.steps:
                        if not player.take(step):
                            break
            finally:
                # The trail is read back at the end of what happened, not at the end of the world.
                player.teller.catch_up(len(story.steps))
    return played


class Player:
    """Plays one story's steps in order."""

    def __init__(self, story: Story, store: Store, virtual: clock.VirtualClock, played: Played):
        self.story, self.store, self.played = story, store, played
        self.cast = Cast(store)
        #: Processes of the story's own, some of which may begin by themselves.
        self.started = {path.stem for path in story.deploy if path.suffix == ".bpmn"}
        self.passage = Passage(store, virtual)
        self.teller = Teller(store, self.cast, played.told)

    def prepare(self) -> bool:
        """Settings, the story's own diagrams, and its citizens; False when they are no world."""
        try:
            self._decide_settings()
            self._deploy()
            self.cast.persons = self.store.write(self._register)
            casework.arm(self.store)
        except diagrams.DeployRefused as refusal:
            found = [f"{f.file} · {f.element} · {f.message}" for f in refusal.findings]
            self.fail(0, "deploy", "filerne kan tages i brug", found)
        except (Refused, OSError) as error:
            self.fail(0, "preparation", "fortællingens verden", _named(error))
        except Exception as error:
            log.exception("%s could not be prepared", self.story.path)
            self.fail(0, "preparation", "fortællingens verden", _named(error))
        self.teller.skip()
        return self.played.ok

    def _decide_settings(self) -> None:
        # They were decided the day before, so that a decision in the story is always later.
        with clock.travelling(self.story.starts_at - timedelta(days=1)):
            for name, value in self.story.settings.items():
                self.store.write(
                    lambda s, n=name, v=value: municipality.decide(s, n, v, MUNICIPALITY)
                )

    def _deploy(self) -> None:
        files = {path.name: path.read_bytes() for path in self.story.deploy}
        if files:
            self.store.write(
                lambda session: diagrams.deploy(
                    session, files, by=MUNICIPALITY, demo=True, accept_warnings=True
                )
            )

    def _register(self, session) -> dict[str, str]:
        return {
            key: people.register(
                session, said.get("navn", key), said.get("cpr"), key=key, **_facts(said)
            ).id
            for key, said in self.story.citizens.items()
        }

    def take(self, step: Step) -> bool:
        """One step; False when the story cannot go on."""
        try:
            if step.at is not None:
                self.passage.to(step.at)
                self.teller.catch_up(step.number)
                self.cast.adopt(self.started)
            if step.action:
                self.act(step)
                self.teller.catch_up(step.number)
            if self.passage.settle():
                self.teller.catch_up(step.number)
            self._post_letters()
            self.teller.catch_up(step.number)
            self.cast.adopt(self.started)
            self.expect(step)
        except Stop as stop:
            self._stopped(step, stop)
            return False
        except Exception as error:
            log.exception("step %d of %s broke", step.number, self.story.path)
            self._stopped(step, Stop(step.action or "at", "udført", _named(error)))
            return False
        return True

    def _post_letters(self) -> None:
        """What the step wrote is taken to the post the same day, as in a demonstration."""
        outbox.send_due(self.store, {letters.OUTBOX: dispatch.Sender(self.store, None)})

    def _stopped(self, step: Step, stop: Stop) -> None:
        """Tell what the step came to before it ended the story."""
        self.teller.catch_up(step.number)
        self.fail(step.number, stop.path, stop.expected, stop.actual)

    def act(self, step: Step) -> None:
        """The step's one action; a refusal where the step expects one, and only there."""
        self._known(step)
        prints = (fingerprint.of, fingerprint.besides_incidents)
        before = {p: p(self.store) for p in prints} if step.refused is not None else {}
        try:
            ACTS[step.action](self.cast, step)
        except Refused as refusal:
            if step.refused is None and _is_expected_fault(step, refusal):
                self.teller.refused(step, refusal)
                return
            if step.refused is None:
                raise Stop(step.action, "udført", self._reason(refusal)) from refusal
            self._check_refusal(step, refusal, before)
        else:
            if step.refused is not None:
                raise Stop("refused", step.refused, "det blev gjort")
            self.teller.decided(step)

    def _known(self, step: Step) -> None:
        """Nobody of that name works here: a task would be refused them whatever it is.

        Verbs that speak for the world outside do not even ask who speaks. That a stranger is
        refused as one may be what the step tells.
        """
        by = step.get("by")
        if by is not None and step.refused != organisation.UnknownUser.__name__:
            with self.store.reading() as session:
                if session.get(organisation.User, by) is None:
                    raise Stop("by", "en bruger i kommunen", by)

    def _check_refusal(self, step: Step, refusal: Refused, before: Mapping) -> None:
        if not _is_the_one(step.refused, refusal):
            raise Stop("refused", step.refused, self._reason(refusal))
        # Where the diagram broke, nothing of the step is saved, but the incident is.
        broke = isinstance(refusal, StepFailed)
        look = fingerprint.besides_incidents if broke else fingerprint.of
        changed = fingerprint.changed(before[look], look(self.store))
        if changed:
            raise Stop("refused", "intet er gemt", f"ændret: {', '.join(changed)}")
        self.teller.refused(step, refusal)

    def _reason(self, refusal: Refused) -> str:
        """The refusal; where something broke, what stands on the incident."""
        if isinstance(refusal, StepFailed):
            with self.store.reading() as session:
                incident = session.get(Incident, refusal.facts["nummer"])
                if incident is not None:
                    where = f" ({incident.element})" if incident.element else ""
                    return f"StepFailed{where}: {incident.message}"
        return _named(refusal)

    def expect(self, step: Step) -> None:
        wanted = step.get("expect")
        if wanted is None:
            return
        with self.store.reading() as session:
            scene = expect.Scene(session, self.cast, step)
            for key, value in wanted.items():
                for found in self._differences(scene, key, value):
                    self.fail(step.number, f"expect.{found.path}", found.expected, found.actual)

    def _differences(self, scene: expect.Scene, key: str, value: Any) -> list[expect.Difference]:
        try:
            return list(expect.differences(scene, key, value))
        except Exception as error:
            log.exception("%s of %s could not be looked at", key, self.story.path)
            return [expect.Difference(key, value, _named(error))]

    def fail(self, number: int, path: str, expected: Any, actual: Any) -> None:
        self.played.failures.append(Failure(number, path, expected, actual))


def _is_expected_fault(step: Step, refusal: Refused) -> bool:
    """A diagram that fails stops the story, unless the step itself looks for the incident."""
    return isinstance(refusal, StepFailed) and "incidents" in (step.get("expect") or {})


def _is_the_one(told: str, refusal: Refused) -> bool:
    """Whether it is that class, or says that: a short part must be whole words of its text."""
    if told == type(refusal).__name__:
        return True
    part, said = told.strip().lower(), str(refusal).lower()
    if len(part) >= WITHIN_WORDS:
        return part in said
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", said) is not None


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _facts(said: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "foedselsdag": "birth_date",
        "adresse": "address",
        "adressebeskyttelse": "address_protected",
        "digital_post_fritaget": "digital_post_exempt",
        "tolk": "interpreter",
        "sprog": "language",
    }
    facts = {names[key]: value for key, value in said.items() if key in names}
    if "birth_date" in facts:
        facts["birth_date"] = date.fromisoformat(facts["birth_date"])
    return facts
