"""What the inbox costs among very many open tasks, over many units of very different size.

Pages are measured whole, from the request to the text, through the function that the caller gives:
the engine itself knows no pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from engine import clock, mail
from engine.benchmarks.bench import Stopwatch, counting, furnished
from engine.benchmarks.inbox_world import (
    COMMON,
    LEADER,
    LOCKED_OUT,
    PARTNER,
    RARE,
    THREE,
    WORKER,
    fill,
)
from engine.domain import deadlines
from engine.domain.calendar import WorkingDays
from engine.instances import WorkItem
from engine.queries import inbox_asked, inbox_counts
from engine.queries.inbox_asked import Asked, Viewer
from engine.store import Store

SAMPLES = 11
FREE = "/opgaver?fane=ikke_fordelt"
#: What is asked for: name -> (who, address).
PAGES = {
    "first_page": (WORKER, FREE),
    "tab_mine": (WORKER, "/opgaver?fane=mine"),
    "tab_others": (WORKER, "/opgaver?fane=kolleger"),
    "tab_resting": (WORKER, "/opgaver?fane=bero"),
    "tab_done": (WORKER, "/opgaver?fane=loest"),
    "filters": (WORKER, "/opgaver/filtre?fane=ikke_fordelt"),
    "kind": (WORKER, f"{FREE}&type=Ring op"),
    "without_coordinator": (WORKER, f"{FREE}&koordinator=ingen"),
    "rare_name": (WORKER, f"{FREE}&ord={RARE}"),
    "common_name": (WORKER, f"{FREE}&ord={COMMON}"),
    "nearly_all_locked": (LOCKED_OUT, FREE),
    "partner": (PARTNER, FREE),
    "partner_common_name": (PARTNER, f"{FREE}&ord={COMMON}"),
    "bell": (WORKER, "/beskeder/antal"),
    "bell_of_leader": (LEADER, "/beskeder/antal"),
    "notices": (WORKER, "/beskeder"),
    "notices_of_leader": (LEADER, "/beskeder"),
}

#: `open_page(username)` gives a function from an address to the text of its page.
Opener = Callable[[str], Callable[[str], str]]


def inbox(database_url: str | None, tasks: int, opener: Callable[[Store], Opener]) -> dict:
    """`tasks, first_page_ms, deep_page_ms, counts_ms` (medians), and `asked`: what each of PAGES,
    the deep page, the counts and one beat of a morning's mails cost, as `{"ms", "cpu_ms", "statements"}`.

    `ms` is by the clock. `cpu_ms` is this process' own time on the processor, which a busy machine
    stretches less; PostgreSQL's own work is not in it.
    """
    with furnished(database_url) as store:
        fill(store, tasks)
        open_page = opener(store)
        people = {who: open_page(who) for who, _ in PAGES.values()}
        acts: dict[str, Callable[[], object]] = {
            name: lambda who=who, address=address: people[who](address)
            for name, (who, address) in PAGES.items()
        }
        deep = f"{FREE}&efter={_deep(store)}"
        acts["deep_page"] = lambda: people[WORKER](deep)
        acts["counts"] = lambda: _counts(store)
        asked = {name: _measured(store, act) for name, act in acts.items()}
        asked["mail_sweep"] = _sweep(store)
    heads = {f"{name}_ms": asked[name]["ms"] for name in ("first_page", "deep_page", "counts")}
    return {"tasks": tasks, **heads, "asked": asked}


def _measured(store: Store, act: Callable[[], object]) -> dict:
    with counting(store) as count:
        act()
    watch, began = Stopwatch(), time.process_time()
    for _ in range(SAMPLES):
        watch.time(act)
    worked = (time.process_time() - began) * 1000 / SAMPLES
    return {"ms": watch.median_ms, "cpu_ms": round(worked, 1), "statements": count.statements}


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


def _sweep(store: Store) -> dict:
    """The first beat of a morning's mails: `people` looked at, `mails` put by, `left` for later."""
    morning = WorkingDays().on_or_after(clock.today() + timedelta(days=1))
    at = deadlines.midnight(morning) + timedelta(hours=9)
    with clock.travelling(at), counting(store) as count:
        mails, began, worked = mail.Mails(store), time.perf_counter(), time.process_time()
        put = mails.put_due()
        worked, took = time.process_time() - worked, time.perf_counter() - began
    return {
        "ms": round(took * 1000, 1),
        "cpu_ms": round(worked * 1000, 1),
        "statements": count.statements,
        "people": mail.AT_ONCE,
        "mails": put,
        "left": mails.left,
    }
