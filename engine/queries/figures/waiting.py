"""How long citizens wait for us: the offer, the coordinator, the units' answers, the efforts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.appointment import COORDINATOR, Appointment
from engine.domain.efforts import Effort
from engine.domain.offers import Offer
from engine.domain.organisation import Unit
from engine.domain.referral import Referral
from engine.instances import DONE, WorkItem
from engine.queries.figures.figure import MEDIAN, SHARE, TIMELY, Period, Row, figure
from engine.queries.figures.moments import day, within

#: The forms by which a unit says what it can do, and begins.
_ANSWERS = ("bekraeft_deltagelse", "kommentar", "sektorplan", "start_indsats")


@figure(
    "K2",
    "Fra henvisning til tilbud",
    MEDIAN,
    "Dage fra kommunen modtog henvisningen, til borgeren fik tilbuddet. Tæller den måned, tilbuddet blev givet.",
    section=TIMELY,
    unit="dage",
)
def referral_to_offer(session: Session, period: Period) -> Iterator[Row]:
    first = (
        select(Referral.case_id, func.min(Referral.received_at).label("received_at"))
        .group_by(Referral.case_id)
        .subquery()
    )
    query = (
        select(Offer.case_id, first.c.received_at, func.min(Offer.offered_at))
        .join(first, first.c.case_id == Offer.case_id)
        .where(within(Offer.offered_at, period))
        .group_by(Offer.case_id, first.c.received_at)
    )
    for case_id, received, offered in session.execute(query):
        yield Row(case_id, day(offered), (day(offered) - day(received)).days)


@figure(
    "K3",
    "Fra borgerens ja til koordinator",
    MEDIAN,
    "Dage fra borgeren sagde ja til tilbuddet, til en koordinator var udpeget. Tæller den måned, koordinatoren blev udpeget.",
    section=TIMELY,
    unit="dage",
)
def yes_to_coordinator(session: Session, period: Period) -> Iterator[Row]:
    query = (
        select(Offer.case_id, Offer.answered_at, func.min(Appointment.valid_from))
        .join(Appointment, Appointment.case_id == Offer.case_id)
        .where(Offer.answer == "ja", Appointment.role == COORDINATOR)
        .group_by(Offer.case_id, Offer.answered_at)
    )
    for case_id, answered, appointed in session.execute(query):
        waited = (appointed - day(answered)).days
        if waited >= 0 and period.first <= appointed <= period.last:
            yield Row(case_id, appointed, waited)


@figure(
    "K8",
    "Indsatser startet til tiden",
    SHARE,
    "Andel af de indsatser, der skulle starte i perioden, som startede senest på den aftalte dag.",
    section=TIMELY,
    unit="indsatser",
)
def efforts_on_time(session: Session, period: Period) -> Iterator[Row]:
    last = min(period.last, clock.today())
    query = select(Effort).where(Effort.planned_start.between(period.first, last))
    for effort in session.scalars(query):
        if effort.started_on is None and not effort.live:
            continue  # it was given up before it began
        in_time = effort.started_on is not None and effort.started_on <= effort.planned_start
        yield Row(effort.case_id, effort.planned_start, float(in_time), unit=effort.unit)


@figure(
    "K9",
    "Enhedernes svartid",
    MEDIAN,
    "Dage fra en enhed blev bedt om at deltage, kommentere planen eller starte en indsats, til den svarede.",
    section=TIMELY,
    unit="dage",
    about_work=True,
)
def answers_of_units(session: Session, period: Period) -> Iterator[Row]:
    query = (
        select(WorkItem, Unit.name)
        .join(Unit, Unit.code == WorkItem.unit)
        .where(
            WorkItem.form_id.in_(_ANSWERS),
            WorkItem.state == DONE,
            within(WorkItem.completed_at, period),
        )
    )
    for item, unit in session.execute(query):
        waited = (day(item.completed_at) - day(item.created_at)).days
        yield Row(item.case_id, day(item.completed_at), waited, unit, item.unit)


@figure(
    "K17",
    "Aktivitetsparate unge: tilbud samme dag",
    SHARE,
    "Andel af de aktivitetsparate unge, som fik tilbuddet om koordinator den dag, de blev vurderet.",
    section=TIMELY,
    unit="unge",
)
def offered_the_same_day(session: Session, period: Period) -> Iterator[Row]:
    query = select(Offer).where(Offer.activity_ready, within(Offer.assessed_at, period))
    for offer in session.scalars(query):
        yield Row(offer.case_id, day(offer.assessed_at), float(offer.same_day))
