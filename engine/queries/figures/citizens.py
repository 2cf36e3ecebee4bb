"""What citizens say themselves. Changes, never effects: nothing here says what caused them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain.closure import Closure
from engine.domain.registration import Registration
from engine.queries.figures.figure import CITIZENS, COUNT, SHARE, Period, Row, figure

_NO_ANSWER = "vil_ikke"
_HIGH = ("hoej", "meget_hoej")
_CHANGE = {
    "meget_bedre": "Bedre",
    "bedre": "Bedre",
    "uaendret": "Uændret",
    "vaerre": "Værre",
    "meget_vaerre": "Værre",
}


@figure(
    "K1",
    "Oplevet sammenhæng",
    SHARE,
    "Andel af de borgere, der svarede ved afslutningen, som i høj eller meget høj grad oplevede et sammenhængende forløb.",
    section=CITIZENS,
    unit="borgere",
)
def coherence(session: Session, period: Period) -> Iterator[Row]:
    query = select(Closure).where(
        Closure.closed_on.between(period.first, period.last),
        Closure.coherence.is_not(None),
        Closure.coherence != _NO_ANSWER,
    )
    for row in session.scalars(query):
        yield Row(row.case_id, row.closed_on, float(row.coherence in _HIGH))


@figure(
    "K12",
    "Trivsel, som borgeren selv ser den",
    COUNT,
    "Borgerens svar ved registrering 2 og 3 på, om livet er blevet bedre eller værre. Tallet viser ændring, ikke effekt.",
    section=CITIZENS,
    unit="borgere",
    grouped=True,
)
def wellbeing(session: Session, period: Period) -> Iterator[Row]:
    query = select(Registration).where(
        Registration.registered_on.between(period.first, period.last),
        Registration.number > 1,
        Registration.wellbeing_citizen.in_(_CHANGE),
    )
    for row in session.scalars(query):
        yield Row(row.case_id, row.registered_on, group=_CHANGE[row.wellbeing_citizen])
