"""What somebody tells about a citizen becomes a task, whatever the course is doing just then."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import casework, clock
from engine.domain import cases, notes
from engine.instances import OPEN, WorkItem
from engine.scenarios import read
from engine.scenarios.player import Played, Player
from tests import warm
from tests.web.fiktivby import STORIES

NEWS = "Skolen ringer: han er ikke mødt i en uge."
ASSESSED = {
    "hvad_er_nyt": NEWS,
    "skal_planen_aendres": "nej",
    "opfoelgning_frem": "nej",
    "akut": "nej",
}


@pytest.fixture
def store(fiktivby_url):
    opened = warm.store(fiktivby_url)
    yield opened
    opened.close()


def news(store) -> list[WorkItem]:
    with store.reading() as session:
        query = select(WorkItem).where(WorkItem.element == "vurder_ny_oplysning")
        return list(session.scalars(query.where(WorkItem.state == OPEN)))


def played(store, story: str, by: str, before: str | None = None):
    """Play the story to its end; before the task of that name somebody tells of something new."""
    told = read(STORIES / f"{story}.yaml")
    found = Played(told)
    with clock.travelling(told.starts_at) as virtual:
        player = Player(told, store, virtual, found)
        assert player.prepare()
        for step in told.steps:
            if step.get("task") == before is not None:
                casework.tell(store, "ny_oplysning", {"oplysning": NEWS}, by=by, case="2026-0001")
            assert player.take(step), found.failures
        assert found.ok, found.failures
        yield virtual


def assess(store) -> None:
    [task] = news(store)
    with store.reading() as session:
        by = cases.by_number(session, "2026-0001").koordinator or "sagsbehandler-vok"
    casework.complete(store, task.id, ASSESSED, by=by)
    assert news(store) == []
    with store.reading() as session:
        case = cases.by_number(session, "2026-0001")
        assert NEWS in [note.text for note in notes.of_case(session, case)]
        assert not case.open


def test_what_is_told_while_a_plan_is_wound_down_is_a_task_that_outlives_the_case(store):
    for _ in played(store, "s02_selma_afvikling", "sagsbehandler-fam", before="borgersamtale"):
        assess(store)


def test_what_is_told_of_a_closed_case_is_a_task_of_those_who_had_it(store):
    for _ in played(store, "torben_doer", "sagsbehandler-vok"):
        casework.tell(
            store, "ny_oplysning", {"oplysning": NEWS}, by="sagsbehandler-vok", case="2026-0001"
        )
        assess(store)
