"""The verbs on a case's meetings: the handover meeting is called, and a meeting is moved or called off.

Everybody who was invited is written to again, and their calendars follow (RFC 5545: a higher
SEQUENCE, or CANCEL). A meeting that was called off by hand can be called again by moving it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine import clock, tables
from engine.casework.opening import locked_by_number
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.casework.tasks import starting
from engine.domain import (
    access,
    appointment,
    invitations,
    letters,
    meetings,
    organisation,
    papers,
    people,
)
from engine.domain.appointment import IngenSkalOvertage
from engine.domain.cases import Case, NoSuchCase
from engine.domain.meetings import Meeting
from engine.store import Store

#: The letter that calls somebody to a meeting, and tells them of a new day or that it is off.
CALL = "B03"
MOVED, OFF = "flyttet", "aflyst"


def call_handover(
    store: Store, nummer: str, at: datetime, place: str, *, by: str, citizen: bool = True
) -> str:
    """Call the former and the next coordinator, and the citizen if they want to come; its id.

    Raises NoSuchCase, IngenSkalOvertage, OverdragelseErIndkaldt, MoedeIFortiden.
    """

    def write(session: Session) -> str:
        step = starting(session, by)
        case = locked_by_number(step, nummer)
        if access.NOTES not in access.parts(session, by, case):
            raise NoSuchCase
        incoming = appointment.incoming(session, case)
        if incoming is None:
            raise IngenSkalOvertage
        if meetings.planned(session, case, meetings.HANDOVER):
            raise meetings.OverdragelseErIndkaldt
        meetings.must_be_ahead(at)
        what = "Overdragelse til ny koordinator"
        row = meetings.call(session, case, by, at, what, kind=meetings.HANDOVER, place=place)
        for username in filter(None, (case.koordinator, incoming)):
            meetings.invite(row, username, "koordinator", "tilladt")
        session.flush()
        _write(session, case, row, by, None, citizen)
        step.record(case, "meeting_called", meeting=row.id, invited=2, removed=0)
        step.save()
        return row.id

    return run(store, About("call_handover", by), write)


def reschedule(
    store: Store, nummer: str, meeting_id: str, at: datetime, place: str, reason: str, *, by: str
) -> None:
    """Move a meeting that has not been held, or call one again that was called off.

    Who has lost the citizen's consent since is not invited again. Raises NoSuchCase,
    IkkeDitMoede, MoedetErHoldt, OpfoelgningIOpgaven, GrundMangler, MoedeIFortiden.
    """

    def write(session: Session) -> None:
        step, case, row = _to_change(session, nummer, meeting_id, reason, by)
        meetings.must_be_ahead(at)
        was = [one.who for one in row.invited]
        meetings.move(session, case, row, at, place)
        _ask_again(session, case, row)
        _write(session, case, row, by, MOVED, invitations.citizen_comes(session, case, row))
        gone = [who for who in was if who not in {one.who for one in row.invited}]
        _write_to_units(session, case, row, by, OFF, gone)
        _tell(step, case, "case_meeting_moved", row, reason)

    run(store, About("reschedule", by), write)


def call_off(store: Store, nummer: str, meeting_id: str, reason: str, *, by: str) -> None:
    """The meeting is not held. Raises as `reschedule`, but MoedeIFortiden, and MoedetErAflyst."""

    def write(session: Session) -> None:
        step, case, row = _to_change(session, nummer, meeting_id, reason, by)
        if row.state == meetings.CANCELLED:
            raise meetings.MoedetErAflyst
        meetings.cancel(row, reason.strip())
        _write(session, case, row, by, OFF, invitations.citizen_comes(session, case, row))
        _tell(step, case, "case_meeting_cancelled", row, reason)

    run(store, About("call_off", by), write)


def _to_change(
    session: Session, nummer: str, meeting_id: str, reason: str, by: str
) -> tuple[Step, Case, Meeting]:
    step = starting(session, by)
    case = locked_by_number(step, nummer)
    row = papers.meeting(session, by, case, meeting_id)
    if not papers.may_change_meeting(session, by, case, row):
        raise meetings.IkkeDitMoede
    meetings.must_be_open(row)
    if not reason.strip():
        raise meetings.GrundMangler
    return step, case, row


def _ask_again(session: Session, case: Case, row: Meeting) -> None:
    """The light of everybody invited, as the consents stand now; nobody new becomes green."""
    for one in row.invited:
        if session.get(organisation.User, one.who) is not None:
            continue
        asked = invitations.question(session, case, one.who, one.kind, sensitive=False)
        answer = tables.decide(session, invitations.TABLE, asked).value
        meetings.relight(one, answer["resultat"], answer["paragraf"])


def _write(
    session: Session, case: Case, row: Meeting, by: str, change: str | None, citizen: bool
) -> None:
    if citizen:
        for person in people.citizens(session, case.id):
            letters.send(session, case, CALL, person, by=by, **_facts(row, change))
    _write_to_units(session, case, row, by, change, [one.who for one in row.invited])


def _write_to_units(
    session: Session, case: Case, row: Meeting, by: str, change: str | None, to: list[str]
) -> None:
    for who in to:
        if session.get(organisation.Unit, who) is not None:
            letters.send(session, case, CALL, who, by=by, **_facts(row, change))


def _facts(row: Meeting, change: str | None) -> dict:
    facts = {"tid": clock.local(row.at).isoformat(), "sted": row.place, "moede": row.id}
    return facts | ({"aendring": change} if change else {})


def _tell(step: Step, case: Case, kind: str, row: Meeting, reason: str) -> None:
    step.record(case, kind, {"reason": reason.strip()}, meeting=row.id, sort=row.kind, day=row.at)
    step.save()
