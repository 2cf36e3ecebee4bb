"""How courses end: for which reasons, by withdrawal, with a return, and what citizens complain of."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from engine import clock
from engine.domain import complaints
from engine.domain.calendar import add_months
from engine.domain.cases import Case
from engine.domain.closure import REASONS
from engine.domain.complaints import Complaint
from engine.domain.consent import DRAFT, PLAN, WITHDRAWN, Consent
from engine.domain.deadlines import MET, OPEN, Deadline
from engine.domain.people import Party
from engine.queries.figures.figure import CITIZENS, COUNT, SHARE, Period, Row, figure
from engine.queries.figures.moments import day, within

_MISTAKE = "fejloprettet"
#: Months within which a citizen who comes again has come back (domain.md C9 K16).
_BACK_WITHIN = 12


@figure(
    "K14",
    "Samtykker trukket tilbage",
    SHARE,
    "Andel af de samtykker til plan og koordinator, der gjaldt i perioden, som borgeren trak tilbage i perioden.",
    section=CITIZENS,
    unit="samtykker",
)
def withdrawn(session: Session, period: Period) -> Iterator[Row]:
    query = select(Consent).where(
        Consent.kind == PLAN, Consent.state != DRAFT, Consent.given_at.is_not(None)
    )
    for consent in session.scalars(query):
        ended = consent.ended_at and day(consent.ended_at)
        if day(consent.given_at) > period.last or (ended and ended < period.first):
            continue
        gone = consent.state == WITHDRAWN and ended is not None and ended <= period.last
        yield Row(consent.case_id, ended if gone else min(period.last, clock.today()), float(gone))


@figure(
    "K15",
    "Klager, hvor borgeren får medhold",
    SHARE,
    "Andel af de klager, der blev afgjort i perioden, hvor kommunen selv eller Ankestyrelsen gav borgeren helt eller delvist medhold, eller sagen blev sendt tilbage.",
    section=CITIZENS,
    unit="klager",
)
def complaints_won(session: Session, period: Period) -> Iterator[Row]:
    query = select(Complaint).where(
        or_(within(Complaint.outcome_at, period), within(Complaint.closed_at, period))
    )
    for row in session.scalars(query):
        won = row.outcome in (complaints.CHANGED, complaints.SENT_BACK) or row.reassessed in (
            complaints.GRANTED,
            complaints.PARTLY,
        )
        yield Row(row.case_id, day(row.outcome_at or row.closed_at), float(won))


@figure(
    "K15-frist",
    "Klager genvurderet til tiden",
    SHARE,
    "Andel af klagerne, som kommunen genvurderede inden lovens frist.",
    section=CITIZENS,
    unit="klager",
)
def complaints_in_time(session: Session, period: Period) -> Iterator[Row]:
    query = select(Deadline).where(
        Deadline.occasion == "genvurdering",
        Deadline.due.between(period.first, min(period.last, clock.today())),
        Deadline.state.in_((MET, OPEN)),
    )
    for duty in session.scalars(query):
        if duty.state == MET or duty.overdue:
            kept = duty.state == MET and duty.ended_at < duty.due_at
            yield Row(duty.case_id, duty.due, float(kept))


@figure(
    "K16",
    "Afslutninger efter årsag",
    COUNT,
    "Forløb, der er afsluttet i perioden, efter årsag. Fejloprettede sager tæller ikke med.",
    section=CITIZENS,
    unit="forløb",
    grouped=True,
)
def closed(session: Session, period: Period) -> Iterator[Row]:
    for case in _closed(session, period):
        yield Row(case.id, day(case.closed_at), group=REASONS[case.afslutning_aarsag])


@figure(
    "K16-tilbage",
    "Borgere, der kommer tilbage",
    SHARE,
    "Andel af de afsluttede forløb, hvor borgeren fik et nyt forløb inden for 12 måneder.",
    section=CITIZENS,
    unit="forløb",
)
def came_back(session: Session, period: Period) -> Iterator[Row]:
    own, other, again = aliased(Party), aliased(Party), aliased(Case)
    for case in _closed(session, period):
        until = add_months(day(case.closed_at), _BACK_WITHIN)
        later = session.scalars(
            select(again.opened_at)
            .join(other, other.case_id == again.id)
            .join(own, own.person_id == other.person_id)
            .where(
                own.case_id == case.id,
                own.role == "borger",
                other.role == "borger",
                again.id != case.id,
                again.opened_at > case.closed_at,
            )
        )
        back = any(day(opened) <= until for opened in later)
        yield Row(case.id, day(case.closed_at), float(back))


def _closed(session: Session, period: Period) -> list[Case]:
    query = select(Case).where(
        within(Case.closed_at, period),
        Case.afslutning_aarsag.in_([reason for reason in REASONS if reason != _MISTAKE]),
    )
    return list(session.scalars(query))
