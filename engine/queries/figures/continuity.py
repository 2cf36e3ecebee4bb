"""How many people a citizen has to know, and how many citizens a person has to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.appointment import COORDINATING, Appointment
from engine.domain.calendar import add_months
from engine.domain.case_roles import CaseRole
from engine.domain.cases import Case
from engine.domain.efforts import LIVE, Effort
from engine.domain.organisation import User
from engine.domain.workload import STAGES
from engine.queries.figures.figure import COUNT, COURSES, MEAN, SHARE, WORK, Period, Row, figure

_COORDINATED = tuple(state for states in STAGES.values() for state in states)


@figure(
    "K5",
    "Borgere uden skift af koordinator",
    SHARE,
    "Andel af de løbende forløb, der har haft den samme koordinator i de seneste 12 måneder. Som det står i dag.",
    section=COURSES,
    unit="forløb",
    now=True,
)
def without_change(session: Session, period: Period) -> Iterator[Row]:
    since = add_months(clock.today(), -12)
    query = (
        select(Appointment.case_id, Appointment.username)
        .join(Case, Case.id == Appointment.case_id)
        .where(
            Case.closed_at.is_(None),
            Case.koordinator.is_not(None),
            Appointment.role.in_(COORDINATING),
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= since),
        )
    )
    seen: dict[str, set[str]] = defaultdict(set)
    for case_id, username in session.execute(query):
        seen[case_id].add(username)
    for case_id, coordinators in seen.items():
        yield Row(case_id, clock.today(), float(len(coordinators) == 1))


@figure(
    "K6",
    "Fagpersoner om hver borger",
    MEAN,
    "Koordinator, stedfortræder, fagpersoner med en rolle i sagen og ansvarlige for indsatser i gang, i gennemsnit for hvert løbende forløb. Som det står i dag.",
    section=COURSES,
    unit="personer",
    now=True,
)
def professionals(session: Session, period: Period) -> Iterator[Row]:
    people: dict[str, set[str]] = {}
    query = select(Case).where(Case.closed_at.is_(None), Case.tilstand.in_(_COORDINATED))
    names = dict(session.execute(select(User.username, User.name)).all())
    for case in session.scalars(query):
        own = {case.koordinator, case.stedfortraeder} - {None}
        people[case.id] = {names.get(username, username) for username in own}
    today = clock.today()
    roles = select(CaseRole.case_id, CaseRole.who).where(
        CaseRole.valid_from <= today, or_(CaseRole.valid_to.is_(None), CaseRole.valid_to >= today)
    )
    efforts = select(Effort.case_id, Effort.responsible).where(
        Effort.status.in_(LIVE), Effort.responsible.is_not(None)
    )
    for query in (roles, efforts):
        for case_id, who in session.execute(query):
            if case_id in people:
                people[case_id].add(names.get(who, who))
    for case_id, known in people.items():
        yield Row(case_id, today, len(known))


@figure(
    "K13",
    "Forløb hos hver koordinator",
    COUNT,
    "Løbende forløb hos hver koordinator i dag. Belastningen i procent af normen står for sig, fordi forløb i opstart vejer mere end forløb i drift.",
    section=WORK,
    unit="forløb",
    now=True,
    grouped=True,
    about_work=True,
    of_staff=True,
)
def coordinated(session: Session, period: Period) -> Iterator[Row]:
    query = (
        select(Case.id, User.name)
        .join(User, User.username == Case.koordinator)
        .where(Case.closed_at.is_(None), Case.tilstand.in_(_COORDINATED))
    )
    for case_id, name in session.execute(query):
        yield Row(case_id, clock.today(), group=name)


@figure(
    "K19",
    "Forløb efter organisationsmodel",
    COUNT,
    "Løbende forløb i dag efter den model, de blev åbnet i.",
    section=COURSES,
    unit="forløb",
    now=True,
    grouped=True,
)
def by_model(session: Session, period: Period) -> Iterator[Row]:
    query = select(Case.id, Case.organisationsmodel).where(
        Case.closed_at.is_(None), Case.organisationsmodel.is_not(None)
    )
    for case_id, model in session.execute(query):
        yield Row(case_id, clock.today(), group=_MODELS.get(model, model))


_MODELS = {
    "A_en_organisation": "A: én organisation",
    "B_matrix": "B: matrix",
    "C_samarbejde_visitationsudvalg": "C: samarbejde med visitationsudvalg",
}
