"""What a letter tells counts from when it has left the house: rulings, and the time to complain."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from engine.casework import undated
from engine.casework.step import Step
from engine.domain import deadlines, rulings
from engine.domain.rules import RuleMissing


def letter_left(session: Session, case_id: str, keys: Collection[str], by: str) -> None:
    """Tell the rulings of these keys, in the caller's transaction.

    A ruling that another letter still carries is not told yet. Where no rule gives the day to
    complain by, somebody is asked for it.
    """
    if not keys:
        return
    step = Step(session, by)
    case = step.lock(case_id)
    for ruling in rulings.carried(session, case, keys):
        try:
            rulings.tell(session, case, ruling)
        except (RuleMissing, deadlines.NotComputable):
            undated.ask(step, case, rulings.TO_COMPLAIN)
        due = ruling.complain_by and ruling.complain_by.isoformat()
        step.record(case, "ruling_told", ruling=ruling.key, law=ruling.law, complain_by=due)
    step.save()
