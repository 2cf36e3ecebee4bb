"""Stories told in the test itself, on a small stage: the deadline table and the files beside this one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from engine import scenarios
from engine.domain import budget, deadlines, letters, people
from engine.errors import Refused
from engine.scenarios import story, yaml12
from engine.scenarios.world import stage
from engine.services import Context, service
from engine.settings import ROOT

HERE = Path(__file__).parent
HEAD = """
scenario: Prøve
starts_at: 2026-11-23T09:00
citizens: {mads: {navn: Mads Prøvesen, cpr: "740309-4001"}, mor: {navn: Mona Prøvesen}}
steps:
"""
#: What the job of `afspilning_job` does the next times it is run; then it does well.
todo: list[Callable[[], dict | None]] = []
#: When it was run.
ran: list = []


class ForStort(Refused):
    """X er for stort til prøven. Vælg et mindre tal, eller spørg enhedens leder."""


@service("afspil_lytter")
def listen(context: Context, x: float, note: str | None = None, **_: object) -> None:
    """Prøvens lytter: afviser store tal, går i stykker på 99."""
    if x == 99:
        raise ZeroDivisionError("prøven gik i stykker")
    if x > 50:
        letters.send(
            context.session,
            context.case,
            "B01",
            people.citizens(context.session, context.case.id)[0],
        )
        raise ForStort


@service("afspil_alt")
def do_all(context: Context, x: float = 0, **_: object) -> dict:
    """Prøvens tjeneste: frister, brev, budget og variabler."""
    session, case = context.session, context.case
    deadlines.start(session, case, "KP-4")
    deadlines.start(session, case, "BL-5")
    letters.send(session, case, "B09", "KUI", svar="modtaget")
    mark = {"by": context.actor, "case_id": case.id, "subject": "prøve"}
    budget.request(session, "faelles-2026", 90_000, **mark)
    budget.reserve(session, "faelles-2026", 60_000, **mark)
    budget.commit(session, "faelles-2026", 20_000, **mark)
    return {
        "rund": 2.0,
        "liste": [1, True],
        "tom": None,
        "person": people.citizens(session, case.id)[0].id,
    }


@service("afspil_job")
def work(context: Context, **_: object) -> dict | None:
    """Prøvens job."""
    ran.append(context.now)
    return todo.pop(0)() if todo else {"forfra": False}


def _fails() -> None:
    raise ZeroDivisionError("jobbet gik i stykker")


class Job:
    """What the job of `afspilning_job` is told to do, and when it was run."""

    ran = ran

    def fails(self, times: int) -> None:
        todo.extend([_fails] * times)

    def starts_over(self, times: int) -> None:
        todo.extend([lambda: {"forfra": True}] * times)


@pytest.fixture
def job(play):
    return Job()


@pytest.fixture(scope="session")
def small_world() -> dict[str, bytes]:
    """What is in force on the test's stage."""
    ours = {
        f.name: f.read_bytes() for f in HERE.iterdir() if f.suffix in (".bpmn", ".dmn", ".form")
    }
    table = ROOT / "processes" / "frister.dmn"
    return {**ours, table.name: table.read_bytes()}


@pytest.fixture(scope="session")
def theatre(small_world):
    with stage(files=small_world) as found:
        yield found


@pytest.fixture
def play(theatre):
    """Play the steps given as YAML, in parts, after the usual head or another."""
    todo.clear()
    ran.clear()

    def tell(*parts: str, head: str = HEAD) -> scenarios.Played:
        said = yaml12.loads("".join(dedent(part) for part in (head, *parts)))
        return scenarios.play(story.parse(said, HERE / "prøve.yaml"), theatre)

    return tell


@pytest.fixture
def works(play):
    """Play, and demand that it went as told."""

    def tell(*parts: str, head: str = HEAD) -> scenarios.Played:
        played = play(*parts, head=head)
        assert played.failures == []
        return played

    return tell


@pytest.fixture
def fails_at(play):
    """Play, and give the one failure as (step, path, expected, actual)."""

    def tell(*parts: str, head: str = HEAD) -> tuple:
        (failure,) = play(*parts, head=head).failures
        return failure.step, failure.path, failure.expected, failure.actual

    return tell
