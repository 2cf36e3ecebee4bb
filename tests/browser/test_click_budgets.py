"""What everyday work costs in clicks, counted by working it; above its budget it fails.

One each: a click, a choice, a key command, and going to a field to write in it. Writing where the
cursor already stands costs nothing, as in the measurements that the municipalities know.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import played, visit

#: Published by STAR, counted on video: registering a company placement, and a job interview.
STAR = {"virksomhedspraktik": 80, "jobsamtale": 40}
BUDGETS = {
    "claim and complete a task": 4,
    "record a follow-up talk": 10,
    "find a case": 2,
    "note a phone call": 3,
}


class Counter:
    """A page whose clicks are counted."""

    def __init__(self, page: Page):
        self.page, self.clicks = page, 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def choose(self, place: Locator, value: str) -> None:
        self.clicks += 1
        place.select_option(value)

    def write(self, place: Locator, text: str) -> None:
        self.clicks += 1
        place.fill(text)

    def press(self, key: str) -> None:
        self.clicks += 1
        self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def counted() -> Iterator[dict[str, int]]:
    found: dict[str, int] = {}
    yield found
    print("\n\n| what | clicks | at most |\n|---|---|---|")
    for what, clicks in found.items():
        print(f"| {what} | {clicks} | {BUDGETS[what]} |")
    for what, clicks in STAR.items():
        print(f"| STAR: {what}, in the systems of 2024 | {clicks} | |")


def within(counted: dict[str, int], what: str, counter: Counter) -> None:
    counted[what] = counter.clicks
    assert counter.clicks <= BUDGETS[what], f"{what}: {counter.clicks} clicks"


def test_a_task_is_claimed_and_completed(site, sign_in, counted):
    played(site, "s01_mads", until="bekraeft_maalgruppe")
    page = sign_in("sagsbehandler-kui")
    visit(page, "sagsbehandler-kui", "/opgaver")
    hand = Counter(page)
    hand.click(page.get_by_role("link", name="Bekræft vurderingen"))
    hand.click(page.get_by_role("button", name="Tag opgaven"))
    hand.click(page.locator('[name="beslutning"][value="foelg"]'))
    hand.click(page.locator(".task-actions .button-primary"))
    expect(page.get_by_text("»Bekræft vurderingen« er gjort.")).to_be_visible()
    within(counted, "claim and complete a task", hand)


def test_a_follow_up_talk_is_recorded_for_every_goal(site, sign_in, counted):
    played(site, "s01_mads", until="opfoelgningsmoede")
    page = sign_in("koordinator-1")
    hand = Counter(page)
    hand.click(page.get_by_role("link", name="Hold opfølgning"))
    field = page.locator
    hand.write(field('[name="afholdt"]'), "2027-04-20")
    hand.choose(field('[name="moedeform"]'), "fysisk")
    hand.write(field('[name="nyt_siden_sidst"]'), "Mads møder hver dag.")
    hand.write(field('[name="borgerens_ord"]'), "Det går godt.")
    # The other deadline, the family department's, is met at a meeting of its own.
    hand.click(field('[name="opfyldte_frister"][value="KP-1"]'))
    hand.choose(field('[name="maal_status[0].status"]'), "i_gang")
    hand.choose(field('[name="maal_status[1].status"]'), "delvist_naaet")
    hand.click(field('[name="aendring"][value="ingen"]'))
    hand.click(field(".task-actions .button-primary"))
    expect(page.get_by_text("er gjort.")).to_be_visible()
    within(counted, "record a follow-up talk", hand)


def test_a_case_is_found_and_a_call_noted_on_it(site, sign_in, counted):
    nummer = played(site, "s01_mads", until="hold_netvaerksmoede")
    page = sign_in("koordinator-1")
    hand = Counter(page)
    hand.press("Control+k")
    page.keyboard.type("mads")
    expect(page.locator("#goto-found a").first).to_contain_text(nummer)
    hand.press("Enter")
    page.wait_for_url(f"**/sager/{nummer}")
    within(counted, "find a case", hand)
    hand = Counter(page)
    hand.write(page.get_by_label("Notat"), "Mads ringede: han kommer til mødet.")
    hand.choose(page.get_by_label("Hvad var det?"), "telefonsamtale")
    hand.click(page.get_by_role("button", name="Gem notat"))
    expect(page.get_by_text("Noten er gemt og journaliseret.")).to_be_visible()
    within(counted, "note a phone call", hand)
