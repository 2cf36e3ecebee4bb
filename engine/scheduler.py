"""Pumps due jobs on one machine: one interval job of APScheduler, in memory, over the job table.

The table is the truth; this only looks at it. Several processes may pump on PostgreSQL, where a
job that somebody works on is skipped. On SQLite one process serves and pumps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from apscheduler.schedulers.background import BackgroundScheduler

from engine import anchors, casework, mail, outbox
from engine.store import Store

log = logging.getLogger(__name__)

#: Every so many beats it is seen whether a deployment brought new timer start events.
ARM_EVERY = 60
#: Every so many beats it is recorded how far every chain has come: hourly, at a beat a second.
CHECKPOINT_EVERY = 3600
#: Every so many beats mails are put by: what is told at once is told within half a minute.
MAILS_EVERY = 30


class Pump:
    """Runs what is due every `seconds` until it is stopped."""

    def __init__(
        self,
        store: Store,
        seconds: float = 1.0,
        senders: Mapping[str, Callable[[outbox.Outgoing], None]] | None = None,
    ):
        self.store, self.seconds, self.senders = store, seconds, dict(senders or {})
        self._scheduler, self._beats = BackgroundScheduler(timezone="UTC"), 0
        self._mails = mail.Mails(store)

    def start(self) -> Pump:
        self._scheduler.add_job(
            self.beat,
            "interval",
            seconds=self.seconds,
            id="pump",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        return self

    def beat(self) -> None:
        """One round. An error is logged and the pump goes on."""
        try:
            if self._beats % ARM_EVERY == 0:
                casework.arm(self.store)
            if self._beats % CHECKPOINT_EVERY == 0:
                self.store.write(anchors.checkpoint)
            if self._beats % MAILS_EVERY == 0:
                self._mails.put_due()
            self._beats += 1
            casework.run_due(self.store)
            outbox.send_due(self.store, self.senders)
        except Exception:
            log.exception("the pump missed a beat")

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)
