"""S03 from the committee's decision to the appeals body's change of it, every task at its page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine import clock
from engine.domain import budget
from engine.scenarios import read
from tests.browser.eyes import faults, too_wide
from tests.browser.hands import STORIES, Troupe, visit

#: The shared line, and those of the units that bear what the appeals body adds.
LINES = ("faelles-2026", "mis-2027", "job-2027")
#: What is told beside the form to whoever answers these tasks.
BESIDE = {
    "afgoerelse": ["Delvist bevilget, 60.000 kr.", "Du skriver afgørelsen efter"],
    "bogfoer": ["Misbrugsbehandling", "24.000 kr.", "36.000 kr."],
    "genvurder": ["96.000 kr.", "Delvist bevilget, 60.000 kr."],
    "anvis_daekning": ["Der mangler dækning for 36.000 kr."],
}


class Ruling(Troupe):
    """The story's people, who look at what lies beside each form before they answer it."""

    def work(self, page, step) -> None:
        self.words = BESIDE.get(step.get("task"), []) if step.refused is None else []
        super().work(page, step)

    def look(self, page) -> None:
        if "/opgaver/" not in page.url:
            return
        for words in self.words:
            expect(page.locator(".application").get_by_text(words).first).to_be_visible()


@pytest.fixture
def told(site, sign_in, tmp_path) -> Iterator[Ruling]:
    story = read(STORIES / "s03_jonas.yaml")
    pictures = Path(os.environ.get("OVERLIGGER_PICTURES", tmp_path))
    # It begins before the site's own day: the site follows the story's clock.
    with clock.travelling(story.starts_at) as virtual:
        yield Ruling(replace(site, clock=virtual), sign_in, story, pictures)


def test_a_part_is_granted_ruled_booked_told_complained_of_and_changed(told):
    at_the_pages = False
    for step in told.story.steps:
        at_the_pages = at_the_pages or step.get("task") == "afgoerelse"
        if at_the_pages and step.action == "task":
            told.take(step)
        else:
            told.meanwhile(step)
            told.nummer = told.nummer or next(iter(told._cases()), None)
    page = told.page_of("koordinator-3")
    visit(page, "koordinator-3", f"/sager/{told.nummer}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults(page) == [] and not too_wide(page)
    assert [task for _who, task in told.done][-2:] == ["Anvis dækning", "Bogfør ændringen"]
    with told.site.store.reading() as session:
        granted = [budget.balance(session, line)["granted"] for line in LINES]
    assert granted == [60_000, 14_400, 21_600]
