"""What is under way in a case and not decided: hearings, applications, complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import complaints, escalation, hearings
from engine.domain.cases import Case
from engine.queries import labels, words


@dataclass(frozen=True)
class Matter:
    """One thing that somebody waits for. `since` is when it began to be waited for."""

    kind: str
    about: str
    stands: str
    since: date


def of_case(session: Session, case: Case) -> list[Matter]:
    """What has waited the longest first."""
    found = [*_applications(session, case), *_complaints(session, case), *_hearings(session, case)]
    return sorted(found, key=lambda matter: (matter.since, matter.kind, matter.about))


def _applications(session: Session, case: Case):
    for row in escalation.of_case(session, case):
        if row.state in (escalation.WRITTEN, escalation.ON_AGENDA):
            stands = labels.of(labels.APPLICATION_STATES, row.state)
            about = f"{row.what}, {words.kroner(row.amount)}"
            yield Matter("Indstilling", about, stands, _day(row.written_at))


def _complaints(session: Session, case: Case):
    for row in complaints.of_case(session, case):
        if row.state == complaints.OPEN:
            about = labels.of(labels.LAWS, complaints.ruling_of(session, row).law)
            stands = "Sendt til klageinstansen" if row.forwarded_at else "Kommunen ser på den igen"
            yield Matter("Klage", f"Afgørelse efter {about}", stands, _day(row.received_at))


def _hearings(session: Session, case: Case):
    for row in hearings.running(session, case):
        sent = row.sent_at is not None
        stands = "Sendt, borgeren kan svare" if sent else "Skal sendes til borgeren"
        about = row.facts or "Oplysninger til ugunst"
        yield Matter("Partshøring", about, stands, _day(row.sent_at or row.needed_at))


def _day(moment) -> date:
    return clock.local(moment).date()
