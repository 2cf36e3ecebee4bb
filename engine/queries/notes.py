"""The notes of a case as its page shows them, and the search in all notes and documents one may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.domain import papers
from engine.domain.cases import Case
from engine.domain.documents import Document
from engine.domain.notes import KINDS, Note
from engine.domain.organisation import Unit, User
from engine.queries import search
from engine.store import new_id

#: The newest notes that the case page shows at first.
PAGE = 15
#: The most that a search answers with.
MOST_HITS = 50


@dataclass(frozen=True)
class Line:
    """One note in its newest version, and the versions before it, the newest first."""

    id: str
    kind: str
    title: str
    text: str
    at: datetime
    who: str
    unit: str | None
    with_whom: str | None
    journal_no: str | None
    earlier: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Notes:
    nummer: str
    lines: list[Line]
    words: str
    more: int  # how many older ones are not shown
    may_write: bool
    kinds: dict[str, str]
    new_id: str  # for the note that is written next: what is sent twice is written once


def of_case(
    session: Session,
    username: str,
    case: Case,
    seen: frozenset[str],
    words: str = "",
    everything: bool = False,
) -> Notes | None:
    """The notes that exist for the user, the newest first; None where notes do not.

    `words`: only notes with these words in some version. `everything`: not only the newest.
    """
    if not papers.may_read(seen):
        return None
    newer = aliased(Note)
    newest = (
        select(Note)
        .where(Note.case_id == case.id, papers.notes(session, username, [case.id]))
        .where(~select(newer.id).where(newer.replaces == Note.id).exists())
    )
    if words:
        newest = newest.where(Note.id.in_(_with_words(session, case, words)))
    count = session.scalar(select(func.count()).select_from(newest.subquery()))
    ordered = newest.order_by(Note.written_at.desc(), Note.id)
    rows = list(session.scalars(ordered if everything else ordered.limit(PAGE)))
    names = dict(session.execute(select(User.username, User.name)).all())
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    return Notes(
        nummer=case.nummer,
        lines=[_line(row, _earlier(session, row), names, units) for row in rows],
        words=words,
        more=count - len(rows),
        may_write=papers.may_write(case, seen),
        kinds=KINDS,
        new_id=new_id(),
    )


def _with_words(session: Session, case: Case, words: str) -> list[str]:
    """Ids of the newest version of each note that has the words in any of its versions."""
    like = f"%{search.escaped(words.lower())}%"
    query = select(Note.id).where(Note.case_id == case.id, _says(Note, like))
    found = set(session.scalars(query))
    edges = select(Note.replaces, Note.id).where(
        Note.case_id == case.id, Note.replaces.is_not(None)
    )
    replaced_by = dict(session.execute(edges).all())
    for old in list(found):
        while old in replaced_by:
            old = replaced_by[old]
            found.add(old)
    return sorted(found)


def _says(row: type[Note], like: str):
    texts = (row.title, row.text, row.with_whom)
    return or_(*(func.lower(text).like(like, escape="\\") for text in texts))


def _earlier(session: Session, row: Note) -> list[Note]:
    found: list[Note] = []
    while row.replaces is not None:
        row = session.get_one(Note, row.replaces)
        found.append(row)
    return found


def _line(row: Note, earlier: list[Note], names: dict, units: dict) -> Line:
    return Line(
        id=row.id,
        kind=KINDS.get(row.kind, ""),
        title=row.title,
        text=row.text,
        at=row.written_at,
        who=names.get(row.author, "Systemet" if row.author == "system" else row.author),
        unit=row.unit and units.get(row.unit, row.unit),
        with_whom=row.with_whom,
        journal_no=row.journal_no,
        earlier=[_line(old, [], names, units) for old in earlier],
    )


@dataclass(frozen=True)
class Hit:
    """A note or a document that has the words; its text is read on the case's page alone."""

    id: str
    what: str  # note | dokument
    title: str
    nummer: str
    citizens: str
    at: datetime


def search_papers(session: Session, username: str, words: str) -> list[Hit]:
    """Notes with the words in title or text, and documents in their titles, the newest first."""
    if not words.strip():
        return []
    like = f"%{search.escaped(words.strip().lower())}%"
    newer = aliased(Note)
    in_notes = (
        select(Note, Case)
        .join(Case, Case.id == Note.case_id)
        .where(papers.notes(session, username), _says(Note, like))
        .where(~select(newer.id).where(newer.replaces == Note.id).exists())
        .order_by(Note.written_at.desc(), Note.id)
        .limit(MOST_HITS)
    )
    later = aliased(Document)
    in_documents = (
        select(Document, Case)
        .join(Case, Case.id == Document.case_id)
        .where(
            papers.documents_anywhere(session, username),
            func.lower(Document.title).like(like, escape="\\"),
        )
        .where(~select(later.id).where(later.replaces == Document.id).exists())
        .order_by(Document.added_at.desc(), Document.id)
        .limit(MOST_HITS)
    )
    found = [(row.written_at, "note", row, case) for row, case in session.execute(in_notes)]
    found += [(row.added_at, "dokument", row, case) for row, case in session.execute(in_documents)]
    found.sort(key=lambda hit: (hit[0], hit[2].id), reverse=True)
    citizens = search.citizens(session, list({case.id for *_, case in found}), username)
    return [
        Hit(row.id, what, row.title, case.nummer, citizens.get(case.id, ""), at)
        for at, what, row, case in found[:MOST_HITS]
    ]
