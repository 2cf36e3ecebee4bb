"""What the committee and the leaders decide on applications, and how soon (K10)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain.escalation import Application
from engine.domain.grants import GRANTED, PARTLY, REFUSED, Grant
from engine.queries.figures.figure import COUNT, GRANTS, MEDIAN, Period, Row, figure
from engine.queries.figures.moments import day, within

_RESULTS = {GRANTED: "Bevilget", PARTLY: "Delvist bevilget", REFUSED: "Afslag"}
_UNDECIDED = "Ikke afgjort endnu"


@figure(
    "K10",
    "Indstillinger",
    COUNT,
    "Indstillinger skrevet i perioden, efter hvad der blev besluttet.",
    section=GRANTS,
    unit="indstillinger",
    grouped=True,
)
def applications(session: Session, period: Period) -> Iterator[Row]:
    for row, grant in session.execute(_written(period)):
        group = _RESULTS.get(grant.result, _UNDECIDED) if grant else _UNDECIDED
        yield Row(row.case_id, day(row.written_at), group=group)


@figure(
    "K10-dage",
    "Fra indstilling til beslutning",
    MEDIAN,
    "Dage fra indstillingen blev skrevet, til den blev besluttet. Tæller den måned, den blev skrevet.",
    section=GRANTS,
    unit="dage",
)
def days_to_decide(session: Session, period: Period) -> Iterator[Row]:
    for row, grant in session.execute(_written(period)):
        if grant is not None:
            waited = (day(grant.decided_at) - day(row.written_at)).days
            yield Row(row.case_id, day(row.written_at), waited)


def _written(period: Period):
    return (
        select(Application, Grant)
        .outerjoin(Grant, Grant.application_id == Application.id)
        .where(within(Application.written_at, period))
    )
