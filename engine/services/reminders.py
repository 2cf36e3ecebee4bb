"""Reminders of a deadline, as the diagram `paamind_om_frist` calls them."""

from __future__ import annotations

from datetime import datetime

from engine import outbox
from engine.domain import deadlines, notices
from engine.domain.calendar import WorkingDays
from engine.domain.deadlines import Deadline
from engine.domain.organisation import LEADER_SUFFIX
from engine.services import Context, service
from engine.services.deadlines import begin

#: Per cent of the time gone when somebody is reminded: a local decision.
PERCENTAGES = notices.DEFAULT_PERCENTAGES


@service("start_frist_med_paamindelser")
def begin_with_reminders(context: Context, regel: str, **_: object) -> dict | None:
    """Start en frist, talt fra nu, og mind om den undervejs."""
    if begin(context, regel) is not None:
        context.start("paamind_om_frist", {"regel": regel})


@service("find_paamindelse")
def find_next(
    context: Context, regel: str, paamindet: int | None = None, **_: object
) -> dict | None:
    """Find, hvornår der næste gang skal mindes om fristen."""
    running = deadlines.open_deadlines(context.session, context.case, regel)
    wanted = context.setting("paamindelser", list(PERCENTAGES))
    left = [p for p in sorted(wanted) if p > (paamindet or 0)]
    if not running or not left:
        return {"paamind_kl": None, "paamind_procent": None}
    days = WorkingDays.of(context.session)
    return {
        "paamind_kl": moment(running[-1], left[0], days).isoformat(),
        "paamind_procent": left[0],
    }


@service("paamind")
def remind(context: Context, regel: str, paamind_procent: int, **_: object) -> dict | None:
    """Mind den ansvarlige enhed om fristen, og lederen, når den er overskredet."""
    if deadlines.open_deadlines(context.session, context.case, regel):
        unit = context.case.owner_unit or ""
        over = paamind_procent >= max(PERCENTAGES)
        outbox.put(
            context.session,
            "paamindelse",
            case_id=context.case.id,
            regel=regel,
            procent=paamind_procent,
            til=unit + LEADER_SUFFIX if over else unit,
        )
        context.record("reminded", rule=regel, percent=paamind_procent, overdue=over)
    return {"paamindet": paamind_procent}


def moment(deadline: Deadline, percent: int, days: WorkingDays) -> datetime:
    """When that share of the deadline's time has gone; for a duty in days, the working day's start."""
    return notices.moment(deadline.start, deadline.due_at, percent, days)
