"""What waits in the units' queues, and what has waited too long (K20)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.organisation import Unit
from engine.instances import OPEN, WorkItem
from engine.queries.figures.figure import COUNT, WORK, Period, Row, figure
from engine.queries.figures.moments import day


@figure(
    "K20",
    "Opgaver over fristen",
    COUNT,
    "Åbne opgaver i enhedens kø, hvis frist er overskredet nu.",
    section=WORK,
    unit="opgaver",
    now=True,
    grouped=True,
    about_work=True,
)
def overdue(session: Session, period: Period) -> Iterator[Row]:
    for item, unit in session.execute(_open().where(WorkItem.due_at < clock.now())):
        late = (clock.today() - day(item.due_at)).days
        yield Row(item.case_id, clock.today(), late, unit, item.unit)


@figure(
    "K20-aabne",
    "Åbne opgaver",
    COUNT,
    "Alle åbne opgaver i enhedens kø nu.",
    section=WORK,
    unit="opgaver",
    now=True,
    grouped=True,
    about_work=True,
)
def waiting(session: Session, period: Period) -> Iterator[Row]:
    for item, unit in session.execute(_open()):
        waited = (clock.today() - day(item.created_at)).days
        yield Row(item.case_id, clock.today(), waited, unit, item.unit)


def _open():
    return (
        select(WorkItem, Unit.name)
        .join(Unit, Unit.code == WorkItem.unit)
        .where(WorkItem.state == OPEN)
    )
