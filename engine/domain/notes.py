"""Notes of a case: what was said or done. A closing case may hold none that is not journalised.

A note is never changed: a correction is a note of its own that replaces it, and both stay.
"""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date
from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, new_id

#: What somebody writes a note of by hand, the most frequent first.
KINDS = {
    "telefonsamtale": "Telefonsamtale",
    "moede": "Møde",
    "besoeg": "Besøg",
    "observation": "Observation",
}
LONGEST_TITLE = 200


class NoteWithoutText(Refused):
    """Noten er tom. Skriv, hvad der blev sagt eller gjort, og gem igen."""


class NoteAlreadyCorrected(Refused):
    """Noten er allerede rettet. Genindlæs sagen, og ret den nyeste udgave."""


class NothingCorrectedInNote(Refused):
    """Noten er, som den var. Ret teksten, før du gemmer."""


class Note(Base):
    """What was said or done: the note duty of offentlighedslov § 13."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40), default="notat")
    author: Mapped[str] = mapped_column(String(60), index=True)
    written_at: Mapped[datetime]
    journal_no: Mapped[str | None] = mapped_column(String(40), unique=True)
    with_whom: Mapped[str | None] = mapped_column(String(160))
    #: The unit that wrote it for its own part; none where those who answer for the case did.
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    #: The note that this one corrects.
    replaces: Mapped[str | None] = mapped_column(ForeignKey("notes.id"), unique=True)


def write(
    session: Session,
    case: Case,
    title: str,
    text: str,
    by: str,
    kind: str = "notat",
    journalise: bool = True,
    **facts,
) -> Note:
    """Add a note; it is journalised at once unless it is a draft. `facts` are further columns."""
    note = Note(
        case_id=case.id,
        title=title,
        text=text,
        kind=kind,
        author=by,
        written_at=clock.now(),
        **facts,
    )
    session.add(note)
    session.flush()
    if journalise:
        put_on_record(session, case, note)
    return note


def correct(session: Session, case: Case, old: Note, title: str, text: str, by: str) -> Note:
    """A new version of a note; the old one stays. Raises NoteAlreadyCorrected."""
    if session.scalar(select(Note.id).where(Note.replaces == old.id)) is not None:
        raise NoteAlreadyCorrected
    if (title, text) == (old.title, old.text):
        raise NothingCorrectedInNote
    kept = {"with_whom": old.with_whom, "unit": old.unit}
    return write(session, case, title, text, by, kind=old.kind, replaces=old.id, **kept)


def title_of(kind: str) -> str:
    """What a note is called that nobody has named: »Telefonsamtale 4. december 2026«."""
    day = format_date(clock.today(), "d. MMMM y", "da_DK")
    return f"{KINDS.get(kind, 'Notat')} {day}"


def put_on_record(session: Session, case: Case, note: Note) -> None:
    """Give the note its journal number."""
    taken = session.scalar(
        select(func.count()).where(Note.case_id == case.id, Note.journal_no.is_not(None))
    )
    note.journal_no = f"{case.nummer}-N{taken + 1:03}"
    session.flush()


def of_case(session: Session, case: Case) -> list[Note]:
    """Every version of every note, the oldest first."""
    query = select(Note).where(Note.case_id == case.id)
    return list(session.scalars(query.order_by(Note.written_at, Note.id)))


def not_on_record(session: Session, case: Case) -> list[Note]:
    query = select(Note).where(Note.case_id == case.id, Note.journal_no.is_(None))
    return list(session.scalars(query.order_by(Note.written_at, Note.id)))


@fact("fejl_journal")
def _not_on_record(session: Session, case: Case) -> int:
    """How many documents are not journalised."""
    return len(not_on_record(session, case))
