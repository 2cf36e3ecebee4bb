"""Deadlines as a diagram starts, meets and cancels them."""

from __future__ import annotations

from datetime import date, datetime

from engine.domain import deadlines
from engine.domain.deadlines import Deadline
from engine.domain.rules import RuleMissing
from engine.services import Context, service


def begin(
    context: Context,
    regel: str,
    start: date | datetime | None = None,
    subject: str | None = None,
) -> Deadline | None:
    """Open the duty; where no rule gives a date, open the tasks "Fastsæt frist" and "Regel mangler".

    Returns None when the date is still to be set by a person.
    """
    try:
        return deadlines.start(context.session, context.case, regel, start, subject)
    except (RuleMissing, deadlines.NotComputable):
        ask_for_day(context, regel)
        return None


def ask_for_day(context: Context, regel: str) -> None:
    """No rule gives a date: somebody sets it in the case, and the process owner hears of it."""
    if context.start("frist_uden_regel", {"regel": regel}):
        context.start("manglende_regel", {"regel": regel}, case_free=True)
        context.record("rule_missing", regel=regel)


@service("start_frist")
def start_deadline(
    context: Context, regel: str, fra: str | None = None, emne: str | None = None, **_: object
) -> dict | None:
    """Start en frist efter fristtabellen, talt fra en dato (ellers fra nu)."""
    begin(context, regel, date.fromisoformat(fra) if fra else None, emne)


@service("opfyld_frist")
def meet_deadline(
    context: Context, regel: str, bevis: str | None = None, emne: str | None = None, **_: object
) -> dict | None:
    """Marker en frist som overholdt med et bevis."""
    deadlines.meet(
        context.session, context.case, regel, bevis or f"{context.process}/{context.element}", emne
    )


@service("annuller_frist")
def cancel_deadline(
    context: Context, regel: str, grund: str = "", emne: str | None = None, **_: object
) -> dict | None:
    """Lad en frist falde bort med en grund."""
    deadlines.cancel(context.session, context.case, regel, grund, emne)
