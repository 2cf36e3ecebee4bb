"""What the inbox costs among very many open tasks, over many units of very different size.

The page is measured whole, from the request to its text, through the function that the caller gives:
the engine itself knows no pages.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.benchmarks.bench import Stopwatch, furnished
from engine.domain import access, deadlines
from engine.domain.cases import Case
from engine.domain.deadlines import Deadline
from engine.domain.organisation import Role, Unit, User
from engine.domain.people import Party, Person
from engine.instances import HELD, NEVER, OPEN, Instance, WorkItem
from engine.queries import inbox_asked, inbox_counts
from engine.queries.inbox_asked import Asked, Viewer
from engine.store import Store

UNITS, SAMPLES, AT_ONCE = 200, 21, 5_000
#: Works in the largest unit and two ordinary ones; in one where nearly every case is locked; outside.
WORKER, LOCKED_OUT, PARTNER = "maaling", "maaling-laast", "maaling-partner"
THREE, MOSTLY_LOCKED, OUTSIDE = ("M000", "M020", "M100"), "M001", "M002"
KINDS = ("Opfølgningssamtale", "Start indsats", "Udtalelse til udvalget", "Ring op", "Skriv planen")
RARE = "Sjælden"

#: `open_page(username)` gives a function from an address to the text of its page.
Opener = Callable[[str], Callable[[str], str]]


def inbox(database_url: str | None, tasks: int, opener: Callable[[Store], Opener]) -> dict:
    """Medians in ms: `tasks, first_page_ms, deep_page_ms, counts_ms`, and pages that find little.

    `first_page_cpu_ms` is the time on the processor alone, on average.
    `locked_page_ms`: nearly every case of the unit is locked. `partner_page_ms`: an outsider whom
    hardly any consent lets see whose tasks they are. `search_page_ms`: a name that one case has.
    """
    with furnished(database_url) as store:
        _fill(store, tasks)
        open_page = opener(store)
        worker, locked, partner = (open_page(who) for who in (WORKER, LOCKED_OUT, PARTNER))
        deep = _deep(store)
        return {
            "tasks": tasks,
            "first_page_ms": _median(lambda: worker("/opgaver?fane=ikke_fordelt")),
            "first_page_cpu_ms": _cpu(lambda: worker("/opgaver?fane=ikke_fordelt")),
            "deep_page_ms": _median(lambda: worker(f"/opgaver?fane=ikke_fordelt&efter={deep}")),
            "counts_ms": _median(lambda: _counts(store)),
            "filter_page_ms": _median(lambda: worker("/opgaver?fane=ikke_fordelt&type=Ring op")),
            "locked_page_ms": _median(lambda: locked("/opgaver?fane=ikke_fordelt")),
            "partner_page_ms": _median(lambda: partner("/opgaver?fane=ikke_fordelt")),
            "search_page_ms": _median(lambda: worker(f"/opgaver?fane=ikke_fordelt&ord={RARE}")),
        }


def _median(act: Callable[[], object]) -> float:
    watch = Stopwatch()
    act()
    for _ in range(SAMPLES):
        watch.time(act)
    return watch.median_ms


def _cpu(act: Callable[[], object]) -> float:
    """The processor's own time in this process: what a busy machine does not stretch as far."""
    began = time.process_time()
    for _ in range(SAMPLES):
        act()
    return round((time.process_time() - began) * 1000 / SAMPLES, 3)


def _counts(store: Store) -> None:
    with store.reading() as session:
        viewer, asked = Viewer.of(session, WORKER), Asked(tab=inbox_asked.FREE)
        inbox_counts.tabs(session, viewer, asked)
        inbox_counts.choices(session, viewer, asked)


def _deep(store: Store) -> str:
    """A place in the middle of the largest queue, as the address says it."""
    query = select(WorkItem.sort_at, WorkItem.id).where(WorkItem.desk == THREE[0])
    with store.reading() as session:
        rows = session.execute(query.order_by(WorkItem.sort_at, WorkItem.id)).all()
    at, id_ = rows[len(rows) // 2]
    return f"{int(at.timestamp()) * 1_000_000}-{id_}"


def _fill(store: Store, tasks: int) -> None:
    dice = random.Random(4)
    codes = [f"M{number:03}" for number in range(UNITS)]
    # The first unit has as much as the last hundred together, as in a real municipality.
    weights = [1 / (rank + 1) for rank in range(UNITS)]
    store.write(lambda session: _people(session, codes))
    owners = dice.choices(codes, weights=weights, k=tasks)
    for first in range(0, tasks, AT_ONCE):
        part = range(first, min(first + AT_ONCE, tasks))
        store.write(lambda session, part=part: _cases(session, part, owners, dice))
    store.write(_lock)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _people(session: Session, codes: list[str]) -> None:
    session.add_all(
        Unit(code=code, name=f"Enhed {code}", law_areas=[], partner=code == OUTSIDE)
        for code in codes
    )
    session.flush()
    held = {WORKER: THREE, LOCKED_OUT: (MOSTLY_LOCKED,), PARTNER: (OUTSIDE,)}
    for username, units in held.items():
        session.add(User(username=username, name=username.title(), skills=[]))
        session.flush()
        role = "partner" if username == PARTNER else "sagsbehandler"
        session.add_all(Role(username=username, unit=unit, role=role) for unit in units)


def _cases(session: Session, part: range, owners: list[str], dice: random.Random) -> None:
    """One case with a citizen, a duty and an open task for each number."""
    now, today = clock.now(), clock.today()
    rows: dict[type, list[dict]] = {
        kind: [] for kind in (Case, Person, Party, Instance, Deadline, WorkItem)
    }
    for number in part:
        id_, due = f"maaling-{number:07}", today + timedelta(days=dice.randint(-20, 200))
        due_at = None if number % 50 == 0 else deadlines.midnight(due)
        coordinator = f"koordinator-{dice.randint(1, 4)}" if number % 4 else None
        case = Case(owner_unit=owners[number], koordinator=coordinator)
        queue = ("ejer", owners[number], "koordinator")[dice.choice((0, 1, 1, 1, 2))]
        desk, person = access.place(queue, case)
        rows[Case].append(
            {
                "id": id_,
                "nummer": f"2025-{number:07}",
                "type": "koordinering",
                "tilstand": "PLAN_AKTIV",
                "owner_unit": owners[number],
                "koordinator": coordinator,
                "opened_at": now,
            }
        )
        name = f"{RARE if number == 7 else 'Anders'} Målesen {number}"
        rows[Person].append({"id": id_, "name": name})
        rows[Party].append(
            {"id": id_, "case_id": id_, "number": 1, "person_id": id_, "role": "borger"}
        )
        rows[Instance].append(
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
            }
        )
        rows[Deadline].append(
            {
                "id": id_,
                "case_id": id_,
                "regel": "KP-4",
                "start": now,
                "due": due,
                "due_at": deadlines.midnight(due + timedelta(days=1)),
                "planned": due,
                "art": "lokal",
                "words": "4 uger efter mødet (lokal beslutning)",
                "opened_at": now,
            }
        )
        rows[WorkItem].append(
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
                "unit": owners[number],
                "desk": desk,
                "person": person,
                "state": HELD if number % 40 == 1 else OPEN,
                "assignee": WORKER if number % 500 == 2 else None,
                "due_at": due_at,
                "sort_at": due_at or NEVER,
                "created_at": now,
            }
        )
    for kind, values in rows.items():
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
