"""What the table `videregivelse` (D7) is asked about somebody on an invitation (R1.22, B4)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain import consent, letters, people
from engine.domain.cases import Case
from engine.domain.meetings import HANDOVER, Meeting

TABLE = "videregivelse"


def question(
    session: Session, case: Case, who: str, kind: str, sensitive: bool, consented: bool = False
) -> dict:
    """The inputs of D7: may this recipient hear about the citizen's plan work?"""
    ages = [p.age for p in people.citizens(session, case.id) if p.age is not None]
    return {
        "modtager_art": kind,
        "oplysningstype": "foelsom" if sensitive else "almindelig",
        "samtykke": consented or consent.covers(session, case, who),
        "hjemmel": False,
        "alder": min(ages) if ages else None,
        "formaal": "koordinering",
    }


def citizen_comes(session: Session, case: Case, meeting: Meeting) -> bool:
    """Whether the citizen is invited: always, but to a handover only when they want to come."""
    if meeting.kind != HANDOVER:
        return True
    sent = letters.of_case(session, case)
    return any(row.person_id and row.facts.get("moede") == meeting.id for row in sent)
