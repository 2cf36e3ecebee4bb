"""The plan and its goals at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import plan, plan_sight
from engine.domain.cases import Case
from engine.queries import labels


@dataclass(frozen=True)
class GoalLine:
    words: str
    state: str
    progress: int | None
    due: date | None


@dataclass(frozen=True)
class PlanLine:
    version: int
    state: str
    accepted_on: date | None
    goals: list[GoalLine]


def of_case(session: Session, username: str, case: Case) -> PlanLine | None:
    """The newest version; to a partner the one that holds, with what the citizen shares of it."""
    sight = plan_sight.of(session, username, case)
    newest = plan.newest(session, case) if sight.whole else plan.accepted(session, case)
    if newest is None:
        return None
    shared = {row["noegle"] for row in sight.of(newest.content)["maal"]}
    return PlanLine(
        version=newest.version,
        state=newest.state,
        accepted_on=newest.accepted_at and clock.local(newest.accepted_at).date(),
        goals=[
            GoalLine(
                row.own_words, labels.of(labels.GOAL_STATES, row.status), row.progress, row.due
            )
            for row in plan.goals(session, case)
            if row.to_version is None and (sight.whole or row.key in shared)
        ],
    )
