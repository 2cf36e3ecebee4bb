"""What exists for whom, at one moment: the rows as they lie, and each user's eyes on them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from engine.clock import COPENHAGEN
from tests.barrier.person import OF_SOMEBODY, Person
from tests.barrier.rows import Rows


class Oracle:
    """What exists for whom, at one moment."""

    def __init__(self, rows: Rows, now: datetime):
        self.rows = rows
        self.today = now.astimezone(COPENHAGEN).date().isoformat()
        self.partners = {unit.code for unit in rows.units if unit.partner}
        self.case = {case.id: case for case in rows.cases}
        self.numbered = {case.nummer: case for case in rows.cases}
        self.task = {task.id: task for task in rows.work_items}
        self.meeting = {meeting.id: meeting for meeting in rows.meetings}
        self._of = {
            name: _by_case(getattr(rows, name))
            for name in ("involvements", "consents", "appointments", "work_items", "parties")
        }
        self._known: dict[str, Person] = {}

    def person(self, username: str) -> Person:
        if username not in self._known:
            self._known[username] = Person(self, username)
        return self._known[username]

    def cases_of(self, canary) -> frozenset[str]:
        """The cases that the word tells of: a person's are all those that they are in."""
        if canary.part not in OF_SOMEBODY:
            return frozenset({canary.case_id} - {None})
        rows = self.rows.parties
        return frozenset(row.case_id for row in rows if row.person_id == canary.row)

    def of(self, table: str, case_id: str) -> list:
        return self._of[table].get(case_id, [])


def _by_case(rows: list) -> dict[str, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found
