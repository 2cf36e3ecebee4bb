"""The inbox in a browser: back to the same place, by keyboard alone, and on a phone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.web.test_inbox import fill

AXE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}"


def faults(page) -> list:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(f"axe.run(document, {RULES}).then(r => r.violations.map(v => v.id))")


def test_going_back_from_a_task_lands_on_the_same_page_filter_and_row(site, sign_in):
    site.store.write(fill)
    page = sign_in("sagsbehandler-kui")
    page.goto("/opgaver?fane=ikke_fordelt&ord=2026-90")
    page.get_by_role("link", name="Næste").click()
    expect(page.get_by_text("51–60 af 60")).to_be_visible()
    there = page.url
    row = page.locator("tr[data-row] a[data-open]").nth(4)
    left = row.evaluate("link => link.closest('tr').id")
    row.evaluate("link => link.addEventListener('click', event => event.preventDefault())")
    row.click()  # the place is kept as one leaves
    page.goto("/sager")
    page.goto(there)
    expect(page.locator(f"#{left} a[data-open]")).to_be_focused()
    assert page.url == there


def test_tasks_are_moved_among_chosen_and_taken_by_keyboard_alone(site, sign_in):
    site.store.write(fill)
    page = sign_in("sagsbehandler-kui")
    page.goto("/opgaver?fane=ikke_fordelt")
    rows = page.locator("tr[data-row]")
    page.keyboard.press("j")
    expect(rows.nth(0).locator("a[data-open]")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("2 valgt:")).to_be_visible()
    page.keyboard.press("k")
    second = rows.nth(1).get_attribute("id")
    page.keyboard.press("t")
    expect(page.get_by_text("er din. Den ligger under Mine.")).to_be_visible()
    expect(page.locator(f"#{second}")).to_have_count(0)
    # The row that took its place has the focus, so one goes on from there.
    expect(rows.nth(1).locator("a[data-open]")).to_be_focused()
    assert faults(page) == []


def test_on_a_phone_the_rows_are_cards_and_nothing_runs_off_the_side(site, sign_in):
    site.store.write(fill)
    page = sign_in("sagsbehandler-kui", width=360)
    page.goto("/opgaver?fane=ikke_fordelt")
    page.locator("tr[data-row] input").first.check()
    expect(page.get_by_role("button", name="Giv videre…")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        "[...document.querySelectorAll('.inbox button, .inbox .bulk button')]"
        ".filter(b => b.offsetParent && b.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    assert faults(page) == []
    page.get_by_role("button", name="Giv videre…").click()
    expect(page.get_by_role("heading", name="Giv en opgave videre")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults(page) == []
