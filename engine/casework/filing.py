"""The verbs that put papers on a case at any time, with no open task: notes and documents."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.casework.opening import locked_by_number
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.casework.tasks import starting
from engine.domain import access, documents, notes, papers
from engine.domain.cases import Case, NoSuchCase
from engine.domain.documents import Document
from engine.domain.notes import Note, NoteWithoutText
from engine.errors import Refused
from engine.store import Store, new_id

Row = TypeVar("Row", Note, Document)


class CaseArchived(Refused):
    """Sagen er arkiveret, så der kan ikke lægges mere på den. Opret en ny sag, hvis borgeren har henvendt sig igen."""


def note(
    store: Store,
    nummer: str,
    text: str,
    *,
    by: str,
    kind: str = "telefonsamtale",
    title: str = "",
    with_whom: str = "",
    note_id: str | None = None,
    on_behalf_of: str | None = None,
) -> str:
    """Write a note on the case, journalised at once; its id.

    `kind` is one of `notes.KINDS`. `note_id`: a random id that the sender has chosen, so that what
    is sent twice is written once. Raises NoSuchCase, CaseArchived, NoteWithoutText.
    """
    chosen = _id(note_id)

    def write(session: Session) -> str:
        step, case = _writing(session, nummer, by, on_behalf_of)
        if not text.strip():
            raise NoteWithoutText
        if _sent_before(session, Note, chosen, case, by):
            return chosen
        row = notes.write(
            session,
            case,
            title.strip()[: notes.LONGEST_TITLE] or notes.title_of(kind),
            _tidy(text),
            by,
            kind if kind in notes.KINDS else "notat",
            id=chosen,
            with_whom=with_whom.strip()[:160] or None,
            unit=papers.unit_of_writer(session, by, case),
        )
        _record_note(step, case, "note_written", row)
        step.save()
        return row.id

    return run(store, About("note", by), write)


def correct_note(
    store: Store,
    nummer: str,
    note_id: str,
    title: str,
    text: str,
    *,
    by: str,
    on_behalf_of: str | None = None,
) -> str:
    """A new version of a note of the case; the old one stays as history. The new one's id.

    Raises NoSuchCase, CaseArchived, NoteWithoutText, NoteAlreadyCorrected, NothingCorrectedInNote.
    """

    def write(session: Session) -> str:
        step, case = _writing(session, nummer, by, on_behalf_of)
        old = _seen(session, Note, note_id, papers.notes(session, by, [case.id]))
        if not text.strip():
            raise NoteWithoutText
        called = title.strip()[: notes.LONGEST_TITLE] or old.title
        row = notes.correct(session, case, old, called, _tidy(text), by)
        _record_note(step, case, "note_corrected", row)
        step.save()
        return row.id

    return run(store, About("correct_note", by), write)


def file(
    store: Store,
    nummer: str,
    content: bytes,
    file_name: str,
    *,
    by: str,
    title: str = "",
    part: str = access.NOTES,
    document_id: str | None = None,
    on_behalf_of: str | None = None,
) -> str:
    """Put a file on the case, journalised at once; the document's id.

    `part` is one of `documents.READERS`; `document_id` as `note_id` of `note`. Raises NoSuchCase,
    CaseArchived and what `documents.add` raises.
    """
    chosen = _id(document_id)

    def write(session: Session) -> str:
        step, case = _writing(session, nummer, by, on_behalf_of)
        if _sent_before(session, Document, chosen, case, by):
            return chosen
        called = title.strip()[: documents.LONGEST_TITLE] or documents.title_of(file_name)
        readers = part if part in documents.READERS else access.NOTES
        unit = papers.unit_of_writer(session, by, case)
        row = documents.add(session, case, chosen, called, content, by, readers, unit=unit)
        _record_document(step, case, "document_added", row)
        step.save()
        return row.id

    return run(store, About("file", by), write)


def file_version(
    store: Store,
    nummer: str,
    document_id: str,
    content: bytes,
    *,
    by: str,
    new_document_id: str | None = None,
    on_behalf_of: str | None = None,
) -> str:
    """A new version of a document of the case; the old one stays. The new one's id.

    Raises NoSuchCase, CaseArchived, VersionAlreadyReplaced and what `documents.add` raises.
    """
    chosen = _id(new_document_id)

    def write(session: Session) -> str:
        step, case = _writing(session, nummer, by, on_behalf_of)
        old = _seen(session, Document, document_id, papers.documents(session, by, case))
        if _sent_before(session, Document, chosen, case, by):
            return chosen
        row = documents.replace(session, case, old, chosen, content, by)
        _record_document(step, case, "document_replaced", row)
        step.save()
        return row.id

    return run(store, About("file_version", by), write)


def _writing(session: Session, nummer: str, by: str, on_behalf_of: str | None) -> tuple[Step, Case]:
    """The case, locked, when the user may add to its papers. Raises NoSuchCase, CaseArchived."""
    step = starting(session, by, on_behalf_of)
    case = locked_by_number(step, nummer)
    seen = access.parts(session, by, case)
    if papers.may_write(case, seen):
        return step, case
    if papers.may_read(seen):
        raise CaseArchived
    raise NoSuchCase


def _seen(session: Session, row: type[Row], id_: str, condition: ColumnElement[bool]) -> Row:
    found = session.scalar(select(row).where(row.id == id_, condition))
    if found is None:
        raise NoSuchCase
    return found


def _sent_before(session: Session, row: type[Row], id_: str, case: Case, by: str) -> bool:
    """Whether the same thing was sent a moment ago. Raises NoSuchCase for what somebody else sent."""
    found = session.get(row, id_)
    if found is not None and (found.case_id, found.author) != (case.id, by):
        raise NoSuchCase
    return found is not None


def _id(wished: str | None) -> str:
    try:
        return str(UUID(wished)) if wished else new_id()
    except ValueError:
        return new_id()


def _tidy(text: str) -> str:
    return text.strip().replace("\r\n", "\n")


def _record_note(step: Step, case: Case, kind: str, row: Note) -> None:
    content = {"title": row.title, "text": row.text, "with_whom": row.with_whom}
    facts = {"note": row.id, "sort": row.kind, "journal": row.journal_no, "replaces": row.replaces}
    step.record(case, kind, content, **facts)


def _record_document(step: Step, case: Case, kind: str, row: Document) -> None:
    step.record(
        case,
        kind,
        {"title": row.title},
        document=row.id,
        type=row.type,
        size=row.size,
        sha256=row.sha256,
        part=row.part,
        journal=row.journal_no,
        replaces=row.replaces,
    )
