"""A call is noted in three clicks at most; meetings and the calendar read well, also on a phone."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine import clock
from engine.domain.meetings import Meeting

AXE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"
LEVELS = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}"
CASE = "/sager/2026-0001"
PDF = {"name": "Udtalelse.exe", "mimeType": "x/y", "buffer": b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"}


@pytest.fixture
def mads(site) -> str:
    """Mads' case on the day before the network meeting; the meeting's address."""
    site.play("s01_mads", datetime(2027, 1, 12))
    site.clock.move_to(datetime(2027, 1, 12, 9, tzinfo=clock.COPENHAGEN))
    with site.store.reading() as session:
        return f"{CASE}/moeder/{session.scalar(select(Meeting.id))}"


def faults_of(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate(f"axe.run(document, {LEVELS}).then(r => r.violations.map(v => v.id))")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["scrolls sideways"] if wide else [])]


def test_a_call_is_noted_in_three_clicks_without_a_task(mads, sign_in):
    page = sign_in("koordinator-1")
    page.goto(CASE)
    page.evaluate(
        "addEventListener('click', e => e.isTrusted && sessionStorage.setItem('clicks', "
        "1 + Number(sessionStorage.getItem('clicks'))), true)"
    )
    title = "Telefonsamtale 12. januar 2027"
    page.get_by_label("Notat").click()
    page.keyboard.type("Mads ringede. Han glæder sig.")
    page.get_by_role("button", name="Gem notat").click()
    expect(page.get_by_text("Noten er gemt og journaliseret.")).to_be_visible()
    assert int(page.evaluate("sessionStorage.getItem('clicks')")) <= 3
    expect(page.locator("#noter summary strong").first).to_have_text(title)


def test_a_note_that_was_not_saved_is_not_left_without_asking(mads, sign_in):
    page = sign_in("koordinator-1")
    page.goto(CASE)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Notat").click()
    page.keyboard.type("Mads ringede.")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Hele planen").click(no_wait_after=True)
    expect(page.get_by_label("Notat")).to_have_value("Mads ringede.")
    page.get_by_role("button", name="Gem notat").click()
    expect(page.get_by_text("Noten er gemt og journaliseret.")).to_be_visible()
    page.get_by_role("link", name="Hele planen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Planen")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("width", [1366, 360])
def test_papers_meetings_and_the_calendar_are_for_everybody(mads, sign_in, width):
    page = sign_in("koordinator-1", width)
    page.goto(CASE)
    page.get_by_label("Notat").fill("Mødet er den 3.")
    page.get_by_role("button", name="Gem notat").click()
    expect(page.get_by_text("Noten er gemt og journaliseret.")).to_be_visible()
    note = page.locator("#noter li").first
    note.get_by_text("Ret Telefonsamtale").click()
    note.get_by_label("Tekst").fill("Mødet er den 4.")
    note.get_by_role("button", name="Gem rettelsen").click()
    expect(page.locator("del")).to_have_text("Mødet er den 3.")
    page.get_by_text("Læg et dokument på sagen").click()
    page.get_by_label("Fil", exact=True).set_input_files([PDF])
    page.get_by_role("button", name="Læg på sagen").click()
    with page.expect_download() as copy:
        page.get_by_role("link", name="Udtalelse (PDF").click()
    assert copy.value.suggested_filename == "2026-0001-D001.pdf"
    assert faults_of(page) == []
    for address, heading in (
        (mads, "Netværksmøde"),
        ("/noter?ord=mødet", "Søg i noter og dokumenter"),
        ("/kalender", "Kalender"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert faults_of(page) == [], address
    page.get_by_role("button", name="Lav en adresse").click()
    expect(page.get_by_label("Kalenderadresse")).to_have_value(re.compile(r"\.ics$"))
    assert faults_of(page) == []
