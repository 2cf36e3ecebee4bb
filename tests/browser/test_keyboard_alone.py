"""A morning's work with the keyboard alone: no mouse, no script helps; the order is the real Tab order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PATIENCE
from tests.browser.hands import played

#: So many times Tab is pressed before what one wants counts as out of reach.
FAR = 90

#: What has the focus: its name, whether one sees that it has, whether it is on the screen, and
#: whether it is the first or the last stop of the page.
HAS_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {name: '', lost: true};
  const look = element => {
    const s = getComputedStyle(element);
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  };
  // The design system draws the ring of a box or a dot on the label beside it.
  const drawn = [one, one.nextElementSibling].filter(Boolean);
  const ring = drawn.some(e => look(e) || ['::before', '::after'].some(p => {
    const s = getComputedStyle(e, p);
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  }));
  const box = one.getBoundingClientRect();
  const label = one.labels?.[0]?.textContent ?? '';
  const name = one.getAttribute('aria-label') ?? (label || one.textContent);
  const stops = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility());
  return {lost: false, ring, first: one === stops[0], last: one === stops.at(-1),
          name: name.replace(/\\s+/g, ' ').trim(), tag: one.tagName,
          field: one.name ?? '', value: one.value ?? '', id: one.id,
          there: box.width > 0 && box.bottom > 0 && box.top < innerHeight};
}"""


class Keys:
    """A person at a keyboard. Every stop is looked at: visible, on the screen, and never lost."""

    def __init__(self, page: Page):
        self.page = page

    def now(self) -> dict:
        return self.page.evaluate(HAS_FOCUS)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, name: str = "", field: str = "", back: bool = False) -> None:
        """Tab until what bears the name, or is the field, has the focus."""
        passed = []
        here = self.now()
        for _ in range(FAR):
            before = here
            self.press("Shift+Tab" if back else "Tab")
            here = self.now()
            if here["lost"]:
                # The browser's own bar stands between the end of the page and its beginning.
                assert before.get("first" if back else "last"), f"the focus is lost after {before}"
                continue
            assert here["ring"], f"one cannot see that this has the focus: {here}"
            assert here["there"], f"the focus is off the screen: {here}"
            passed.append(here["name"][:40] or here["field"])
            if (field and here["field"] == field) or (name and re.search(name, here["name"])):
                return
        raise AssertionError(f"Tab never reaches {name or field}; it passes {passed}")


@pytest.fixture
def keys(chromium, site) -> Keys:
    context = chromium.new_context(
        viewport={"width": 1366, "height": 768}, base_url=site.address, locale="da-DK"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/log-paa")
    yield Keys(page)
    context.close()


def _sign_in(keys: Keys, username: str) -> None:
    # The browser puts the focus there when it first draws the page, which may be after its loading.
    expect(keys.page.get_by_label("Brugernavn")).to_be_focused()
    keys.type(username)
    keys.tab_to(field="adgangskode")
    keys.type("fiktivby")
    keys.press("Enter")
    keys.page.wait_for_url("**/opgaver*")


def test_a_task_is_found_claimed_and_done(site, keys):
    played(site, "s01_mads", until="bekraeft_maalgruppe")
    _sign_in(keys, "sagsbehandler-kui")
    page = keys.page
    # The first stop of a page leads past its menu.
    keys.tab_to("Gå til sidens indhold")
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    keys.tab_to("^Bekræft vurderingen")
    keys.press("Enter")
    page.wait_for_url("**/opgaver/*")
    keys.tab_to("Tag opgaven")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Læg tilbage")).to_be_visible()
    keys.tab_to(field="beslutning")
    keys.press("Space")
    # The fields are drawn anew by the answer, and the focus stays where it was.
    expect(page.locator("#gemt")).to_contain_text("Gemt")
    expect(page.locator("[name=beslutning]:focus")).to_be_checked()
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.tab_to("^Bekræft")
    keys.press("Enter")
    expect(page.get_by_text("»Bekræft vurderingen« er gjort.")).to_be_visible()


def test_a_case_is_found_noted_on_and_left(site, keys):
    nummer = played(site, "s01_mads", until="hold_netvaerksmoede")
    _sign_in(keys, "koordinator-1")
    page = keys.page
    keys.press("Control+k")
    expect(page.locator("#goto-words")).to_be_focused()
    keys.type("mads")
    expect(page.locator("#goto-found a").first).to_contain_text(nummer)
    keys.press("ArrowDown")
    assert keys.now()["ring"]
    keys.press("Enter")
    page.wait_for_url(f"**/sager/{nummer}")
    keys.tab_to(field="tekst")
    keys.type("Mads ringede: han kommer til mødet.")
    keys.tab_to("Gem notat")
    keys.press("Enter")
    expect(page.get_by_text("Noten er gemt og journaliseret.")).to_be_visible()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Taster")).to_be_visible()
    for _ in range(4):
        keys.press("Tab")
    assert (
        page.locator("#keys").evaluate("d => d.contains(document.activeElement)")
        or keys.now()["lost"]
    )
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="Taster")).to_be_hidden()
    keys.tab_to("Menu for dig")
    keys.press("Enter")
    keys.tab_to("^Log af")
    keys.press("Enter")
    page.wait_for_url("**/log-paa")


