"""Many want the same task at the same moment: one has it, and the others hear who."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from sqlalchemy import select

from engine.domain.organisation import Role, User
from engine.events import Event
from engine.instances import WorkItem

COLLEAGUES = 20
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """Somebody with cookies of their own, who sends forms as a browser without scripts does."""

    def __init__(self, address: str):
        self.address = address
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def open(self, path: str, **said: str) -> tuple[int, str]:
        try:
            sent = urlencode(said).encode() if said else None
            with self.opener.open(self.address + path, sent) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def token(self, path: str) -> str:
        return _TOKEN.search(self.open(path)[1])[1]

    def enter(self, username: str) -> None:
        token = self.token("/log-paa")
        self.open("/log-paa", csrf_token=token, brugernavn=username, adgangskode="fiktivby")


def _colleagues(session) -> list[str]:
    """Twenty more people in the unit that has the task, with the demo's password."""
    password = session.get(User, "koordinator-1").password_hash
    names = [f"kollega-{number}" for number in range(COLLEAGUES)]
    for number, username in enumerate(names):
        name = f"Kollega Nummer {number}"
        session.add(User(username=username, name=name, password_hash=password))
    session.flush()
    session.add_all(Role(username=name, unit="KUI", role="sagsbehandler") for name in names)
    return names


def test_of_twenty_who_claim_at_once_one_wins_and_the_others_hear_who(site):
    site.play("s01_mads", datetime(2026, 11, 30))
    site.clock.advance(days=7)
    names = site.store.write(_colleagues)
    with site.store.reading() as session:
        task = session.scalars(select(WorkItem).where(WorkItem.element == "forklar_tilbud")).one()
    visitors = []
    for name in names:
        visitor = Visitor(site.address)
        visitor.enter(name)
        visitors.append((visitor, visitor.token(f"/opgaver/{task.id}")))
    together = threading.Barrier(COLLEAGUES)

    def claim(one: tuple[Visitor, str]) -> tuple[int, str]:
        visitor, token = one
        together.wait()
        return visitor.open(f"/opgaver/{task.id}/reserver", csrf_token=token)

    with ThreadPoolExecutor(COLLEAGUES) as pool:
        answers = list(pool.map(claim, visitors))

    winners = [name for name, (status, _page) in zip(names, answers, strict=True) if status == 200]
    assert len(winners) == 1, [status for status, _page in answers]
    winner = f"Kollega Nummer {winners[0].rpartition('-')[2]}"
    refused = [page for status, page in answers if status == 409]
    assert len(refused) == COLLEAGUES - 1
    assert all(f"Opgaven er taget af {winner}" in page for page in refused), refused[0]
    with site.store.reading() as session:
        assert session.get(WorkItem, task.id).assignee == winners[0]
        claims = select(Event).where(Event.kind == "claimed", Event.case_id == task.case_id)
        assert [e.actor for e in session.scalars(claims)].count(winners[0]) == 1
