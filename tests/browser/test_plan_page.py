"""The plan and a letter in a real browser: calm for axe, on a phone too, and LIX beside the text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def faults(page) -> list:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(
        "(tags) => axe.run(document, {runOnly: tags}).then(r => r.violations.map(v => v.id))", RULES
    )


@pytest.mark.parametrize("width", [1366, 360])
def test_the_plan_and_its_letters_open_from_the_case_and_are_calm(site, sign_in, width):
    site.play("s01_mads", datetime(2027, 4, 21, 8))
    site.clock.advance(days=160)
    page = sign_in("koordinator-1", width)
    page.goto("/sager/2026-0001")
    page.get_by_role("link", name="Hele planen").click()
    expect(page.get_by_role("heading", name="Det arbejder vi hen imod")).to_be_visible()
    expect(page.get_by_text("Siden sidste opfølgning")).to_be_visible()
    for path in ("plan", "plan/sammenlign?fra=1&til=1", "breve", "breve/2026-0001-B001"):
        page.goto(f"/sager/2026-0001/{path}")
        assert faults(page) == [], path
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path


def test_beside_a_text_being_written_stands_how_hard_it_is_to_read(sign_in):
    page = sign_in("koordinator-1")
    page.evaluate(
        """() => { const field = document.createElement('textarea');
                   field.id = 'situation'; field.dataset.lix = '';
                   document.querySelector('main').prepend(field); }"""
    )
    field = page.locator("#situation")
    field.fill("Du får hjælp. Vi ringer i morgen.")
    expect(page.locator("#lix-situation")).to_contain_text("Meget let at læse")
    field.fill("Kommunalbestyrelsens iværksættelse af koordinerende foranstaltninger.")
    expect(page.locator("#lix-situation")).to_contain_text("Brug kortere ord")
    field.fill("")
    expect(page.locator("#lix-situation")).to_be_empty()
