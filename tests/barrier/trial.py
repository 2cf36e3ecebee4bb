"""The trials: random grants, random users and random requests, each held against the oracle.

python -m tests.barrier.trial --trials 10000 --seed 1
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.routing import Rule

from engine import clock
from engine.domain import sign_ins
from engine.queries import inbox_words
from engine.reads import Read
from engine.store import Store
from tests.barrier import asking, world
from tests.barrier.asking import Asked, Asker
from tests.barrier.drawing import Drawing
from tests.barrier.oracle import Oracle, Person, Rows
from tests.barrier.world import Connection
from web.app import create_app
from web.texts import short_day

#: Users per drawn state, and requests per user.
USERS, REQUESTS = 6, 14
#: How many things the inbox' search names one by one.
SITES_FEW = inbox_words.FEW
NUMBER = re.compile(r"\b20\d\d-\d{4}\b")
#: A duty in somebody's calendar, which names its case: a duty of no case is one of a hidden one.
DUTY = re.compile(r"^SUMMARY:(?:Frist|Opfølgning senest): (?!.*\(20\d\d-\d{4}\)).*$", re.MULTILINE)
#: What an empty inbox says of the reader's own cases.
NEXT = re.compile(r"Næste frist i jeres sager: ([^<]*)</p>")
MEETING = re.compile(r"/moeder/([0-9a-f]{8}-[0-9a-f-]{27})")
TASK = re.compile(r"/opgaver/([0-9a-f]{8}-[0-9a-f-]{27})")
#: What differs between any two pages, whatever they are of.
CHANGING = re.compile(
    r'(csrf_token" value="|Token": ?"|name="_fane" value="|name="id" value="|kl\. )[^"<]*'
)
HEADERS_OF_THEIR_OWN = {"Date", "Set-Cookie"}


@dataclass(frozen=True)
class Leak:
    state: int
    user: str
    asked: str
    why: str

    def __str__(self) -> str:
        return f"state {self.state}, {self.user}: {self.asked}: {self.why}"


@dataclass
class Result:
    trials: int = 0
    denied: int = 0
    shown: int = 0
    twins: int = 0
    routes: Counter = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.trials} trials over {len(self.routes)} routes: {self.denied} did not exist, "
            f"{self.shown} words were seen by those who may, {self.twins} compared with what was "
            f"never there, {len(self.leaks)} leaks"
        )


class Site:
    """The site over a world that is put back as it was before each state."""

    def __init__(self, built: Path, folder: Path):
        self.built, self.file = built, folder / "barrier.db"
        self.renew()
        self.store: Store = world.opened(self.file)
        with clock.travelling(world.NOW):
            self.app: Flask = create_app(self.store)
        self.app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        self.rules = list(self.app.url_map.iter_rules())
        self.aimed = False

    def aim(self, routes: list[str]) -> None:
        """Ask only the routes that begin so."""
        self.rules = [rule for rule in self.rules if rule.rule.startswith(tuple(routes))]
        self.aimed = True

    def renew(self) -> None:
        world.copied(self.built, self.file)

    def client(self, username: str) -> FlaskClient:
        client = self.app.test_client()
        token = self.store.write(lambda session: sign_ins.start(session, username))
        with client.session_transaction() as kept:
            kept["token"] = token
        return client

    def close(self) -> None:
        self.store.close()


def run(site: Site, trials: int, seed: int, enough: int = 10, states: int | None = None) -> Result:
    """The trials, until there are enough leaks. `states`: one state alone, to see it again."""
    result, number = Result(), 0
    while result.trials < trials and len(result.leaks) < enough:
        if states is None or states == number:
            State(site, number, seed, result).run()
        number += 1
        if states is not None and number > states:
            break
    return result


class State:
    """One drawn state of the world, and what a few users ask of it."""

    def __init__(self, site: Site, number: int, seed: int, result: Result):
        self.site, self.number, self.result = site, number, result
        self.random = random.Random(f"{seed}-{number}")
        #: The routes not asked in this state yet: each is asked once before any is twice.
        self.unasked: list[Rule] = []

    def run(self) -> None:
        with self.drawn():
            for username in self._people():
                self._one(username)

    @contextmanager
    def drawn(self) -> Iterator[State]:
        """The site in this state, at its moment."""
        self.site.renew()
        # As if there were very many: then each task of a list is asked for its case.
        inbox_words.FEW = self.random.choice((0, SITES_FEW))
        with clock.travelling(self._moment()):
            db = world.connected(self.site.file)
            self._lay(db)
            names = db.execute("select username from users order by username")
            self.names = [row[0] for row in names]
            locked = "select koordinator from cases where locked and koordinator is not null"
            self.coordinators = [row[0] for row in db.execute(f"{locked} order by nummer")]
            db.close()
            self.tokens = self._feeds()
            self._look()
            self.began = self._last_read()
            #: Whom somebody has registered themselves, under a name that they typed.
            self.registered: dict[str, set[str]] = defaultdict(set)
            yield self

    def _lay(self, db: Connection) -> None:
        Drawing(db, self.random, clock.today()).draw()

    def _moment(self) -> datetime:
        """A moment of a week, as often as not the first or last of a day."""
        day = world.NOW + timedelta(days=self.random.randrange(7))
        at = self.random.choice(((0, 0, 0), (23, 59, 59), (9, 0, 0), (14, 30, 0)))
        return datetime(day.year, day.month, day.day, *at)

    def _feeds(self) -> list[str]:
        from engine import calendar_feeds

        self.feed_of = {}
        # Who coordinates a case that is locked is told nothing more of its days.
        for username in dict.fromkeys([*self.random.sample(self.names, 3), *self.coordinators]):
            holds = self.random.choice(("mine", "enhed"))
            token = calendar_feeds.make(self.site.store, username, holds)
            self.feed_of[token] = username
        return list(self.feed_of)

    def _look(self) -> None:
        """The rows as they lie now."""
        db = world.connected(self.site.file)
        self.oracle = Oracle(Rows(db), clock.now())
        self.canary = {row.word: row for row in self.oracle.rows.canaries}
        db.close()

    def _people(self) -> list[str]:
        """Users of whom half see something here."""
        near = [
            name
            for name in self.names
            if any(self.oracle.person(name).sees(case) for case in self.oracle.rows.cases)
        ]
        half = self.random.sample(near, min(USERS // 2, len(near)))
        # Those who may have a task and not its case are few, and the likeliest to be shown too much.
        outside = [name for name in self.names if self.oracle.person(name).blind]
        half += self.random.sample(outside, 2)
        return half + self.random.sample(self.names, USERS - len(half))

    def _one(self, username: str) -> None:
        client = self.site.client(username)
        if not self.site.aimed or any(rule.rule in asking.LISTED for rule in self.site.rules):
            self.hold_lists(client, username)
        for _ in range(REQUESTS):
            asker = Asker(self.site.rules, self.oracle, self.random, self.tokens)
            if not self.unasked:
                self.unasked = self.random.sample(asker.rules, len(asker.rules))
            asked = asker.ask(self.oracle.person(username), self.unasked.pop())
            if self.hold(client, username, asked) < 400 and asked.method == "POST":
                self._look()

    # --- one request ------------------------------------------------------------------------------

    def hold(self, client: FlaskClient, username: str, asked: Asked) -> int:
        """Make the request, and look at all that came of it; the status of the answer."""
        self.result.trials += 1
        self.result.routes[asked.rule] += 1
        reader = self._reader(username, asked)
        before = self._last_read() if asked.method == "GET" else self.began
        answer, told = _sent(client, asked)
        self._trailed(username, asked, answer, before)
        self.result.denied += answer.status_code == 404
        if answer.status_code >= 500:
            self._leak(username, asked, "broke: what it would have told is not known")
        self._read(username, reader, asked, answer, told)
        if asked.expected is not None and answer.status_code not in asked.expected:
            wanted = "/".join(map(str, sorted(asked.expected)))
            self._leak(username, asked, f"answered {answer.status_code}, not {wanted}")
        if asked.twin is not None and self._is_hidden(username, reader, asked):
            self.result.twins += 1
            other, said = _sent(client, asked.twin)
            mine = _compared(answer, told, asked)
            never = _compared(other, said, asked.twin)
            for what, one, two in zip(_COMPARED, mine, never, strict=True):
                if one != two:
                    self._leak(username, asked, f"{what} differs from what was never there")
        if asked.rule == "/personer" and asked.method == "POST":
            sent = filter(None, (asked, asked.twin))
            self.registered[username] |= {each.sought for each in sent}
        return answer.status_code

    def _reader(self, username: str, asked: Asked) -> Person:
        """Whose eyes it is: a calendar's address is its owner's, whoever follows it."""
        token = asked.path.removeprefix("/kalender/").removesuffix(".ics")
        return self.oracle.person(self.feed_of.get(token, username))

    def _is_hidden(self, username: str, reader: Person, asked: Asked) -> bool:
        """Whether the twin should be answered alike: nothing that is named exists for the reader."""
        word = asked.sought
        if self.registered[username] & {word, asked.twin.sought}:
            return False
        if word in self.canary:
            return not reader.may_find(self.canary[word])
        return True

    def _read(self, username: str, reader: Person, asked: Asked, answer, told: str) -> None:
        text = f"{_text(answer)}\n{told}\n{answer.headers.get('Location', '')}"
        echoed = f"{asked.path} {asked.query} {asked.form}"
        for word in set(world.CANARY.findall(text)):
            if word in echoed or word not in self.canary or word in self.registered[username]:
                continue
            if reader.may_read(self.canary[word]):
                self.result.shown += 1
            else:
                self._leak(reader, asked, f"told {word}")
        for task in set(TASK.findall(text)) - set(TASK.findall(echoed)):
            if task in self.oracle.task and not reader.lies_with_me(self.oracle.task[task]):
                self._leak(reader, asked, f"leads to the task {task}")
        for day in set(NEXT.findall(text)) - self._days_of(reader):
            self._leak(reader, asked, f"told that something is due {day}")
        for meeting in set(MEETING.findall(text)) - set(MEETING.findall(echoed)):
            row = self.oracle.meeting.get(meeting)
            if row is not None and not reader.meeting(row):
                self._leak(reader, asked, f"leads to the meeting {meeting}")
        for duty in DUTY.findall(_unfolded(text)) if asked.rule.endswith(".ics") else ():
            self._leak(reader, asked, f"told of a duty, and of no case: {duty}")
        if asked.rule.startswith("/overfoer"):
            return  # an importer knows the numbers of the cases they brought in
        numbers = set(NUMBER.findall(text)) - set(NUMBER.findall(echoed))
        if numbers - self.oracle.numbered.keys():
            self._look()  # the request has opened a case
            reader = self.oracle.person(reader.name)
        for number in sorted(numbers & self.oracle.numbered.keys()):
            if not reader.sees(self.oracle.numbered[number]):
                self._leak(reader, asked, f"told the number {number}")

    def _days_of(self, reader: Person) -> set[str]:
        """On which days to come something is due in the cases that the reader answers for."""
        with self.site.app.test_request_context():
            return {short_day(date.fromisoformat(day)) for day in reader.days_ahead}

    def _last_read(self) -> int:
        with self.site.store.reading() as session:
            return session.scalar(select(func.max(Read.id))) or 0

    def _trailed(self, username: str, asked: Asked, answer, before: int) -> None:
        """What is shown of a case has left a row: of this request, or of the page it draws anew."""
        if asked.rule in asking.LISTS:
            return
        echoed = f"{asked.path} {asked.query} {asked.form}"
        shown = {
            self.oracle.cases_of(self.canary[word])
            for word in set(world.CANARY.findall(_text(answer)))
            if word in self.canary and word not in echoed
        }
        if not any(shown):
            return
        mine = select(Read.case_id).where(Read.actor == username, Read.id > before)
        with self.site.store.reading() as session:
            read = set(session.scalars(mine))
        if any(cases and not cases & read for cases in shown):
            self._leak(username, asked, "left no row in the chain of reads")

    def _leak(self, reader: Person | str, asked: Asked | str, why: str) -> None:
        user = reader if isinstance(reader, str) else min(reader.me, key=len)
        self.result.leaks.append(Leak(self.number, user, str(asked), why))

    # --- what is there is listed ------------------------------------------------------------------

    def hold_lists(self, client: FlaskClient, username: str) -> None:
        """The lists hold all that the oracle grants, no more, and count it."""
        person = self.oracle.person(username)
        seen = {case.nummer for case in self.oracle.rows.cases if person.sees(case)}
        self.result.trials += 1 + len(asking.TABS)
        page = client.get("/sager").text
        found = {number for number in re.findall(r"/sager/(20\d\d-\d{4})", page)}
        if found != seen:
            self._leak(username, "GET /sager", _wrong(found, seen))
        for tab in asking.TABS:
            wanted = asking.listed(person, tab)
            page = client.get(f"/opgaver?fane={tab}").text
            shown = set(re.findall(r'href="/opgaver/([^"/?]+)\?liste=', page))
            if shown != wanted and len(wanted) <= 50:
                self._leak(username, f"GET /opgaver?fane={tab}", _wrong(shown, wanted))
            counted = re.search(r'aria-current="page">[^<]*<span class="count">(\d+)', page)
            if counted and int(counted[1]) != len(wanted):
                self._leak(
                    username, f"GET /opgaver?fane={tab}", f"counts {counted[1]}, not {len(wanted)}"
                )
            self._read(
                username, person, Asked("GET", "/opgaver", f"/opgaver?fane={tab}"), _Page(page), ""
            )


def _wrong(shown: set[str], wanted: set[str]) -> str:
    return f"lists {sorted(shown - wanted)} that may not be seen, lacks {sorted(wanted - shown)}"


def _unfolded(calendar: str) -> str:
    """A calendar's lines as they were before they were broken."""
    return re.sub(r"\r?\n ", "", calendar).replace("\r", "")


