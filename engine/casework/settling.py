"""A grant whose time is over is settled: Økonomi notes the last bills, and the rest is free again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import clock, diagrams
from engine.domain import spending

if TYPE_CHECKING:
    from engine.casework.step import Step

PROCESS = "opgoer_bevilling"


def sweep(step: Step) -> None:
    """Ask Økonomi to settle each grant that is over, once."""
    for case_id, grant in spending.over(step.session, clock.today()):
        case = step.lock(case_id)
        try:
            step.start(case, PROCESS, {"indstilling_id": grant.application_id})
        except diagrams.UnknownProcess:
            continue  # a database without the process: another round asks again
        grant.over_at = clock.now()
        step.record(case, "grant_over", application=grant.application_id)
