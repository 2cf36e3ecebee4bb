"""The clock between steps: it stops wherever something is due, and that happens there and then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, select

from engine import casework, clock, jobs
from engine.casework.due import BUSY, STALE
from engine.jobs import Job
from engine.scenarios.cast import Stop
from engine.store import Store

#: More than any honest story: a job that arms itself again for the same moment, or every minute.
MOST_AT_ONCE, MOST_ON_THE_WAY = 1_000, 20_000
#: Sweeps look for what time has broken. Where nothing else happens they look daily for a week,
#: then weekly for a quarter, then monthly, and always on arrival: (so many looks, so far apart).
LOOKS = ((7, timedelta(days=1)), (20, timedelta(days=7)), (MOST_ON_THE_WAY, timedelta(days=30)))


# Made once: they are asked at every stop.
_DUE = (
    select(Job.id, Job.kind, Job.element, Job.due_at)
    .where(Job.state == jobs.WAITING, Job.due_at <= bindparam("until"))
    .order_by(Job.due_at, Job.id)
    .limit(1)
)
_JOB, _SWEEP = _DUE.where(Job.kind != jobs.SWEEP), _DUE.where(Job.kind == jobs.SWEEP)


class Passage:
    """Moves a virtual clock over everything that is due."""

    def __init__(self, store: Store, virtual: clock.VirtualClock):
        self.store, self.clock = store, virtual

    def settle(self) -> int:
        """What is due now happens now: asynchronous services, timers of no length."""
        return self.to(clock.now())

    def to(self, at: datetime) -> int:
        """Move to an aware moment, and how much happened on the way.

        Raises Stop when the moment has passed, or when the way has no end.
        """
        if at < clock.now():
            here = f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}"
            raise Stop("at", f"ikke før {here}", f"{clock.local(at):%Y-%m-%dT%H:%M}")
        done, here = 0, 0
        next_look, looks = clock.now() + LOOKS[0][1], 0
        while True:
            job, sweep = self._next(at)
            look = _look(sweep, next_look, job.due_at if job else at)
            if look is None and job is None:
                break
            before = clock.now()
            self.clock.move_to(max(look or job.due_at, before))
            if look is not None:
                self._sweep()
                looks += 1
                next_look = clock.now() + next(apart for most, apart in LOOKS if looks < most)
            else:
                self._carry_out(job)
                next_look, looks = clock.now() + LOOKS[0][1], 0
            here = here + 1 if clock.now() == before else 0
            done += 1
            if here > MOST_AT_ONCE or done > MOST_ON_THE_WAY:
                what = job or sweep
                raise Stop("at", "en ende", f"{what.element or what.kind} bliver ved med at ske")
        self.clock.move_to(at)
        return done

    def _next(self, until: datetime) -> tuple[Row | None, Row | None]:
        """The first job that is due by then, and the first sweep."""
        with self.store.reading() as session:
            job, sweep = (session.execute(q, {"until": until}).first() for q in (_JOB, _SWEEP))
        return job, sweep

    def _carry_out(self, job: Row) -> None:
        outcome = casework.wake(self.store, job.id)
        if outcome in (STALE, BUSY):
            raise Stop("at", "udført", f"{job.kind} {job.element or ''}: {outcome}")

    def _sweep(self) -> None:
        while (sweep := self._next(clock.now())[1]) is not None:
            self._carry_out(sweep)


def _look(sweep: Row | None, next_look: datetime, latest: datetime) -> datetime | None:
    """When to sweep, at the latest before something else happens; None where none is due by then."""
    if sweep is None or sweep.due_at > latest:
        return None
    return min(max(sweep.due_at, next_look), latest)