class _Page:
    """A text that was an answer."""

    def __init__(self, text: str):
        self.text, self.headers, self.mimetype = text, {}, "text/html"


_COMPARED = ("the status", "a header", "the text", "the message")


def _compared(answer, told: str, asked: Asked) -> tuple:
    """All that an answer says, without what was asked for."""
    names = sorted({*asked.path.split("/"), asked.sought}, key=len)[::-1]

    def bare(text: str) -> str:
        for name in names:
            if len(name) > 6:
                text = text.replace(name, "*")
        return CHANGING.sub(r"\1", text)

    headers = {
        name: bare(value)
        for name, value in answer.headers.items()
        if name not in HEADERS_OF_THEIR_OWN and name != "Content-Length"
    }
    return answer.status_code, headers, bare(_text(answer)), bare(told)


def _sent(client: FlaskClient, asked: Asked):
    """The answer, and the messages that the next page would show."""
    headers = {"HX-Request": "true"} if asked.partial else {}
    form = {
        name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in asked.form.items()
    }
    answer = client.open(
        asked.path, method=asked.method, query_string=asked.query, data=form, headers=headers
    )
    told = ""
    if "Set-Cookie" in answer.headers:
        with client.session_transaction() as kept:
            told = str(kept.pop("_flashes", ""))
    return answer, told


