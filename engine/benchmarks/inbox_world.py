"""A municipality with very many open tasks: units of very different size, about 30 cases a coordinator."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, consent, deadlines
from engine.domain.cases import Case, Involvement
from engine.domain.consent import Consent
from engine.domain.deadlines import Deadline
from engine.domain.organisation import Role, Unit, User
from engine.domain.people import Party, Person
from engine.instances import HELD, NEVER, OPEN, Instance, WorkItem
from engine.store import Store

UNITS, CASES_EACH, AT_ONCE = 200, 30, 5_000
#: Works in the largest unit and two ordinary ones, and coordinates; leads the largest; works where
#: nearly every case is locked; works outside.
WORKER, LEADER, LOCKED_OUT, PARTNER = (
    "maaling",
    "maaling-leder",
    "maaling-laast",
    "maaling-partner",
)
THREE, MOSTLY_LOCKED, OUTSIDE = ("M000", "M020", "M100"), "M001", "M002"
KINDS = ("Opfølgningssamtale", "Start indsats", "Udtalelse til udvalget", "Ring op", "Skriv planen")
#: One case has a citizen of the one name, all others of the other.
RARE, COMMON = "Sjælden", "Målesen"
#: How many cases a consent lets the outsider know.
DISCLOSED = 40


@dataclass
class _Plan:
    """Which case belongs to whom, drawn once."""

    owners: list[str]
    dice: random.Random
    _numbers: Counter[str] = field(default_factory=Counter)

    def coordinators(self, number: int) -> tuple[str | None, str | None]:
        """The next coordinator of the unit and their deputy; every tenth case has none yet."""
        unit = self.owners[number]
        if number % 10 == 0:
            return None, None
        nth = self._numbers[unit] // CASES_EACH
        self._numbers[unit] += 1
        return _coordinator(unit, nth), _coordinator(unit, nth + 1)


def fill(store: Store, tasks: int) -> None:
    """So many cases, each with a citizen, a duty and an open task."""
    dice = random.Random(4)
    codes = [f"M{number:03}" for number in range(UNITS)]
    # The first unit has as much as the last hundred together, as in a real municipality.
    weights = [1 / (rank + 1) for rank in range(UNITS)]
    owners = dice.choices(codes, weights=weights, k=tasks)
    store.write(lambda session: _people(session, Counter(owners)))
    plan = _Plan(owners, dice)
    for first in range(0, tasks, AT_ONCE):
        rows = list(_cases(plan, range(first, min(first + AT_ONCE, tasks))))
        store.write(lambda session, rows=rows: _insert(session, rows))
    store.write(_lock)
    store.write(_disclose)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _coordinator(unit: str, nth: int) -> str:
    return WORKER if (unit, nth) == (THREE[0], 0) else f"maaling-{unit}-{nth:03}"


def _people(session: Session, cases: Counter[str]) -> None:
    codes = [f"M{number:03}" for number in range(UNITS)]
    session.add_all(
        Unit(code=code, name=f"Enhed {code}", law_areas=[], partner=code == OUTSIDE)
        for code in codes
    )
    held = {(WORKER, unit): "sagsbehandler" for unit in THREE}
    held[LEADER, THREE[0]], held[PARTNER, OUTSIDE] = "leder", "partner"
    held[LOCKED_OUT, MOSTLY_LOCKED] = "sagsbehandler"
    for code in codes:
        for nth in range(cases[code] // CASES_EACH + 2):
            # An outside partner's own people are all alike.
            role = "partner" if code == OUTSIDE else "koordinator"
            held.setdefault((_coordinator(code, nth), code), role)
    session.flush()
    session.execute(
        insert(User.__table__),
        [
            {"username": who, "name": who.title(), "skills": [], "active": True}
            | {"email": f"{who}@maaling.example"}
            for who in dict.fromkeys(who for who, _ in held)
        ],
    )
    session.add_all(Role(username=who, unit=unit, role=role) for (who, unit), role in held.items())


def _cases(plan: _Plan, part: range) -> Iterator[tuple[type, dict]]:
    now, today, dice = clock.now(), clock.today(), plan.dice
    for number in part:
        id_, owner = f"maaling-{number:07}", plan.owners[number]
        due = today + timedelta(days=dice.randint(-20, 200))
        due_at = None if number % 50 == 0 else deadlines.midnight(due)
        coordinator, deputy = plan.coordinators(number)
        case = Case(owner_unit=owner, koordinator=coordinator, stedfortraeder=deputy)
        queue = ("ejer", owner, "koordinator")[dice.choice((0, 1, 1, 1, 2))]
        desk, person = access.place(queue, case)
        yield (
            Case,
            {
                "id": id_,
                "nummer": f"2025-{number:07}",
                "type": "koordinering",
                "tilstand": "PLAN_AKTIV",
                "owner_unit": owner,
                "koordinator": coordinator,
                "stedfortraeder": deputy,
                "opened_at": now,
            },
        )
        name = f"{RARE if number == 7 else 'Anders'} {COMMON} {number}"
        yield Person, {"id": id_, "name": name}
        citizen = {"id": id_, "case_id": id_, "number": 1, "person_id": id_, "role": "borger"}
        yield Party, citizen
        yield (
            Instance,
            {
                "id": id_,
                "case_id": id_,
                "process": "p",
                "release_id": "r",
                "revision": 1,
                "state": b"",
                "scopes": b"",
                "started_at": now,
                "started_by": WORKER,
            },
        )
        yield (
            Deadline,
            {
                "id": id_,
                "case_id": id_,
                "regel": "KP-4",
                "start": now - timedelta(days=30),
                "due": due,
                "due_at": deadlines.midnight(due + timedelta(days=1)),
                "planned": due,
                "art": "lokal",
                "words": "4 uger efter mødet (lokal beslutning)",
                "opened_at": now,
            },
        )
        yield (
            WorkItem,
            {
                "id": id_,
                "instance_id": id_,
                "case_id": id_,
                "release_id": "r",
                "process": "p",
                "element": "e",
                "name": dice.choice(KINDS),
                "kind": "user",
                "queue": queue,
                "unit": owner if queue == owner else None,
                "desk": desk,
                "person": person,
                "state": HELD if number % 40 == 1 else OPEN,
                "assignee": WORKER if number % 500 == 2 else None,
                "due_at": due_at,
                "sort_at": due_at or NEVER,
                "created_at": now - timedelta(days=30),
            },
        )
        if number % 5 == 0:
            unit = f"M{dice.randrange(UNITS):03}"
            taking_part = {"id": id_, "case_id": id_, "unit": unit, "why": "indsats"}
            yield Involvement, taking_part | {"valid_from": today}


def _insert(session: Session, rows: list[tuple[type, dict]]) -> None:
    by_table: dict[type, list[dict]] = {}
    for kind, values in rows:
        by_table.setdefault(kind, []).append(values)
    for kind, values in by_table.items():
        session.execute(insert(kind.__table__), values)


def _lock(session: Session) -> None:
    """Of the unit's cases only a few are left open."""
    theirs = select(Case.id).where(Case.owner_unit == MOSTLY_LOCKED)
    few = session.scalars(theirs.order_by(Case.id).limit(3)).all()
    locked = update(Case).where(Case.owner_unit == MOSTLY_LOCKED, Case.id.not_in(few))
    session.execute(locked.values(locked=True))
    theirs = select(Case.id).where(Case.locked)
    session.execute(
        update(WorkItem).where(WorkItem.case_id.in_(theirs)).values(desk=None, person=None)
    )


def _disclose(session: Session) -> None:
    """In a few of the cases that the outsider has a task of the citizen lets them know."""
    theirs = select(WorkItem.case_id).where(WorkItem.desk == OUTSIDE).order_by(WorkItem.id)
    for id_ in session.scalars(theirs.limit(DISCLOSED)).all():
        session.add(
            Consent(
                case_id=id_,
                person_id=id_,
                kind=consent.DISCLOSE,
                counterpart=OUTSIDE,
                state=consent.IN_FORCE[0],
                given_at=clock.now(),
            )
        )
