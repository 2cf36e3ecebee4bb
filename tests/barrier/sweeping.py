"""Every route asked once for each kind of sight that there is in a drawn state: nothing by chance.

A kind says what somebody sees of a case and what they nearly see: a part that has ended, a consent
that was taken back, a task that is done. The likeliest to be shown too much are so asked first.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from werkzeug.routing import Rule

from tests.barrier.asking import SEARCHES, Asked, Asker
from tests.barrier.oracle import Oracle
from tests.barrier.person import UNFINISHED, Person

#: How often each kind is asked for on a route: a page has several ways to be asked.
TIMES = 2
#: How often somebody asks a list, and a search, which words decide over.
LISTED, SOUGHT = 2, 6
#: What is asked so often.
SEARCHED = (*SEARCHES, "/henvis", "/personer/find", "/noegletal/<noegletal>")
#: What of a case has rows that an address may name.
NAMED = {
    "task_id": "work_items",
    "document_id": "documents",
    "note_id": "notes",
    "meeting_id": "meetings",
    "journal_no": "letters",
    "indstilling_id": "applications",
}
#: Forms that are drawn anew, or lead on to something: the other verbs ask the verbs' own filters.
DRAWN_ANEW = ("/formular", "/find", "/ret", "/opgaver/<task_id>", "/henvis")

#: The beginnings of routes that show nothing of any case.
OF_NO_CASE = (
    "/budget.",
    "/enheder",
    "/fravaer",
    "/noegletal.",
    "/overfoer",
    "/rundtur",
    "/tilgaengelighed",
    "/visninger",
    "/was",
)


def requests(
    rules: list[Rule], oracle: Oracle, names: list[str], tokens: list
) -> Iterator[tuple[str, Asked]]:
    """(user name, Asked), the rarest kinds first, and one of each route before a second of any."""
    asker, kinds = Asker(rules, oracle, random.Random(1), tokens), Kinds(oracle, names)
    routes = sorted(filter(_tells, asker.rules), key=lambda rule: rule.rule)
    chosen = [[(rule, *each) for each in kinds.chosen(rule)] for rule in routes]
    for one_of_each in zip_longest(*chosen):
        for rule, person, named in filter(None, one_of_each):
            real, none = asker.filled(rule)
            if named:
                none = {name: none[name] for name in real if none[name] != real[name]}
                real |= named
                none = real | none
            yield person.name, asker.of(person, rule, real, none)


def changed_first(oracle: Oracle, names: list[str]) -> list[str]:
    """Those first whose roles begin or end, or who stood in for somebody: a day decides over them."""
    rows = oracle.rows
    bounded = [row.username for row in rows.roles if row.valid_from or row.valid_to]
    changes = Counter(bounded + [row.deputy for row in rows.absences])
    return sorted(names, key=lambda name: -changes[name])


def _tells(rule: Rule) -> bool:
    # What is on paper stands on a page as well, and paper takes long to make.
    if rule.rule.startswith(OF_NO_CASE) or rule.rule == "/" or rule.rule.endswith(".pdf"):
        return False
    return "GET" in rule.methods or rule.rule.endswith(DRAWN_ANEW)


class Kinds:
    """The kinds of sight that there are in a state."""

    def __init__(self, oracle: Oracle, names: list[str]):
        self.oracle = oracle
        self.people = sorted(map(oracle.person, names), key=_nothing_hidden)
        self._sights = {
            (person.name, case.id): _sight(person, case)
            for person in self.people
            for case in oracle.rows.cases
        }

    def chosen(self, rule: Rule) -> list[tuple[Person, dict]]:
        """(person, what the address names): the first of each kind, and then the second."""
        kinds: dict[tuple, list] = {}
        for person in self.people:
            for named, kind in self._named(rule, person):
                kinds.setdefault(kind, []).append((person, named))
        rarest = sorted(kinds.values(), key=len)
        return [found[time] for time in range(TIMES) for found in rarest if time < len(found)]

    def _named(self, rule: Rule, person: Person) -> Iterator[tuple[dict, tuple]]:
        name = next((name for name in NAMED if name in rule.arguments), None)
        if name is None and "nummer" not in rule.arguments:
            for time in range(SOUGHT if rule.rule in SEARCHED else LISTED):
                yield {}, (time, person.name)
        elif name is None:
            for case in self.oracle.rows.cases:
                yield {"nummer": case.nummer}, self._sights[person.name, case.id]
        else:
            column = "journal_no" if name == "journal_no" else "id"
            for row in getattr(self.oracle.rows, NAMED[name]):
                named = {name: getattr(row, column)}
                if "nummer" in rule.arguments:
                    named["nummer"] = self.oracle.case[row.case_id].nummer
                sight = self._sights[person.name, row.case_id]
                yield named, (sight, _of_row(person, name, row))


def _sight(person: Person, case) -> tuple:
    """What the person sees of the case, and what they nearly see."""

    def ever(table: str, is_mine) -> bool:
        return any(is_mine(row) for row in person.oracle.of(table, case.id))

    return (
        person.parts(case),
        bool(case.locked),
        person.answers_for(case),
        ever("involvements", lambda row: row.unit in person.inner or row.username in person.me),
        ever("consents", lambda row: row.counterpart in person.outer),
        ever("appointments", lambda row: row.username in person.me),
        person.has_task_in(case),
    )


def _nothing_hidden(person: Person) -> tuple:
    """Those first who have to do with most that does not exist for them, and then the outsiders."""
    return -len(person.apart), -sum(map(len, person.hidden.values())), not person.outer


def _of_row(person: Person, name: str, row) -> tuple:
    if name == "task_id":
        mine, begun = person.lies_with_me(row), row.state in UNFINISHED
        # Every form is filled in with what is known already.
        return mine, begun, row.assignee in person.me, mine and begun and row.form_id
    if name in ("document_id", "note_id"):
        return person.paper(row), getattr(row, "part", "")
    return (person.meeting(row),) if name == "meeting_id" else ()
