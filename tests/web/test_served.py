"""The served site is killed at work and started again: nothing lost, nothing doubled, all goes on."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import psutil
import pytest
from sqlalchemy import select

from engine import clock, jobs, mail, outbox
from engine.domain import organisation
from engine.domain.organisation import User
from engine.instances import DONE, OPEN, WorkItem
from engine.jobs import Job
from engine.store import Store
from tests import smtp
from tests.casework.whole import faults
from tests.conftest import DATABASES
from tests.web.fiktivby import played_into
from tests.web.test_task import ANSWERS

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 12, 1, 10, tzinfo=clock.COPENHAGEN)
READY = "Åbn http://"
#: What is waited for comes at once or not at all; so long only on a machine that is very busy.
PATIENCE = 60
LIV = "koordinator-1"
#: Made-up CPR numbers are for demonstrations only.
SAID = {key: said for key, said in ANSWERS.items() if not key.endswith("_cpr")}


class Server:
    """A running `overligger serve`; what it said is in its log."""

    def __init__(self, store: Store, folder: Path, at: datetime = MORNING, port: int | None = None):
        self.port = port or _free_port()
        self.log = folder / f"server-{time.monotonic_ns()}.log"
        url = store.url.render_as_string(hide_password=False)
        script = str(Path(__file__).with_name("served.py"))
        arguments = [at.isoformat(), "--database", url, "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, script, *arguments],
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=_environment(folder),
            )

    def ready(self) -> Server:
        until(lambda: READY in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        return self

    def said(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        """The power goes: the server and its worker, without a word."""
        for process in [*psutil.Process(self.process.pid).children(), self.process]:
            process.kill()
        self.process.wait()


class Visitor:
    """A browser without a screen: cookies, and the hidden fields of the page it looks at."""

    def __init__(self):
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        self.page = self.address = ""

    def get(self, server: Server, path: str) -> int:
        return self._go(server, path, None)

    def post(self, server: Server, path: str, **said: object) -> int:
        hidden = re.findall(
            r'<input type="hidden" name="([^"]+)"(?: id="[^"]+")? value="([^"]*)"', self.page
        )
        return self._go(server, path, urlencode({**dict(hidden), **said}, doseq=True).encode())

    def sign_in(self, server: Server, username: str) -> None:
        self.get(server, "/log-paa")
        self.post(server, "/log-paa", brugernavn=username, adgangskode="fiktivby")
        assert "/opgaver" in self.address

    def _go(self, server: Server, path: str, body: bytes | None) -> int:
        try:
            answer = self._opener.open(
                f"http://127.0.0.1:{server.port}{path}", body, timeout=PATIENCE
            )
        except HTTPError as refused:
            answer = refused
        with answer:
            self.page, self.address = answer.read().decode(), answer.url
            return answer.status


def until(come: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.05)


def _free_port() -> int:
    """One that no connection of anybody's is given by chance: the system hands out those above."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def _environment(folder: Path) -> dict[str, str]:
    own = {
        "PYTHONPATH": str(ROOT),
        "OVERLIGGER_SECRET_KEY": "nothing that anybody could guess",
        "OVERLIGGER_LETTERS_OUT": str(folder / "breve"),
        "OVERLIGGER_SMTP_URL": (folder / "mail.url").read_text(),
        "OVERLIGGER_MAIL_FROM": "overligger@fiktivby.example",
        "SSL_CERT_FILE": str(folder / "mail.pem"),
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OVERLIGGER_")}
    return {**kept, **own}


@pytest.fixture
def town(fiktivby_url, tmp_path) -> Iterator[Store]:
    """Fiktivby as no demonstration: Liv is to explain the offer to Mads, and letters leave."""
    (tmp_path / "breve").mkdir()
    store = Store(fiktivby_url)
    played_into(store, "s01_mads", datetime(2026, 11, 30))

    def in_earnest(session) -> None:
        organisation.change_setting(session, "demo", False)
        session.get_one(User, LIV).email = "liv@fiktivby.example"

    store.write(in_earnest)
    yield store
    store.close()


@pytest.fixture
def post_office(tmp_path) -> Iterator[smtp.MailServer]:
    with smtp.serving(tmp_path) as server:
        (tmp_path / "mail.url").write_text(server.url)
        yield server


@contextmanager
def held_up(store: Store) -> Iterator[None]:
    """Somebody else has the case of the task for the length of the block."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE cases SET nummer = nummer")
        yield
        connection.rollback()


def offer(store: Store) -> WorkItem:
    with store.reading() as session:
        query = select(WorkItem).where(WorkItem.element == "forklar_tilbud")
        return session.scalars(query).one()


def next_timer(store: Store) -> Job:
    with store.reading() as session:
        query = select(Job).where(Job.kind == jobs.TIMER).order_by(Job.due_at, Job.id)
        return session.scalars(query).first()


def waiting(store: Store, job_id: str) -> bool:
    with store.reading() as session:
        return session.get(Job, job_id) is not None


@pytest.mark.parametrize("fiktivby_url", DATABASES, indirect=True)
def test_a_server_that_is_killed_at_work_loses_and_doubles_nothing(town, post_office, tmp_path):
    path, liv = f"/opgaver/{offer(town).id}", Visitor()
    server = Server(town, tmp_path).ready()
    liv.sign_in(server, LIV)
    liv.get(server, path)
    liv.post(server, f"{path}/kladde", forklaret_sprog="færøsk")
    liv.get(server, path)
    with held_up(town):
        answering = _post_and_die(liv, server, path)
        answering.join(1)
        assert answering.is_alive(), "the answer was to be on its way"
        server.kill()
    answering.join()
    assert offer(town).state == OPEN
    assert faults(town) == []

    server = Server(town, tmp_path, port=server.port).ready()
    assert liv.get(server, path) == 200
    assert path in liv.address, "she is still signed in"
    assert "færøsk" in liv.page
    answering = _post_and_die(liv, server, path)
    until(lambda: offer(town).state == DONE)
    server.kill()
    answering.join()
    assert faults(town) == []

    # Days pass before anybody starts it again.
    timer = next_timer(town)
    town.write(lambda session: outbox.put(session, mail.OUTBOX, ref=LIV, count=2))
    server = Server(town, tmp_path, timer.due_at + timedelta(minutes=1), server.port).ready()
    liv.sign_in(server, LIV)
    liv.get(server, path)
    assert "færøsk" not in liv.page and "dansk" in liv.page
    assert liv.post(server, path, **SAID) == 409
    until(lambda: not waiting(town, timer.id))
    until(lambda: any(tmp_path.glob("breve/*.json")) and post_office.mails)
    left = [path.stem for path in tmp_path.glob("breve/*.json")]
    assert left == ["2026-0001-B002"], "the offer, once; the receipt left with the story"
    assert post_office.mails[0]["To"] == "liv@fiktivby.example"
    server.process.terminate()
    assert server.process.wait() == 0
    assert server.said().count("\n") == 1, server.said()
    assert faults(town) == []


def _post_and_die(visitor: Visitor, server: Server, path: str) -> threading.Thread:
    """Answer the task beside what happens here; the server may be gone before it says anything."""

    def post() -> None:
        try:
            visitor.post(server, path, **SAID)
        except (OSError, HTTPException):
            pass

    thread = threading.Thread(target=post)
    thread.start()
    return thread


def test_a_file_is_served_once_and_a_port_is_told_in_words(town, post_office, tmp_path):
    first = Server(town, tmp_path).ready()
    same_file = Server(town, tmp_path)
    elsewhere = Store(f"sqlite:///{tmp_path / 'other.db'}")
    Path(elsewhere.url.database).write_bytes(Path(town.url.database).read_bytes())
    same_port = Server(elsewhere, tmp_path, port=first.port)
    assert same_file.process.wait() == same_port.process.wait() == 1
    assert same_file.said().startswith("overligger: Databasen bliver allerede serveret")
    assert f"127.0.0.1:{first.port} kan ikke bruges" in same_port.said()
    # Only its first process dies; the next one waits until the worker has seen it.
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    after = Server(town, tmp_path, port=first.port).ready()
    assert Visitor().get(after, "/log-paa") == 200
    after.process.terminate()
    assert after.process.wait() == 0
