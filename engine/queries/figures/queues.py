"""What waits in the units' queues, and what has waited too long (K20)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, select
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
    by_unit=True,
)
def overdue(session: Session, period: Period, unit: str | None = None) -> Iterator[Row]:
    query = _open(WorkItem.due_at, unit).where(WorkItem.due_at < clock.now())
    return _rows(session, query)


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
    by_unit=True,
)
def waiting(session: Session, period: Period, unit: str | None = None) -> Iterator[Row]:
    return _rows(session, _open(WorkItem.created_at, unit))


def _open(since: ColumnElement, unit: str | None) -> Select:
    """The open tasks of the unit, or of every one, with the moment that is counted from."""
    query = (
        select(WorkItem.case_id, since.label("since"), Unit.name, WorkItem.unit)
        .join(Unit, Unit.code == WorkItem.unit)
        .where(WorkItem.state == OPEN)
    )
    return query if unit is None else query.where(WorkItem.unit == unit)


def _rows(session: Session, query: Select) -> Iterator[Row]:
    today = clock.today()
    for case_id, since, name, unit in session.execute(query):
        yield Row(case_id, today, (today - day(since)).days, name, unit)
