"""The documents of a case, and the one that somebody opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.domain import cases, organisation, papers
from engine.domain.cases import Case
from engine.domain.documents import DEFAULTS, LARGEST_MB, READERS, Document
from engine.domain.file_types import ALLOWED
from engine.domain.organisation import Unit, User
from engine.errors import Broken
from engine.store import new_id


@dataclass(frozen=True)
class Line:
    """One document in its newest version, and the versions before it, the newest first."""

    id: str
    title: str
    type: str
    size: int  # bytes
    at: datetime
    who: str
    unit: str | None
    readers: str
    journal_no: str
    version: int
    new_id: str
    earlier: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Documents:
    nummer: str
    lines: list[Line]
    may_write: bool
    readers: dict[str, str]
    types: list[str]
    largest_mb: int
    new_id: str


@dataclass(frozen=True)
class Copy:
    """The bytes of one document, as they were put on the case."""

    id: str
    case_id: str
    content: bytes
    file_name: str
    media_type: str


class Changed(Broken):
    """A document's bytes are not those that were put on the case."""


def of_case(session: Session, username: str, case: Case, seen: frozenset[str]) -> Documents | None:
    """The documents that exist for the user, the newest first; None where there are none to be."""
    condition = papers.documents(session, username, case)
    rows = list(
        session.scalars(
            select(Document).where(condition).order_by(Document.added_at.desc(), Document.id)
        )
    )
    if not rows and not papers.may_read(seen):
        return None
    by_id = {row.id: row for row in rows}
    replaced = {row.replaces for row in rows}
    names = dict(session.execute(select(User.username, User.name)).all())
    units = dict(session.execute(select(Unit.code, Unit.name)).all())

    def line(row: Document, earlier: list[Line]) -> Line:
        return Line(
            id=row.id,
            title=row.title,
            type=row.type.upper(),
            size=row.size,
            at=row.added_at,
            who=names.get(row.author, row.author),
            unit=row.unit and units.get(row.unit, row.unit),
            readers=READERS[row.part],
            journal_no=row.journal_no,
            version=row.version,
            new_id=new_id(),
            earlier=earlier,
        )

    def before(row: Document) -> list[Line]:
        old = by_id.get(row.replaces)
        return [] if old is None else [line(old, []), *before(old)]

    return Documents(
        nummer=case.nummer,
        lines=[line(row, before(row)) for row in rows if row.id not in replaced],
        may_write=papers.may_write(case, seen),
        readers=READERS,
        types=[name.upper() for name in ALLOWED],
        largest_mb=organisation.setting(session, LARGEST_MB, DEFAULTS[LARGEST_MB]),
        new_id=new_id(),
    )


def copy(session: Session, username: str, nummer: str, document_id: str) -> Copy:
    """Raises NoSuchCase where the document does not exist for the user, Changed where it was altered."""
    case = cases.by_number(session, nummer)
    query = select(Document).where(
        Document.id == document_id, papers.documents(session, username, case)
    )
    row = session.scalar(query.options(undefer(Document.content)))
    if row is None:
        raise cases.NoSuchCase
    if not row.whole:
        raise Changed(row.journal_no)
    return Copy(row.id, case.id, row.content, row.file_name, ALLOWED[row.type])
