"""Notes and documents of a case. A closing case may hold nothing that is not journalised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.store import Base, new_id


class Note(Base):
    """What was said or done: the note duty of offentlighedslov § 13."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40), default="notat")
    author: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime]
    journal_no: Mapped[str | None] = mapped_column(String(40), unique=True)


def write(
    session: Session,
    case: Case,
    title: str,
    text: str,
    by: str,
    kind: str = "notat",
    journalise: bool = True,
) -> Note:
    """Add a note; it is journalised at once unless it is a draft."""
    note = Note(
        case_id=case.id, title=title, text=text, kind=kind, author=by, written_at=clock.now()
    )
    session.add(note)
    session.flush()
    if journalise:
        put_on_record(session, case, note)
    return note


def put_on_record(session: Session, case: Case, note: Note) -> None:
    """Give the note its journal number."""
    taken = session.scalar(
        select(func.count()).where(Note.case_id == case.id, Note.journal_no.is_not(None))
    )
    note.journal_no = f"{case.nummer}-N{taken + 1:03}"
    session.flush()


def not_on_record(session: Session, case: Case) -> list[Note]:
    query = select(Note).where(Note.case_id == case.id, Note.journal_no.is_(None))
    return list(session.scalars(query.order_by(Note.written_at, Note.id)))


@fact("fejl_journal")
def _not_on_record(session: Session, case: Case) -> int:
    """How many documents are not journalised."""
    return len(not_on_record(session, case))
