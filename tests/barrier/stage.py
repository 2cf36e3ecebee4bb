"""The world as a scene lays it by hand, and the site over it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

from engine.domain import access
from tests.barrier.asking import Asked
from tests.barrier.result import Result
from tests.barrier.site import Site
from tests.barrier.state import State
from tests.barrier.world import NOW, Connection


class Stage:
    """The rows of the world, to be changed by hand. What is added gets the ids 1, 2, 3…"""

    def __init__(self, db: Connection):
        self.db = db
        self._last = 0

    # --- rows -------------------------------------------------------------------------------------

    def one(self, query: str, *values) -> str:
        """The first value that the query finds."""
        return self.db.execute(query, values).fetchone()[0]

    def change(self, table: str, where: str, **values) -> None:
        assigned = ", ".join(f"{name} = ?" for name in values)
        self.db.execute(f"update {table} set {assigned} where {where}", tuple(values.values()))

    def add(self, table: str, **values) -> str:
        """The id of the new row."""
        self._last += 1
        values = {"id": str(self._last)} | values
        marks = ", ".join("?" * len(values))
        self.db.execute(
            f"insert into {table} ({', '.join(values)}) values ({marks})", tuple(values.values())
        )
        return values["id"]

    # --- cases ------------------------------------------------------------------------------------

    def case(self, nummer: str) -> str:
        return self.one("select id from cases where nummer = ?", nummer)

    def lock(self, case_id: str) -> None:
        self.change("cases", f"id = '{case_id}'", locked=1)
        self.change(
            "work_items",
            f"case_id = '{case_id}' and state in ('open', 'held')",
            desk=None,
            person=None,
        )

    def takes_part(self, case_id: str, unit: str) -> None:
        told = {"why": "proevet", "unit": unit, "valid_from": "2026-12-01"}
        self.add("involvements", case_id=case_id, **told)

    def agreed(self, case_id: str, partner: str, kinds: list[str], person: str = "") -> None:
        """The citizen lets the partner know; all that was agreed to in the case before is gone."""
        self.add(
            "consents",
            case_id=case_id,
            person_id=person or self.citizen(case_id),
            kind="videregivelse",
            counterpart=partner,
            data_types=json.dumps(kinds),
            purpose="proevet",
            state="givet",
            given_at="2026-12-01 08:00:00.000000",
            consequence_told=1,
            given_by='["borger"]',
        )

    def citizen(self, case_id: str, place: int = 0) -> str:
        query = (
            "select person_id from parties where case_id = ? and role = 'borger'"
            f" order by number limit 1 offset {place}"
        )
        return self.one(query, case_id)

    # --- tasks ------------------------------------------------------------------------------------

    def task(self, case_id: str, element: str, queue: str = "%") -> str:
        """One that is open, where there is such."""
        query = (
            "select id from work_items where case_id = ? and element = ? and queue like ?"
            " order by state = 'open' desc, rowid"
        )
        return self.one(query, case_id, element, queue)

    def lies(self, task_id: str, queue: str) -> None:
        """The task lies open in another queue, with nobody by name."""
        names = "owner_unit, koordinator, stedfortraeder, referred_by, locked"
        query = (
            f"select {names} from cases where id = (select case_id from work_items where id = ?)"
        )
        row = self.db.execute(query, (task_id,)).fetchone()
        case = SimpleNamespace(**dict(zip(names.split(", "), row, strict=True)))
        desk, person = access.place(queue, case)
        told = {"queue": queue, "desk": desk, "person": person, "assignee": None, "state": "open"}
        self.change("work_items", f"id = '{task_id}'", **told)


class Laid(State):
    """The site as a scene has laid it, at the world's own moment."""

    def __init__(self, site: Site, scene: Callable[[Stage], tuple[str, Asked]]):
        super().__init__(site, 0, 1, Result())
        self._scene = scene

    def _lay(self, db: Connection) -> None:
        self.username, self.asked = self._scene(Stage(db))
        db.commit()

    def _moment(self) -> datetime:
        return NOW

    def _feeds(self) -> list[str]:
        self.feed_of = {}
        return []
