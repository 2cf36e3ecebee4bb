"""The deadlines that run in a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine.domain import deadlines, rules
from engine.domain.cases import Case


@dataclass(frozen=True)
class Duty:
    name: str
    due: date
    overdue: bool
    words: str
    source: str
    local: bool


def running(session: Session, case: Case) -> list[Duty]:
    running = sorted(
        deadlines.open_deadlines(session, case), key=lambda row: (row.due_at, row.regel)
    )
    return [
        Duty(
            name=rules.name_of(session, row.regel),
            due=row.due,
            overdue=row.overdue,
            words=row.words,
            source=row.source or "",
            local=row.art == "lokal",
        )
        for row in running
    ]
