"""The dialect from outside: small diagrams as Camunda's Modeler writes them, each with its story.

One diagram for each element and rule that diagrams may rely on. All stories share one furnished
world a database, without the shipped processes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import scenarios
from engine.scenarios.world import stage

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.yaml"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def theatre(request):
    """A stage on each kind of database."""
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server")
    with stage(url, files={}) as found:
        yield found


@pytest.mark.parametrize("file", STORIES, ids=[file.stem for file in STORIES])
def test_the_diagram_does_what_its_story_tells(theatre, file):
    played = scenarios.play(scenarios.read(file), theatre)
    assert played.failures == []
    assert played.told


def test_every_diagram_has_a_story():
    named = {path.name for file in STORIES for path in scenarios.read(file).deploy}
    assert {path.name for path in HERE.glob("*.bpmn")} <= named
