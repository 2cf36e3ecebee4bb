"""One drawn state of the world, and what a few users ask of it, each answer held against the oracle."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from engine import clock
from engine.queries import inbox_words
from engine.reads import Read
from tests.barrier import asking, expecting, world
from tests.barrier.answer import COMPARED, compared, sent, text_of, unfolded
from tests.barrier.asking import Asked, Asker
from tests.barrier.drawing import Drawing
from tests.barrier.oracle import Oracle
from tests.barrier.person import Person
from tests.barrier.result import Leak, Result
from tests.barrier.rows import Rows
from tests.barrier.site import Site
from tests.barrier.world import Connection
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


class State:
    """Draws itself from its number and the seed, so that a leak can be seen again."""

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
        answer, told = sent(client, asked)
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
            other, said = sent(client, asked.twin)
            mine = compared(answer, told, asked)
            never = compared(other, said, asked.twin)
            for what, one, two in zip(COMPARED, mine, never, strict=True):
                if one != two:
                    self._leak(username, asked, f"{what} differs from what was never there")
        if asked.rule == "/personer" and asked.method == "POST":
            both = filter(None, (asked, asked.twin))
            self.registered[username] |= {each.sought for each in both}
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
        text = f"{text_of(answer)}\n{told}\n{answer.headers.get('Location', '')}"
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
        for duty in DUTY.findall(unfolded(text)) if asked.rule.endswith(".ics") else ():
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
            for word in set(world.CANARY.findall(text_of(answer)))
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
            wanted = expecting.listed(person, tab)
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


class _Page:
    """A text that was an answer."""

    def __init__(self, text: str):
        self.text, self.headers, self.mimetype = text, {}, "text/html"