class Late:
    """The answers to the palette's words, which come when the test lets them."""

    def __init__(self, page: Page):
        self._waiting: list[Route] | None = []
        page.route("**/gaa-til?*", self._hold)

    def _hold(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def come(self) -> None:
        waiting, self._waiting = self._waiting, None
        for route in waiting:
            route.continue_()


def _seek(keys: Keys, words: str) -> Late:
    """Open the palette and give it the words; the answer is asked for, and late."""
    late = Late(keys.page)
    keys.press("Control+k")
    with keys.page.expect_request("**/gaa-til?*"):
        keys.page.keyboard.insert_text(words)
    return late


def test_a_late_answer_leaves_the_focus_in_the_list(site, keys):
    nummer = played(site, "s01_mads", until="hold_netvaerksmoede")
    _sign_in(keys, "koordinator-1")
    found = keys.page.locator("#goto-found a")
    late = _seek(keys, "mads")
    keys.press("ArrowDown")
    expect(found.first).to_be_focused()
    late.come()
    expect(found.first).to_contain_text(nummer)
    expect(found.first).to_be_focused()
    keys.press("Enter")
    keys.page.wait_for_url(f"**/sager/{nummer}")


def test_a_late_answer_leaves_the_focus_on_the_link_that_it_holds_too(site, keys):
    _sign_in(keys, "koordinator-1")
    found = keys.page.locator("#goto-found a")
    late = _seek(keys, "er")
    for _ in ("Opgaver", "Sager", "Kalender"):
        keys.press("ArrowDown")
    late.come()
    expect(found).to_have_text(["Opgaver", "Sager", "Kalender"])
    expect(found.last).to_be_focused()


def test_enter_waits_for_what_the_words_find(site, keys):
    nummer = played(site, "s01_mads", until="hold_netvaerksmoede")
    _sign_in(keys, "koordinator-1")
    late = _seek(keys, "mads")
    keys.press("Enter")
    late.come()
    keys.page.wait_for_url(f"**/sager/{nummer}")


def test_tab_goes_through_the_inbox_and_comes_round_again(site, keys):
    played(site, "s01_mads", until="bekraeft_maalgruppe")
    _sign_in(keys, "sagsbehandler-kui")
    keys.tab_to("Gå til sidens indhold")
    keys.tab_to("^Taster")
    keys.tab_to("Gå til sidens indhold")
    keys.tab_to("^Taster", back=True)
    # A date is several stops, and its calendar one of its own.
    keys.page.goto("/fravaer")
    keys.tab_to("^Taster")


def test_one_escape_closes_the_palette_with_words_in_it(site, keys):
    _sign_in(keys, "sagsbehandler-kui")
    keys.press("Control+k")
    keys.type("ingen hedder sådan")
    expect(keys.page.get_by_text("Intet fundet")).to_be_visible()
    keys.press("Escape")
    expect(keys.page.get_by_role("dialog", name="Gå til")).to_be_hidden()
