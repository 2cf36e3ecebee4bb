"""What must hold of every citizen's case (domain.md C4): some things are refused, some are mended.

`refuse` stands before the commit of a step that changed a case's state or its consents: (i) no plan
without a consent to it, (iv) no closing while something is owed, (vi) nobody is invited to hear what
the citizen no longer agrees to. (v) no grant without cover is the budget line's own constraint.
`missing` finds what time or a colleague's leaving has broken: (ii) a deputy, (iii) a follow-up, and a
future at all; it becomes a task, because somebody has to decide something.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, event, exists, or_, select
from sqlalchemy.orm import Session, object_session

from engine import clock, jobs
from engine.domain import appointment, closure, consent, deadlines, followup, meetings
from engine.domain.cases import CITIZEN_TYPES, CLOSED, Case
from engine.domain.consent import Consent
from engine.domain.deadlines import Deadline
from engine.domain.meetings import Meeting
from engine.errors import Refused
from engine.instances import UNFINISHED, WorkItem
from engine.jobs import Job

#: The task while a case has nothing ahead of it, its process, and the message that closes it.
FUTURE_TASK, FUTURE_PROCESS, FUTURE_FOUND = (
    "sag_uden_fremtid",
    "find_naeste_skridt",
    "fremtid_fundet",
)
#: Tasks that mend something beside the case's own way: they are no step forward in it.
BESIDE = (FUTURE_TASK, appointment.DEPUTY_TASK)
#: Tasks in which a follow-up's date is being decided because no rule gives it.
DECIDING = ("fastsaet_frist",)
#: A birthday or the end of help comes by itself; nobody has anything to do in the meantime.
NO_FUTURE_TIMERS = ("fylder_18", "naeste_fylder_18", "perioden_er_slut")
NEXT_STEP = "NAESTE-SKRIDT"
#: Kinds of invitees who may only hear about the citizen when the citizen agrees (D7).
BY_CONSENT = ("partner", "netvaerk", "politi", "ssp_psp", "myndighed")
_CHANGED = "cases_with_changed_consents"


class PlanUdenSamtykke(Refused):
    """Der er intet gyldigt samtykke til planen, så sagen kan ikke have en. Tal med borgeren, og registrer samtykket først."""


class ModtagerUdenSamtykke(Refused):
    """{hvem} er inviteret til et møde, men borgeren har ikke længere sagt ja til, at vedkommende får oplysninger. Tag vedkommende af mødet først."""


@event.listens_for(Consent.state, "set")
def _consent_changes(row: Consent, value: str, before: object, _: object) -> None:
    session = object_session(row)
    if session is not None and value != before:
        session.info.setdefault(_CHANGED, set()).add(row.case_id)


def changed_consents(session: Session) -> set[str]:
    """Ids of the cases in which a consent changed its state since this was asked last."""
    return session.info.pop(_CHANGED, set())


def refuse(session: Session, case: Case) -> None:
    """Raise where the case, as it now stands, breaks (i), (iv) or (vi)."""
    if case.type not in CITIZEN_TYPES or case.locked:
        return
    if has_plan(case) and not consent.in_force(session, case, consent.PLAN):
        raise PlanUdenSamtykke
    if case.tilstand in CLOSED and case.afslutning_aarsag not in closure.OWNED_BY_A_LAWYER:
        found = closure.obstacles(session, case)
        if found:
            raise closure.SagenKanIkkeLukkes(hvad="; ".join(found))
    for meeting in meetings.planned(session, case):
        for row in meeting.invited:
            needs = row.kind in BY_CONSENT and row.answer == "tilladt"
            if needs and not consent.covers(session, case, row.who):
                raise ModtagerUdenSamtykke(hvem=row.who)


def has_plan(case: Case) -> bool:
    """Whether a citizen's case stands in a state of its plan: by (i) a consent to it is in force."""
    kept = case.type in CITIZEN_TYPES and not case.locked
    return kept and (case.tilstand or "").startswith("PLAN_")


def keeps(case: Case) -> bool:
    """Whether the case must have a future: an open one of a citizen."""
    return case.type in CITIZEN_TYPES and case.open and not case.locked


def needs_follow_up(session: Session, case: Case) -> bool:
    """An active plan without a follow-up ahead, and nobody deciding when (C4 iii)."""
    return case.tilstand == "PLAN_AKTIV" and not followup.duties(session, case)


def has_future(session: Session, case: Case, besides: Collection[str] = ()) -> bool:
    """Whether anything lies ahead: a task, a timer, a meeting, or an agreed next step.

    `besides` are instances that the caller knows better than the database does.
    """
    query = select(Case.id).where(Case.id == case.id, _future(besides))
    return session.scalar(query) is not None


def is_sought(session: Session, case: Case, element: str, besides: Collection[str] = ()) -> bool:
    """Whether a task of this element is open in the case."""
    query = select(WorkItem.id).where(
        WorkItem.case_id == case.id,
        WorkItem.element == element,
        WorkItem.state.in_(UNFINISHED),
        WorkItem.instance_id.not_in(besides),
    )
    return session.scalar(query.limit(1)) is not None


def broken(session: Session) -> list[str]:
    """Ids of the cases that lack something, or are looked after although they no longer do."""
    kept = (
        Case.type.in_(CITIZEN_TYPES),
        Case.closed_at.is_(None),
        Case.locked.is_(False),
        Case.tilstand.not_in(CLOSED),
    )
    here = Deadline.case_id == Case.id
    follow_up = or_(Deadline.occasion.in_(followup.OCCASIONS), Deadline.regel.in_(followup.OWN))
    duty = exists().where(here, Deadline.state == deadlines.OPEN, follow_up)
    sought = _task((FUTURE_TASK,))
    without_deputy = and_(
        Case.koordinator.is_not(None),
        Case.stedfortraeder.is_(None),
        ~_task((appointment.DEPUTY_TASK,)),
    )
    without_follow_up = and_(Case.tilstand == "PLAN_AKTIV", ~duty, ~_task(DECIDING))
    lost = or_(~_future(), without_follow_up)
    found = or_(without_deputy, and_(lost, ~sought), and_(~lost, sought))
    return list(session.scalars(select(Case.id).where(*kept, found).order_by(Case.id)))


def _task(elements: Collection[str]) -> ColumnElement[bool]:
    """That an open task of one of these elements stands in the case."""
    return exists().where(
        WorkItem.case_id == Case.id,
        WorkItem.element.in_(elements),
        WorkItem.state.in_(UNFINISHED),
    )


def _future(besides: Collection[str] = ()) -> ColumnElement[bool]:
    """That something lies ahead of the case, in an instance other than `besides`."""
    task = exists().where(
        WorkItem.case_id == Case.id,
        WorkItem.state.in_(UNFINISHED),
        WorkItem.element.not_in(BESIDE),
        WorkItem.instance_id.not_in(besides),
    )
    timer = exists().where(
        Job.case_id == Case.id,
        Job.kind.in_((jobs.TIMER, jobs.SERVICE)),
        Job.element.not_in(NO_FUTURE_TIMERS),
        Job.instance_id.not_in(besides),
    )
    meeting = exists().where(
        Meeting.case_id == Case.id, Meeting.state == meetings.PLANNED, Meeting.at >= clock.now()
    )
    agreed = exists().where(
        Deadline.case_id == Case.id,
        Deadline.regel == NEXT_STEP,
        Deadline.state == deadlines.OPEN,
        Deadline.due_at > clock.now(),
    )
    return or_(task, timer, meeting, agreed)
