"""Whether plans are good and followed up on time, the law's deadlines apart from the local ones."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.cases import Case
from engine.domain.deadlines import MET, OPEN, Deadline
from engine.domain.plan import ACCEPTED, CONTENTS, Plan
from engine.domain.registration import Registration
from engine.queries.figures.figure import COURSES, SHARE, TIMELY, Period, Row, figure

LAW, LOCAL = "Lovens frister", "Kommunens egne frister"
_WITH_PLAN = ("PLAN_AKTIV", "PLAN_REVIDERES")


@figure(
    "K4",
    "Opfølgninger holdt til tiden",
    SHARE,
    "Andel af de opfølgninger, der skulle være holdt i perioden, som blev holdt senest på fristen. Lovens frister tælles for sig og kommunens egne for sig.",
    section=TIMELY,
    unit="opfølgninger",
    grouped=True,
)
def held_on_time(session: Session, period: Period) -> Iterator[Row]:
    last = min(period.last, clock.today())
    query = select(Deadline).where(
        Deadline.occasion.like("%opfoelgning%"),
        Deadline.due.between(period.first, last),
        Deadline.state.in_((MET, OPEN)),
    )
    for duty in session.scalars(query):
        if duty.state == OPEN and not duty.overdue:
            continue  # there is still time
        kept = duty.state == MET and duty.ended_at < duty.due_at
        yield Row(duty.case_id, duty.due, float(kept), LOCAL if duty.art == "lokal" else LAW)


@figure(
    "K7",
    "Planer med alle fem dele og borgerens ja",
    SHARE,
    "Andel af de løbende forløb, hvor den nyeste plan har alle fem dele og borgeren har sagt ja til den. Som det står i dag.",
    section=COURSES,
    unit="planer",
    now=True,
)
def whole_plans(session: Session, period: Period) -> Iterator[Row]:
    latest = (
        select(Plan.case_id, func.max(Plan.version).label("version"))
        .where(Plan.state == ACCEPTED)
        .group_by(Plan.case_id)
        .subquery()
    )
    query = (
        select(Case.id, Plan)
        .outerjoin(latest, latest.c.case_id == Case.id)
        .outerjoin(Plan, (Plan.case_id == Case.id) & (Plan.version == latest.c.version))
        .where(Case.tilstand.in_(_WITH_PLAN), Case.closed_at.is_(None))
    )
    for case_id, plan in session.execute(query):
        whole = plan is not None and all(plan.content.get(part) for part in CONTENTS)
        yield Row(case_id, clock.today(), float(whole))


@figure(
    "K11",
    "Registreringer gennemført",
    SHARE,
    "Andel af registrering 1, 2 og 3, der er gennemført. En registrering, som borgeren har sagt nej til, tæller som ikke gennemført.",
    section=COURSES,
    unit="registreringer",
    grouped=True,
)
def registrations(session: Session, period: Period) -> Iterator[Row]:
    query = select(Registration).where(
        Registration.registered_on.between(period.first, period.last)
    )
    for row in session.scalars(query):
        done = row.missing_because is None
        yield Row(row.case_id, row.registered_on, float(done), f"Registrering {row.number}")
