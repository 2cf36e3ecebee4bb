"""A case worked on a phone: referred, screened, offered, noted on, and its plan written and read."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from engine.scenarios import read
from tests.browser.eyes import PHONE, small, too_wide
from tests.browser.hands import STORIES, Troupe, visit

#: The steps of Mads' story that are worked here; the others happen meanwhile, without a browser.
WORKED = {"helhedsforloeb", "screening", "bekraeft_maalgruppe", "indhent_svar", "udarbejd_plan"}


class OnPhones(Troupe):
    width = PHONE

    def look(self, page: Page) -> None:
        assert not too_wide(page), f"{page.url} is {too_wide(page)} px wider than a phone"
        assert not small(page), (page.url, small(page))

    def note(self, username: str, words: str) -> None:
        page = self.page_of(username)
        visit(page, username, f"/sager/{self.nummer}")
        page.get_by_label("Notat").fill(words)
        page.get_by_label("Hvad var det?").select_option("telefonsamtale")
        self.look(page)
        page.get_by_role("button", name="Gem notat").click()
        expect(page.get_by_text("Noten er gemt og journaliseret.")).to_be_visible()

    def claim_first(self, username: str) -> None:
        page = self.page_of(username)
        visit(page, username, "/opgaver?fane=ikke_fordelt")
        self.look(page)
        page.locator("[data-row]").first.get_by_role("button", name="Tag").click()
        expect(page.get_by_text("er din. Den ligger under Mine.")).to_be_visible()


def test_a_case_is_worked_on_a_phone(site, sign_in, tmp_path):
    pictures = Path(os.environ.get("OVERLIGGER_PICTURES", tmp_path))
    troupe = OnPhones(site, sign_in, read(STORIES / "s01_mads.yaml"), pictures)
    for step in troupe.story.steps[:21]:
        what = step.get(step.action) if step.action else None
        if what not in WORKED:
            troupe.meanwhile(step)
            continue
        if what == "bekraeft_maalgruppe":
            troupe.claim_first("sagsbehandler-kui")
        troupe.take(step)
    troupe.note("koordinator-1", "Mads ringede: han er glad for planen.")
    page = troupe.page_of("koordinator-1")
    page.goto(f"/sager/{troupe.nummer}/plan")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    troupe.look(page)
    worked = ["Henvis en borger", "Screen målgruppe", "Bekræft vurderingen", "Indhent svar"]
    assert [task for _who, task in troupe.done] == [*worked, "Skriv planen"]
