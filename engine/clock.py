"""The one clock. Everything that asks what time it is asks here.

Real time by default; `travelling` replaces it with a virtual clock for scenarios and tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class VirtualClock:
    """A clock that stands still until somebody moves it forward."""

    def __init__(self, at: datetime):
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, at: datetime) -> None:
        """Move to an aware moment; time never goes backwards."""
        at = at.astimezone(UTC)
        if at < self._now:
            raise ValueError(f"the clock stands at {self._now} and cannot go back to {at}")
        self._now = at

    def advance(self, **duration: float) -> None:
        self.move_to(self._now + timedelta(**duration))


class _RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


_clock: VirtualClock | _RealClock = _RealClock()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _clock.now()


def today() -> date:
    """The calendar day in Copenhagen: legal days are local days."""
    return now().astimezone(COPENHAGEN).date()


def local(moment: datetime) -> datetime:
    """The same moment as the wall clock in Copenhagen shows it."""
    return moment.astimezone(COPENHAGEN)


@contextmanager
def travelling(start: datetime) -> Iterator[VirtualClock]:
    """Put a virtual clock in place of the real one for the length of the block.

    A naive start is Copenhagen wall-clock time.
    """
    global _clock
    if start.tzinfo is None:
        start = start.replace(tzinfo=COPENHAGEN)
    before, _clock = _clock, VirtualClock(start)
    try:
        yield _clock
    finally:
        _clock = before
