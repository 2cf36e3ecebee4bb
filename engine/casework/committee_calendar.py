"""The verbs of the committee's calendar: plan a meeting, move it, cancel it.

Whoever waits for a moved meeting in a case waits for its new moment; the items of a cancelled one
are treated at the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import diagrams, events, jobs
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.casework.tasks import starting
from engine.domain import agenda, committee
from engine.domain.agenda import AgendaItem
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.jobs import Job
from engine.store import Store


def plan_meeting(
    store: Store,
    held_at: datetime,
    papers_close: datetime,
    members: Sequence[str],
    deputies: Sequence[str] = (),
    *,
    by: str,
    place: str = "",
) -> str:
    """Put a meeting in the calendar; its id. Urgent grants that wait come first on its agenda.

    Raises KunSekretaerOgFormand and what `committee.plan` raises.
    """

    def write(session: Session) -> str:
        committee.must_lead(session, by)
        held = committee.plan(
            session, held_at, papers_close, list(members), list(deputies), by, place.strip()
        )
        agenda.take_in_urgent(session, held)
        _tell_the_trail(session, "meeting_planned", by, held)
        return held.id

    return run(store, About("plan_meeting", by), write)


def move_meeting(
    store: Store,
    meeting_id: str,
    held_at: datetime,
    papers_close: datetime,
    *,
    by: str,
    place: str = "",
    because: str = "",
) -> None:
    """Hold the meeting at another moment; every case on its agenda waits for that instead.

    Raises KunSekretaerOgFormand, IntetUdvalgsmoede and what `committee.move` raises.
    """

    def write(session: Session) -> None:
        held, step = _to_change(session, meeting_id, by)
        before = (held.held_at, held.papers_close)
        committee.move(session, held, held_at, papers_close, place.strip(), because)
        session.flush()
        for item in agenda.of(session, held):
            _wait_for(step, item, before, held)
        _tell_the_trail(session, "meeting_moved", by, held)
        step.save()

    run(store, About("move_meeting", by), write)


def cancel_meeting(store: Store, meeting_id: str, because: str, *, by: str) -> None:
    """The meeting is not held, and its items are treated at the next.

    Raises KunSekretaerOgFormand, IntetUdvalgsmoede, MoedetErBegyndt, GrundMangler, IntetNaesteMoede.
    """

    def write(session: Session) -> None:
        held, step = _to_change(session, meeting_id, by)
        if not because.strip():
            raise agenda.GrundMangler
        before = (held.held_at, held.papers_close)
        following = committee.cancel(session, held, because)
        items = agenda.of(session, held)
        if items and following is None:
            raise committee.IntetNaesteMoede
        for item in items:
            agenda.carry_over(session, item, following)
            _wait_for(step, item, before, following)
        _tell_the_trail(session, "meeting_cancelled", by, held)
        step.save()

    run(store, About("cancel_meeting", by), write)


def _to_change(session: Session, meeting_id: str, by: str) -> tuple[CommitteeMeeting, Step]:
    """The meeting, and a step in which every case on its agenda is locked."""
    held = committee.find(session, by, meeting_id)
    committee.must_lead(session, by)
    step = starting(session, by)
    query = (
        select(Application.case_id)
        .join(AgendaItem, AgendaItem.application_id == Application.id)
        .where(AgendaItem.meeting_id == held.id)
    )
    for case_id in sorted(set(session.scalars(query))):
        step.lock(case_id)
    return held, step


def _wait_for(
    step: Step, item: AgendaItem, before: tuple[datetime, datetime], held: CommitteeMeeting
) -> None:
    """Move the timers that the item's diagram set by the meeting, and say so in the case's trail."""
    row = step.session.get_one(Application, item.application_id)
    case = step.lock(row.case_id)
    agenda.let_in(step.session, case)
    moved = dict(zip(before, (held.held_at, held.papers_close), strict=True))
    query = select(Job).where(
        Job.case_id == case.id, Job.kind == jobs.TIMER, Job.due_at.in_(list(moved))
    )
    for timer in step.session.scalars(query.order_by(Job.id)).all():
        running = step.load(timer.instance_id)
        program = diagrams.program(step.session, running.instance.release_id)
        asked = program.element(timer.process, timer.element).event.timer.text
        mine = running.flow.variables().get("indstilling_id") in (None, row.id)
        if "sag.indstillinger" in asked and mine:
            running.flow.move_timer(timer.ref, moved[timer.due_at])
    step.record(case, "agenda_moved", application=row.id, meeting=held.held_at)


def _tell_the_trail(session: Session, kind: str, by: str, held: CommitteeMeeting) -> None:
    facts = {
        "meeting": held.id,
        "held_at": held.held_at,
        "papers_close": held.papers_close,
        "members": held.members,
        "deputies": held.deputies,
    }
    events.record_system(session, events.Entry(kind, by, facts=facts))