def _text(answer) -> str:
    if answer.mimetype == "application/pdf":
        pages = PdfReader(BytesIO(answer.data)).pages
        # A word may be broken where the line ends.
        return "\n".join(page.extract_text() for page in pages)
    return answer.text if answer.mimetype.startswith("text/") else ""


def main() -> None:
    from engine.settings import enter_demo

    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=int, help="only this state, to see a leak again")
    parser.add_argument("--world", type=Path, help="a file with the world, made if it is not there")
    parser.add_argument("--leaks", type=int, default=10, help="stop after so many")
    parser.add_argument("--routes", nargs="*", default=[], help="only those that begin so")
    chosen = parser.parse_args()
    enter_demo()
    with tempfile.TemporaryDirectory() as folder:
        built = chosen.world or Path(folder) / "world.db"
        if not built.exists():
            world.build(built)
        site, began = Site(built, Path(folder)), time.monotonic()
        if chosen.routes:
            site.aim(chosen.routes)
        result = run(site, chosen.trials, chosen.seed, chosen.leaks, chosen.state)
        site.close()
    for leak in result.leaks:
        print(leak)
    for route, number in sorted(result.routes.items()):
        print(f"{number:6} {route}")
    print(f"seed {chosen.seed}: {result} ({time.monotonic() - began:.0f} s)")
    sys.exit(1 if result.leaks else 0)


if __name__ == "__main__":
    main()
