"""Every task can say why it is here and what follows, from the trail and the diagram."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest
from sqlalchemy import select

from engine import clock, diagrams
from engine.diagrams import ahead
from engine.domain.organisation import User
from engine.instances import WorkItem
from engine.queries import explain, task
from engine.scenarios import read
from engine.scenarios.player import Played, Player
from engine.store import Store
from tests.web.fiktivby import STORIES

#: The kinds of reasons that name a predecessor, a moment, a choice or a rule.
NAMED = {"person", "time", "message", "start", "step", "choice", "rule", "deadline"}


@pytest.fixture
def demo(fiktivby, tmp_path):
    """The demo municipality without a case."""
    file = tmp_path / "demo.db"
    shutil.copyfile(fiktivby, file)
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


@pytest.mark.parametrize("story", ["s01_mads", "s03_jonas"])
def test_every_open_task_of_a_story_tells_its_rule_or_its_predecessor(demo, story):
    told = read(STORIES / f"{story}.yaml")
    played, seen = Played(told), set()
    with clock.travelling(told.starts_at) as virtual:
        player = Player(told, demo, virtual, played)
        assert player.prepare(), played.failures
        for step in told.steps:
            assert player.take(step), played.failures
            seen |= explained(demo, seen)
    assert len(seen) > 20


def explained(store: Store, seen: set[str]) -> set[str]:
    """Ask for the reasons of each open task that has not been asked yet."""
    with store.reading() as session:
        everybody = list(session.scalars(select(User.username)))
        rows = session.scalars(select(WorkItem).where(WorkItem.state == "open")).all()
        new = [row for row in rows if row.id not in seen]
        for row in new:
            found = next(f for u in everybody if (f := task.task(session, u, row.id)))
            reasons = explain.why(session, found)
            assert {r.kind for r in reasons} & NAMED, (row.element, reasons)
            sheet = task.sheet(session, "", found)
            assert explain.ahead(session, found, sheet, sheet.answers), row.element
        return {row.id for row in new}


def program(store: Store, process: str):
    with store.reading() as session:
        return diagrams.program(session, diagrams.current_release(session, process).id)


def names(steps) -> list[str]:
    found = []
    for step in steps:
        found.append(step.name)
        for branch in step.branches:
            found += names(branch.steps)
    return found


def test_an_answer_leaves_only_the_ways_that_it_opens(demo):
    diagram = program(demo, "helhedsforloeb")
    asked = frozenset({"start_svar"})

    def after(**answers):
        return ahead.after(diagram, "igangsaet", "start_indsats", {}, answers, asked)

    assert {"Start indsats", "Meld hindring"} <= set(names(after()))
    assert names(after(start_svar="ny_dato")) == ["Hvad er sket?", "Start indsats"]
    hindered = after(start_svar="hindret")
    assert names(hindered) == ["Hvad er sket?", "Meld hindring"]
    assert hindered[0].label == "hindret"


def test_an_answer_that_the_diagram_renames_on_its_way_is_followed(demo):
    diagram = program(demo, "akut")
    asked = frozenset({"forsoergelse", "bolig"})

    def after(**answers):
        return names(ahead.after(diagram, "akut", "vurder_akut", {}, answers, asked))

    assert "Afklar bolig" in after(forsoergelse="nej", bolig="ja")
    assert "Afklar bolig" not in after(forsoergelse="nej", bolig="nej")


def test_what_a_service_may_answer_is_never_told_as_certain(demo):
    """The engine asks a service after the task, so an older value of its variable says nothing."""
    diagram = program(demo, "helhedsforloeb")
    seen = {"tilbud_udfald": "samtykke"}
    steps = ahead.after(diagram, "tilbud_samtykke", "forklar_tilbud", seen, {}, frozenset())
    assert any(step.branches for step in steps if step.kind == ahead.CHOICE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("F05.", ()),
        ("F14 og F22: mødet holdes.", ("Mødet holdes.",)),
        ("Del af P02. Ja til planen er givet.", ("Ja til planen er givet.",)),
        ("Over normen kræves en begrundelse (D4).", ("Over normen kræves en begrundelse.",)),
        ("Lederen vælger. Kaldes af P03 og P09.", ("Lederen vælger.",)),
        (None, ()),
    ],
)
def test_notes_for_process_owners_are_no_guidance(text, told):
    assert task.guidance(text) == told


def test_a_table_without_a_law_says_that_the_municipality_decided():
    class Row:
        source, kind = "", "lokal"

    assert explain.law(Row) == "lokal beslutning"


def test_the_day_is_told_in_danish():
    assert explain._when(datetime(2026, 12, 1, 23, 30, tzinfo=clock.COPENHAGEN)) == (
        "den 1. december 2026"
    )
