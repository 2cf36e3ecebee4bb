"""A task worked with the keyboard alone, on a wide screen and on a phone."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.drafts import Draft
from engine.instances import WorkItem

AXE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"
LEVELS = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}"


@pytest.fixture
def offer(site) -> str:
    """Mads' case on 30 November: the offer is to be explained. The task's address."""
    site.play("s01_mads", datetime(2026, 11, 30))
    site.clock.advance(days=7)
    with site.store.reading() as session:
        task = session.scalars(select(WorkItem).where(WorkItem.element == "forklar_tilbud")).one()
        return f"/opgaver/{task.id}"


def faults_of(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    return page.evaluate(f"axe.run(document, {LEVELS}).then(r => r.violations.map(v => v.id))")


def test_a_task_is_done_with_the_keyboard_alone(site, sign_in, offer):
    page = sign_in("koordinator-1")
    page.goto(offer)
    keys = page.keyboard
    page.get_by_label("Hvornår er tilbuddet forklaret?").focus()
    page.get_by_label("Hvornår er tilbuddet forklaret?").fill("2026-11-30")
    page.get_by_label("På hvilket sprog?").focus()
    keys.type("dansk")
    keys.press("Enter")  # goes nowhere: a task is done by its button
    expect(page.get_by_text(re.compile("Gemt 0"))).to_be_visible()
    page.get_by_role("group", name="Var der tolk med?").get_by_label("Nej").focus()
    keys.press("Space")
    for label in ("formålet er", "det er frivilligt", "hvilke oplysninger", "den hjælp, man har"):
        page.get_by_label(re.compile(label)).focus()
        keys.press("Space")
    page.get_by_label("Skriftligt materiale er udleveret").focus()
    keys.press("Space")
    page.get_by_label(re.compile("ligge over de planer")).focus()
    keys.press("Space")
    page.get_by_role("group", name=re.compile("Er du i tvivl")).get_by_label("Nej").focus()
    keys.press("Space")
    page.get_by_label("Én har den alene").focus()
    keys.press("Space")
    # The fields that this answer brings are there, and the focus is where it was.
    name = page.locator('[name="foraelder_1_navn"]')
    expect(name).to_be_visible()
    expect(page.get_by_label("Én har den alene")).to_be_focused()
    name.focus()
    keys.type("Mona Prøvesen")
    page.locator('[name="foraelder_1_cpr"]').focus()
    keys.type("640380-4000")
    page.locator('[name="foraeldremyndighed_dokumentation"]').focus()
    keys.type("CPR")
    page.get_by_role("button", name="Forklar tilbud").focus()
    keys.press("Enter")
    expect(page.get_by_text("»Forklar tilbud« er gjort.")).to_be_visible()
    expect(page.get_by_role("link", name="Næste: Indhent svar")).to_be_visible()


def test_what_is_typed_while_the_page_is_drawn_anew_stays(site, sign_in, offer):
    page = sign_in("koordinator-1")
    page.goto(offer)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    page.get_by_label("Én har den alene").check()
    page.get_by_label("På hvilket sprog?").press_sequentially("grønlandsk", delay=40)
    expect(page.locator('[name="foraelder_1_navn"]')).to_be_visible()
    expect(page.get_by_label("På hvilket sprog?")).to_have_value("grønlandsk")
    expect(page.get_by_label("Én har den alene")).to_be_checked()


def test_two_tabs_show_both_versions_and_one_is_chosen(site, sign_in, offer):
    one = sign_in("koordinator-1")
    two = one.context.new_page()
    one.goto(offer)
    two.goto(offer)
    one.get_by_label("På hvilket sprog?").fill("græsk")
    expect(one.get_by_text(re.compile("Gemt 0"))).to_be_visible()
    two.get_by_label("På hvilket sprog?").fill("tysk")
    expect(two.get_by_role("heading", name="Der er to udgaver af svaret")).to_be_visible()
    expect(two.get_by_role("cell", name="græsk")).to_be_visible()
    assert faults_of(two) == []
    two.get_by_role("button", name="Brug den anden udgave").click()
    expect(two.get_by_label("På hvilket sprog?")).to_have_value("græsk")
    expect(two.get_by_role("heading", name="Der er to udgaver af svaret")).not_to_be_attached()
    with site.store.reading() as session:
        assert [d.answers["forklaret_sprog"] for d in session.scalars(select(Draft))] == ["græsk"]


@pytest.mark.parametrize("width", [1366, 360])
def test_a_task_and_its_faults_are_clean_for_those_who_cannot_see(sign_in, offer, width):
    page = sign_in("koordinator-1", width=width)
    page.goto(offer)
    assert faults_of(page) == []
    page.get_by_role("button", name="Forklar tilbud").click()
    expect(page.get_by_role("heading", name=re.compile("Ret .* felter"))).to_be_visible()
    expect(page.locator("[data-faults]")).to_be_focused()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
