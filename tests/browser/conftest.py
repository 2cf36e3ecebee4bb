"""A real site with real people, and a real browser in front of it.

One furnished database per session (Fiktivby and all that is shipped), copied for each test; the
site runs in a thread with the test's own clock.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from engine import clock
from engine.store import Store
from tests.browser.hands import say_who
from tests.web.fiktivby import played_into
from web.app import create_app
from web.security import limiter

#: Chromium as root, without talking to the world.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# One line per request would bury what failed.
logging.getLogger("werkzeug").setLevel(logging.WARNING)

#: What is waited for comes at once or not at all; so long, in milliseconds, only on a busy machine.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Site:
    """One running site."""

    address: str
    store: Store
    clock: clock.VirtualClock

    def play(self, story: str, until: datetime | None = None) -> None:
        """Play one of the shipped stories into the site's database, up to a moment."""
        played_into(self.store, story, until)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = next(
            (
                path
                for name in ("chromium", "chromium-browser", "google-chrome")
                if (path := shutil.which(name))
            ),
            None,
        )
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def unhurried() -> Iterator[None]:
    """Nobody is guessing passwords: days pass in seconds here, and people sign in each morning."""
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.fixture
def fiktivby_url(fiktivby: Path, tmp_path: Path) -> str:
    """A file of each test's own: an answer may still be on its way when the test is over."""
    file = tmp_path / "site.db"
    shutil.copyfile(fiktivby, file)
    return f"sqlite:///{file}"


@pytest.fixture
def site(unhurried, fiktivby_url: str) -> Iterator[Site]:
    """The site on a copy of the furnished database, Monday 23 November 2026 at nine."""
    store = Store(fiktivby_url)
    with clock.travelling(datetime(2026, 11, 23, 9)) as travelling:
        server = make_server("127.0.0.1", 0, create_app(store), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.port}", store, travelling)
        server.shutdown()
        thread.join()
    store.close()


@pytest.fixture
def sign_in(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`sign_in(username, width=1366)`: a page of that person's own browser, signed in."""
    contexts = []

    def enter(username: str, width: int = 1366, height: int = 768) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=site.address, locale="da-DK"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto("/log-paa")
        say_who(page, username)
        page.wait_for_url("**/opgaver*")
        return page

    yield enter
    for context in contexts:
        context.close()
