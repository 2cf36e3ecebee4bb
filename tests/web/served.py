"""`overligger serve` in a process of its own, as if it were another day: served.py MOMENT ARGUMENTS.

The stories live in 2026; a server that asked the machine for the day would find every deadline of
theirs long past.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from engine import clock
from web import cli


class Later:
    """The machine's clock, so much later."""

    def __init__(self, by: timedelta):
        self._by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


if __name__ == "__main__":
    clock._clock = Later(datetime.fromisoformat(sys.argv.pop(1)) - datetime.now(UTC))
    cli.main(["serve", *sys.argv[1:]])
