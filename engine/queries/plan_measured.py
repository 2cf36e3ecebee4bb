"""Where each goal of a plan stood at the follow-up before the last, and where it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import followup, plan
from engine.domain.cases import Case
from engine.queries import labels


@dataclass(frozen=True)
class Measured:
    """One goal at the follow-up before, and now."""

    goal: str
    then: str
    now: str
    words: str


def measured(session: Session, case: Case) -> tuple[date | None, tuple[Measured, ...]]:
    """The day of the last follow-up, and each goal against the one before; None before the first."""
    query = select(followup.FollowUp).where(followup.FollowUp.case_id == case.id)
    held = list(session.scalars(query.order_by(followup.FollowUp.registered_at.desc()).limit(2)))
    if not held:
        return None, ()
    found: dict[str, dict[str, followup.Progress]] = {row.id: {} for row in held}
    rows = select(followup.Progress).where(followup.Progress.followup_id.in_(found))
    for row in session.scalars(rows):
        found[row.followup_id][row.goal_key] = row
    before = found[held[1].id] if len(held) == 2 else {}
    return held[0].held_on, tuple(
        _against(goal, before.get(goal.key)) for goal in plan.goals(session, case)
    )


def _against(goal: plan.Goal, before: followup.Progress | None) -> Measured:
    now = _standing(goal.status, goal.progress)
    if before is None:
        return Measured(goal.own_words, "Ikke målt før", now, "Målt første gang")
    then = _standing(before.status, before.progress)
    if goal.progress is None or before.progress is None or goal.progress == before.progress:
        said = "Som sidst" if then == now else "Ændret"
    else:
        ahead = goal.progress > before.progress
        said = f"{'Frem' if ahead else 'Tilbage'} fra {before.progress} til {goal.progress}"
    return Measured(goal.own_words, then, now, said)


def _standing(status: str, progress: int | None) -> str:
    name = labels.of(labels.GOAL_STATES, status)
    return name if progress is None else f"{name}, {progress} af 10"
