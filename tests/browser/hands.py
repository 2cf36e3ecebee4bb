"""What a person does at a page: fills a form field by field, and works a story's tasks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

from engine.scenarios import read
from engine.scenarios.player import Played, Player
from engine.scenarios.story import Step, Story
from tests import remembering

STORIES = Path(__file__).parents[1] / "scenarios"
#: How long a field that another answer brings is waited for in seconds, and the pause between two
#: looks in milliseconds.
LONGEST, PAUSE = 60, 50


class PageRefused(AssertionError):
    """A page did not take what a person wanted to say; the picture shows it."""


def pieces(answers: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """(name of the input, what to say) of each answer, rows one by one."""
    for key, value in answers.items():
        name = f"{before}{key}"
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                yield name, number
                yield from pieces(row, f"{name}[{number}].")
        elif value != []:
            yield name, value


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Give every answer where its field stands, also in fields that other answers bring."""
    waiting = list(pieces(answers))
    give_up = time.monotonic() + LONGEST
    while waiting := [(name, value) for name, value in waiting if not _say(page, name, value)]:
        if time.monotonic() > give_up:
            raise PageRefused(f"{page.url} has no field for {[name for name, _ in waiting]}")
        # A field that an answer brings comes when one leaves the answer's own.
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(PAUSE)


def _say(page: Page, name: str, value: Any) -> bool:
    """Whether the page has the field; then it has the answer, too."""
    if isinstance(value, int) and page.locator(f'button[name=_tilfoej][value="{name}"]').count():
        return _row(page, name, value)
    field = page.locator(f'[name="{name}"]:not([type=hidden])')
    if not field.count():
        return False
    first = field.first
    kind = first.evaluate("field => field.type")
    if kind == "radio":
        _choose(field, value)
    elif kind == "checkbox":
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                first.set_checked(one)
            else:
                _choose(field, one)
    elif kind == "select-one":
        if not first.locator(f'option[value="{value}"]').count():
            return False
        first.select_option(str(value))
    else:
        first.fill(_typed(value, kind))
    return True


def _choose(field: Locator, value: Any) -> None:
    field.and_(field.page.locator(f'[value="{_typed(value)}"]')).check()


def _row(page: Page, name: str, number: int) -> bool:
    rows = page.locator(f'[name^="{name}[{number}]."]')
    if not rows.count():
        page.locator(f'button[name=_tilfoej][value="{name}"]').click()
        expect(rows.first).to_be_attached()
    return True


def _typed(value: Any, kind: str = "text") -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def say_who(page: Page, username: str) -> None:
    """Sign in on the page that asks for it."""
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill("fiktivby")
    page.get_by_role("button", name="Log på").click()


def visit(page: Page, username: str, address: str) -> None:
    """Open a page, signing in anew where it has become another day."""
    page.goto(address)
    if "/log-paa" in page.url:
        say_who(page, username)
        page.wait_for_url(lambda url: "/log-paa" not in url)


def played(site: Any, story: str, until: str) -> str:
    """Play a story up to the step that works the task of that element; the case's number.

    The site's clock stands where that step begins.
    """
    moment, nummer = remembering.once(
        site.store, ("by hand", story, until), lambda: _play(site, story, until)
    )
    site.clock.move_to(moment)
    return nummer


def _play(site: Any, story: str, until: str) -> tuple[datetime, str]:
    told = read(STORIES / f"{story}.yaml")
    player = Player(told, site.store, site.clock, Played(told))
    assert player.prepare(), player.played.failures
    for step in told.steps:
        if step.get("task") == until:
            if step.at is not None:
                player.passage.to(step.at)
            break
        assert player.take(step), player.played.failures
    return site.clock.now(), player.cast.cases[-1]


class Troupe:
    """The people of a story, each at a browser of their own, working through the pages."""

    #: How wide their screens are.
    width = 1366

    def __init__(self, site: Any, sign_in: Callable[..., Page], story: Story, pictures: Path):
        self.site, self.sign_in, self.pictures = site, sign_in, pictures
        self.story = story
        self.player = Player(self.story, site.store, site.clock, Played(self.story))
        assert self.player.prepare(), self.player.played.failures
        self.pages: dict[str, Page] = {}
        self.nummer: str | None = None
        #: (user name, name of the task) in the order they were worked.
        self.done: list[tuple[str, str]] = []

    def page_of(self, username: str) -> Page:
        if username not in self.pages:
            self.pages[username] = self.sign_in(username, self.width)
        return self.pages[username]

    def take(self, step: Step) -> None:
        """One step through the pages; a picture of what the person saw when it fails."""
        if step.at is not None:
            self._look_away()
            self.player.passage.to(step.at)
        if step.action is not None:
            page = self.page_of(step.get("by"))
            try:
                {"open": self.refer, "task": self.work}[step.action](page, step)
            except (AssertionError, Error) as error:
                picture = self.pictures / f"step-{step.number}-{step.get('by')}.png"
                page.screenshot(path=picture, full_page=True)
                said = " ".join(page.locator("[data-faults], #message, h1").all_inner_texts())
                what = step.get(step.action)
                raise PageRefused(
                    f"step {step.number}, {step.get('by')}, {what}: {error}\n{said}\n{picture}"
                ) from None
        self.player.passage.settle()

    def meanwhile(self, step: Step) -> None:
        """One step that happens without a browser."""
        self._look_away()
        assert self.player.take(step), self.player.played.failures

    def _look_away(self) -> None:
        """What a page still asks for on another day would be told to sign in, and lead it away."""
        for page in self.pages.values():
            page.goto("about:blank")

    def refer(self, page: Page, step: Step) -> None:
        cpr = self.story.citizens[step.get("for")]["cpr"]
        before = set(self._cases())
        visit(page, step.get("by"), "/henvis")
        fill(page, {**step.get("answers"), "borger_cpr": cpr})
        self.look(page)
        page.get_by_role("button", name="Send henvisning").click()
        expect(page.get_by_text("Henvisningen er modtaget.").first).to_be_visible()
        (self.nummer,) = set(self._cases()) - before
        self.player.cast.opened(self.nummer, None)
        self.done.append((step.get("by"), "Henvis en borger"))

    def work(self, page: Page, step: Step) -> None:
        """From the inbox to the task, the answers, the button, and back in the inbox."""
        task = self.player.cast.task(step, step.get("task"))
        visit(page, step.get("by"), f"/opgaver?fane=ikke_fordelt&ord={self.nummer}")
        row = page.locator(f"#opgave-{task.id}")
        if not row.count():
            page.get_by_role("navigation", name="Opgavelister").get_by_text("Mine").click()
            expect(row).to_be_visible()
        self.look(page)
        row.locator("a[data-open]").click()
        page.wait_for_url("**/opgaver/*")
        fill(page, step.get("answers", {}))
        self.look(page)
        page.locator(".task-actions button.button-primary").click()
        if step.refused is not None:
            expect(page.locator("[data-faults], .notice.late").first).to_be_visible()
            return
        expect(page.get_by_text(re.compile(f"»{re.escape(task.name)}« er gjort"))).to_be_visible()
        self.done.append((step.get("by"), task.name))

    def look(self, page: Page) -> None:
        """What stands before somebody who is about to press: nothing is asked of it here."""

    def _cases(self) -> list[str]:
        from sqlalchemy import select

        from engine.domain.cases import Case

        with self.site.store.reading() as session:
            return list(session.scalars(select(Case.nummer)))
