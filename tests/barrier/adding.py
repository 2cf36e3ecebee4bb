"""What no story leaves behind, laid on the cases by hand: papers, a second citizen, the committee's."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import committee, documents, minutes, organisation, plan
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import ADOPTED, Ballot, Vote
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting
from engine.domain.delegation import Delegation
from engine.domain.efforts import Effort, Obstacle
from engine.domain.escalation import ON_AGENDA, Application
from engine.domain.meetings import Invitee, Meeting
from engine.domain.notes import Note
from engine.domain.obligations import Participation
from engine.domain.people import Party, Person
from engine.store import new_id

DOCUMENT_PARTS = ("notater", "moeder", "bevillinger")
WRITERS = ("sagsbehandler-mis", "koordinator-1", "sagsbehandler-fam")
#: How many days from now each case's meeting lies: some have been, some are to come.
MEETS = (9, -6, 20)
LIGHTS = (
    ("X-SKO", "groen"),
    ("FAM", "groen"),
    ("X-GP", "roed"),
    ("MIS", "roed"),
    ("sagsbehandler-job", "groen"),
)
#: The committee's two meetings, in days from now, and so many applications at each.
SITS, ITEMS = (-6, 9), 6


def everything(session: Session) -> None:
    """On every case, and for the committee."""
    # The fewest that a figure tells of: here even one, so that lists open.
    organisation.change_setting(session, "noegletal.mindst", 1)
    for effort in session.scalars(select(Effort).join(Case).order_by(Case.nummer, Effort.key)):
        told = {"reported_by": WRITERS[1], "reported_on": date(2027, 1, 4)}
        session.add(Obstacle(effort_id=effort.id, cause="En hindring", **told))
    cases = list(session.scalars(select(Case).order_by(Case.nummer)))
    for number, case in enumerate(cases):
        _papers(session, case)
        _meeting(session, case, number)
        _delegations(session, case)
    siblings = [case for case in cases if plan.newest(session, case) is not None]
    for first, second in zip(siblings[::2], siblings[1::2], strict=False):
        _sibling(session, first, second)
    session.flush()
    applications = [_application(session, case) for case in cases]
    for days, few in zip(
        SITS, (applications[:ITEMS], applications[ITEMS : 2 * ITEMS]), strict=True
    ):
        _sitting(session, days, few)


def _papers(session: Session, case: Case) -> None:
    """Notes and documents by several people near the case."""
    for unit, writer in ((None, WRITERS[1]), ("MIS", WRITERS[0])):
        told = {"title": "Note", "text": "Tekst", "kind": "notat", "written_at": clock.now()}
        session.add(Note(id=new_id(), case_id=case.id, author=writer, unit=unit, **told))
    refused = {"unit": "MIS", "declined_because": "Ingen tid", "answered_by": WRITERS[0]}
    session.add(Participation(case_id=case.id, answered_at=clock.now(), **refused))
    for part in DOCUMENT_PARTS:
        unit = "MIS" if part == "notater" else None
        documents.add(session, case, new_id(), "Dokument", b"indhold", WRITERS[0], part, unit=unit)


def _meeting(session: Session, case: Case, number: int) -> None:
    meeting = Meeting(
        id=new_id(),
        case_id=case.id,
        purpose="Formaal",
        agenda="Dagsorden",
        minutes="Referat",
        citizens_summary="Resume",
        at=clock.now() + timedelta(days=MEETS[number % 3]),
        called_by=WRITERS[number % 3],
    )
    session.add(meeting)
    for place, (who, light) in enumerate(LIGHTS):
        told = {"kind": "enhed", "light": light, "answer": "ja", "why": "Efter aftale"}
        session.add(Invitee(id=new_id(), meeting_id=meeting.id, number=place, who=who, **told))


def _delegations(session: Session, case: Case) -> None:
    """Two units let somebody near the case decide under their law."""
    terms = {"decision_types": ["mentor"], "max_amount": 20_000, "law_area": "LAB"}
    terms |= {"valid_from": date(2026, 12, 1), "valid_to": date(2027, 5, 31)}
    told = {"decided_by": "Byrådet", "reference": "Beslutning", "registered_at": clock.now()}
    for unit in ("JOB", "FAM"):
        by = {"unit": unit, "registered_by": f"leder-{unit.lower()}", "username": WRITERS[1]}
        session.add(Delegation(id=new_id(), case_id=case.id, **terms, **told, **by))


def _sibling(session: Session, *cases: Case) -> None:
    """Each plan is a family's: one citizen more, who may say no where the first says yes."""
    somebody = Person(id=new_id(), name="En til", birth_date=date(2012, 5, 5))
    session.add(somebody)
    for case in cases:
        number = select(func.max(Party.number)).where(Party.case_id == case.id)
        told = {"role": "borger", "number": session.scalar(number) + 1}
        told["valid_from"] = date(2026, 12, 1)
        session.add(Party(case_id=case.id, person_id=somebody.id, **told))


def _application(session: Session, case: Case) -> Application:
    told = ("what", "why_beyond", "goals", "alternatives", "consequence", "citizens_view")
    row = Application(
        id=new_id(),
        case_id=case.id,
        services=[],
        amount=10_000,
        months=2,
        written_by=WRITERS[1],
        written_at=clock.now(),
        **dict.fromkeys(told, "Tekst"),
    )
    session.add(row)
    return row


def _sitting(session: Session, days: int, few: list[Application]) -> None:
    """A meeting of the committee, with votes and minutes where it has been."""
    at, seats = (
        clock.now() + timedelta(days=days),
        [user.username for user in committee.members(session)],
    )
    held = CommitteeMeeting(held_at=at, papers_close=at - timedelta(days=3), members=seats)
    held.planned_by = "udvalg-sekretaer"
    session.add(held)
    session.flush()
    for number, row in enumerate(few, 1):
        row.state = ON_AGENDA
        told = {"title": "Punkt", "disqualified": {}, "added_at": clock.now()}
        item = AgendaItem(meeting_id=held.id, application_id=row.id, number=number, **told)
        item.ready_at = clock.now()
        session.add(item)
        session.flush()
        if days < 0:
            _voted(session, item, seats)
    if days < 0:
        held.present = seats
        minutes.write(session, held, "udvalg-sekretaer", "Bemaerkning")


def _voted(session: Session, item: AgendaItem, able: list[str]) -> None:
    proposal = {"result": "bevilget", "conditions": "Vilkaar", "reason": "Begrundelse"}
    opened = {"opened_at": clock.now(), "opened_by": "udvalg-formand"}
    ballot = Ballot(item_id=item.id, number=1, amount=10_000, able=able, **proposal, **opened)
    session.add(ballot)
    session.flush()
    for member in able:
        told = {"vote": "for", "dissent": "Mindretal", "number": 1, "cast_at": clock.now()}
        session.add(Vote(ballot_id=ballot.id, member=member, **told))
    session.flush()
    ballot.closed_at, ballot.closed_by = clock.now(), "udvalg-formand"
    ballot.outcome, ballot.hash = ADOPTED, "0" * 64
    session.flush()
