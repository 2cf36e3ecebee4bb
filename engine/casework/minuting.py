"""The verbs of the committee's minutes: the secretary writes them, those who were there approve."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import events
from engine.casework.running import About, run
from engine.domain import committee, minutes
from engine.domain.committee import CommitteeMeeting
from engine.store import Store


def write_minutes(store: Store, meeting_id: str, remarks: str = "", *, by: str) -> str:
    """Seal what the meeting decided; the hash.

    Raises IntetUdvalgsmoede, KunSekretaerOgFormand, ReferatetErSkrevet, PunkterMangler.
    """

    def write(session: Session) -> str:
        held = _locked(session, by, meeting_id)
        committee.must_lead(session, by)
        row = minutes.write(session, held, by, remarks)
        _tell_the_trail(session, "minutes_written", by, held, hash=row.hash)
        return row.hash

    return run(store, About("write_minutes", by), write)


def answer_minutes(store: Store, meeting_id: str, said: str, text: str = "", *, by: str) -> None:
    """A member who was there approves the minutes (`godkendt`) or objects (`indsigelse`).

    Raises IntetUdvalgsmoede, ReferatetErIkkeSkrevet, IkkeMed, IndsigelseUdenTekst.
    """

    def write(session: Session) -> None:
        held = _locked(session, by, meeting_id)
        row = minutes.of(session, held)
        if row is None:
            raise minutes.ReferatetErIkkeSkrevet
        answer = minutes.answer(session, row, by, said, text)
        _tell_the_trail(session, "minutes_answered", by, held, answer=answer.answer, hash=row.hash)

    run(store, About("answer_minutes", by), write)


def _locked(session: Session, by: str, meeting_id: str) -> CommitteeMeeting:
    held = committee.find(session, by, meeting_id)
    session.refresh(held, with_for_update=True)
    return held


def _tell_the_trail(
    session: Session, kind: str, by: str, held: CommitteeMeeting, **facts: str
) -> None:
    entry = events.Entry(kind, by, facts={"meeting": held.id, **facts})
    events.record_system(session, entry)
