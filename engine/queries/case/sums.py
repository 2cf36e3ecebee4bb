"""What has been applied for, and what was granted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain import escalation, grants
from engine.domain.cases import Case
from engine.queries import labels


@dataclass(frozen=True)
class Sum:
    what: str
    asked: Decimal
    granted: Decimal | None
    state: str


def of_case(session: Session, case: Case) -> list[Sum]:
    found = []
    for row in escalation.of_case(session, case):
        grant = grants.of(session, row)
        found.append(
            Sum(
                what=row.what,
                asked=row.amount,
                granted=grant and grant.amount,
                state=labels.of({}, grant.result if grant else row.state),
            )
        )
    return found
