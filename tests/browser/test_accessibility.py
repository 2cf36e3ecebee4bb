"""Every page and state is clean for those who cannot see, use no mouse, or have a small screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.eyes import PHONE, WIDE, faults, small, too_wide
from tests.browser.hands import played

#: Name of the page, its address, and what else is done before it is looked at.
PAGES = {
    "inbox": "/opgaver?fane=ikke_fordelt",
    "inbox-mine": "/opgaver?fane=mine",
    "inbox-done": "/opgaver?fane=loest",
    "inbox-empty": "/opgaver?fane=bero",
    "inbox-nothing-found": "/opgaver?ord=findesikke",
    "cases": "/sager",
    "case": "/sager/{nummer}",
    "history": "/sager/{nummer}/historik",
    "course": "/sager/{nummer}/forloeb",
    "plan": "/sager/{nummer}/plan",
    "letters": "/sager/{nummer}/breve",
    "notes-found": "/noter?ord=mads",
    "task": "/opgaver/{task}",
    "done-task": "/opgaver/{done}",
    "referral": "/henvis",
    "absence": "/fravaer",
    "calendar": "/kalender",
    "tour": "/rundtur",
    "notices": "/beskeder",
    "figures": "/noegletal",
    "figure": "/noegletal/K7",
    "budget": "/budget",
    "delegations": "/delegationer",
    "frame": "/enheder/KUI/ramme",
    "statement": "/was",
    "no-such-page": "/findes-ikke",
}


@pytest.fixture
def told(site) -> dict[str, str]:
    """Mads' case on the day of his first follow-up: its number, an open task and a done one."""
    from sqlalchemy import select

    from engine.instances import WorkItem

    nummer = played(site, "s01_mads", until="opfoelgningsmoede")
    with site.store.reading() as session:
        tasks = {row.element: row.id for row in session.scalars(select(WorkItem))}
    return {
        "nummer": nummer,
        "task": tasks["opfoelgningsmoede"],
        "done": tasks["forbered_opfoelgning"],
    }


@pytest.fixture
def heard(sign_in, request) -> Iterator[tuple[Page, list[str]]]:
    """A page of the coordinator's, and what its console says while it is used."""
    page = sign_in("koordinator-1", request.param)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, said


def look(page: Page, name: str, found: list) -> None:
    """Axe, the width, and the targets; and a picture, where a folder for them is named."""
    width = page.viewport_size["width"]
    folder = os.environ.get("OVERLIGGER_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    found += [(name, fault) for fault in faults(page)]
    if beyond := too_wide(page):
        found.append((name, f"{beyond} px wider than the screen"))
    if width == PHONE:
        found += [(name, "too small", target) for target in small(page)]


@pytest.mark.parametrize("heard", [WIDE, PHONE], indirect=True)
def test_every_page_is_clean_for_axe_and_fits(told, heard):
    page, said = heard
    found: list = []
    for name, address in PAGES.items():
        page.goto(address.format(**told))
        look(page, name, found)
    # A page that is not there says so in the console, too.
    assert not found, "\n".join(map(str, found))
    assert [line for line in said if "404" not in line] == []


@pytest.mark.parametrize("heard", [WIDE, PHONE], indirect=True)
def test_every_state_of_a_page_is_clean_for_axe_and_fits(told, heard):
    page, said = heard
    found: list = []
    page.goto("/opgaver?fane=mine")
    page.keyboard.press("Control+k")
    expect(page.locator("#goto-words")).to_be_focused()
    look(page, "palette-open", found)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Taster").click()
    look(page, "keys-open", found)
    page.keyboard.press("Escape")
    page.locator("details.who summary").click()
    look(page, "own-menu-open", found)
    page.keyboard.press("Escape")
    for menu in page.locator(".inbox-filters details summary").all():
        menu.click()
        look(page, "filter-open", found)
        page.keyboard.press("Escape")
    page.goto(f"/opgaver/{told['task']}")
    page.locator(".task-actions .button-primary").click()
    expect(page.locator("[data-faults]")).to_be_visible()
    look(page, "task-faults", found)
    for act in page.locator("details.act summary").all():
        act.click()
    look(page, "task-acts-open", found)
    page.goto("/henvis")
    page.get_by_role("button", name="Send henvisning").click()
    expect(page.locator("[data-faults]")).to_be_visible()
    look(page, "referral-faults", found)
    page.goto(f"/sager/{told['nummer']}")
    page.get_by_text("Handlinger").click()
    look(page, "case-acts-open", found)
    assert not found, "\n".join(map(str, found))
    assert [line for line in said if "422" not in line] == []


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_signing_in_is_clean_also_when_it_fails(chromium, site, width):
    page = chromium.new_page(viewport={"width": width, "height": 768}, base_url=site.address)
    found: list = []
    page.goto("/log-paa")
    look(page, "sign-in", found)
    page.get_by_label("Brugernavn").fill("ingen")
    page.get_by_label("Adgangskode").fill("forkert")
    page.get_by_role("button", name="Log på").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "sign-in-refused", found)
    page.close()
    assert not found, "\n".join(map(str, found))
