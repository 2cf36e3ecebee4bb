"""Documents of a case: files from outside, kept as they came, with their digest and number.

The bytes stand in the database, so that one back-up holds the whole case and access is asked in one
place; they are read only when somebody opens the document. What was put on a case is never changed:
a new version is a document of its own that replaces the old, and both stay.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import ForeignKey, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from engine import clock
from engine.domain import organisation
from engine.domain.access import GRANTS, MEETINGS, NOTES
from engine.domain.cases import Case
from engine.domain.file_types import recognised
from engine.errors import Refused
from engine.store import Base

#: Who a document is for: the part of the case that it belongs to, the fewest readers first.
READERS = {
    NOTES: "Koordinator og ansvarlig enhed",
    MEETINGS: "Også de enheder, der deltager i sagen",
    GRANTS: "Også dem, der tager stilling til bevillinger",
}
#: Settings, and what holds where the municipality has decided nothing.
LARGEST_MB, MOST = "dokumenter.stoerste_mb", "dokumenter.hoejst_pr_sag"
DEFAULTS = {LARGEST_MB: 20, MOST: 500}
LONGEST_TITLE = 160
_LIKE_CPR = re.compile(r"(?<!\d)\d{6}[-_ ]?\d{4}(?!\d)")


class FileTooLarge(Refused):
    """Filen fylder mere end {mb} MB. Gem den mindre, eller del den op, og prøv igen."""


class TooManyDocuments(Refused):
    """Der ligger allerede {antal} dokumenter på sagen, og flere kan den ikke have. Spørg administratoren, om grænsen skal hæves."""


class TitleWithCpr(Refused):
    """Titlen ser ud til at indeholde et CPR-nummer. Skriv en titel uden, og prøv igen."""


class VersionAlreadyReplaced(Refused):
    """Der er allerede lagt en nyere udgave på. Genindlæs sagen, og læg den nye på den."""


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    type: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    #: The part of the case that it belongs to: whoever sees that part, sees the document.
    part: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    author: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime]
    journal_no: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    replaces: Mapped[str | None] = mapped_column(ForeignKey("documents.id"), unique=True)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))

    @property
    def file_name(self) -> str:
        """What a copy is called: by its number, as titles may tell who it is about."""
        return f"{self.journal_no}.{self.type}"

    @property
    def whole(self) -> bool:
        """Whether the bytes are those that were put on the case."""
        return hashlib.sha256(self.content).hexdigest() == self.sha256


def add(
    session: Session, case: Case, id: str, title: str, content: bytes, by: str, part: str, **facts
) -> Document:
    """Put a file on a case and journalise it. `facts` are further columns.

    Raises FileTooLarge, TooManyDocuments, TitleWithCpr and what `recognised` refuses.
    """
    largest = _limit(session, LARGEST_MB)
    if len(content) > largest * 1024 * 1024:
        raise FileTooLarge(mb=largest)
    taken = session.scalar(select(func.count()).where(Document.case_id == case.id))
    if taken >= _limit(session, MOST):
        raise TooManyDocuments(antal=taken)
    if _LIKE_CPR.search(title):
        raise TitleWithCpr
    document = Document(
        id=id,
        case_id=case.id,
        title=title,
        type=recognised(content).name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        part=part,
        author=by,
        added_at=clock.now(),
        journal_no=f"{case.nummer}-D{taken + 1:03}",
        content=content,
        **facts,
    )
    session.add(document)
    session.flush()
    return document


def replace(
    session: Session, case: Case, old: Document, id: str, content: bytes, by: str
) -> Document:
    """A new version of a document. Raises VersionAlreadyReplaced and what `add` raises."""
    if session.scalar(select(Document.id).where(Document.replaces == old.id)) is not None:
        raise VersionAlreadyReplaced
    kept = {"unit": old.unit, "version": old.version + 1, "replaces": old.id}
    return add(session, case, id, old.title, content, by, old.part, **kept)


def title_of(file_name: str) -> str:
    """A title from the name of a file: without folders and ending, and without CPR numbers."""
    stem = PurePath(file_name.replace("\\", "/")).stem.replace("_", " ")
    return _LIKE_CPR.sub("", stem).strip(" -.")[:LONGEST_TITLE] or "Dokument"


def _limit(session: Session, name: str) -> int:
    return organisation.setting(session, name, DEFAULTS[name])
