"""A file on its way in: kept sealed while its cases are brought in, and then only what became of them."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import ForeignKey, LargeBinary, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import casework, clock
from engine.domain import brought_in
from engine.errors import Refused
from engine.imports.reading import lines
from engine.imports.understanding import understand
from engine.settings import settings
from engine.store import Base, Json, Store, new_id

#: How many cases one request brings in; the page then goes on by itself.
BATCH = 5
#: How long a file is kept that nobody carries through.
KEPT = timedelta(days=1)
BROUGHT_IN, KNOWN, REFUSED = "ind", "kendt", "afvist"


class FilenErVaek(Refused):
    """Filen er ikke her længere. Den bliver slettet, når sagerne er overført, og senest efter et døgn. Vælg den igen."""


class Import(Base):
    """One spreadsheet that somebody sent."""

    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(120))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: First rows of the cases that are to be brought in; none before they are chosen.
    chosen: Mapped[list | None] = mapped_column(Json)


class ImportResult(Base):
    """What became of one case of the file. Nothing personal stands here."""

    __tablename__ = "import_results"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(20))
    nummer: Mapped[str | None] = mapped_column(String(20))
    message: Mapped[str | None] = mapped_column(Text)


def keep(store: Store, content: bytes, name: str, *, by: str) -> str:
    """Keep the file sealed until its cases are in. Its id. Raises what `lines` raises."""
    lines(content)

    def write(session: Session) -> str:
        if not brought_in.may(session, by):
            raise brought_in.MaaIkkeOverfoere
        old = update(Import).where(Import.at < clock.now() - KEPT, Import.sealed.is_not(None))
        session.execute(old.values(sealed=None))
        session.execute(delete(Import).where(Import.by == by, Import.chosen.is_(None)))
        row = Import(by=by, at=clock.now(), name=name[:120], sealed=_box().encrypt(content))
        session.add(row)
        session.flush()
        return row.id

    return store.write(write)


def find(session: Session, import_id: str, by: str) -> Import:
    """The user's own import. Raises FilenErVaek."""
    row = session.get(Import, import_id)
    if row is None or row.by != by:
        raise FilenErVaek
    return row


def unsealed(row: Import) -> bytes:
    """Raises FilenErVaek."""
    if row.sealed is None:
        raise FilenErVaek
    return _box().decrypt(row.sealed)


def choose(store: Store, import_id: str, rows: list[int] | None, *, by: str) -> None:
    """Say which cases are to be brought in: those of these first rows, or every one without a fault."""

    def write(session: Session) -> None:
        kept = find(session, import_id, by)
        found = understand(session, lines(unsealed(kept)), by)
        sound = [one.row for one in found if one.case is not None]
        kept.chosen = sound if rows is None else [row for row in sound if row in set(rows)]

    store.write(write)


def take(store: Store, import_id: str, *, by: str) -> int:
    """Bring in the next cases, each in its own transaction. How many are left."""
    with store.reading() as session:
        kept = find(session, import_id, by)
        waiting = pending(session, kept)
        if not waiting:
            return 0
        found = {one.row: one for one in understand(session, lines(unsealed(kept)), by)}
    for row in waiting[:BATCH]:
        result = _bring_in(store, found.get(row), by)
        store.write(lambda session, r=row, told=result: _note(session, import_id, r, *told))
    left = len(waiting[BATCH:])
    if not left:
        store.write(lambda session: _forget(session, import_id))
    return left


def pending(session: Session, kept: Import) -> list[int]:
    """The chosen rows that nothing has become of yet."""
    query = select(ImportResult.row).where(ImportResult.import_id == kept.id)
    done = set(session.scalars(query))
    return [row for row in kept.chosen or [] if row not in done]


def _bring_in(store: Store, one, by: str) -> tuple[str, str | None, str | None]:
    if one is None or (one.case is None and not one.known):
        return REFUSED, None, "Rækken kan ikke overføres længere. Prøv filen igen."
    if one.known:
        return KNOWN, None, None
    try:
        return BROUGHT_IN, casework.bring_in(store, one.case, by=by), None
    except Refused as refused:
        return REFUSED, None, refused.message


def _note(
    session: Session, import_id: str, row: int, outcome: str, nummer: str | None, why: str | None
) -> None:
    if session.get(ImportResult, (import_id, row)) is None:
        session.add(
            ImportResult(import_id=import_id, row=row, outcome=outcome, nummer=nummer, message=why)
        )


def _forget(session: Session, import_id: str) -> None:
    session.get(Import, import_id).sealed = None


def _box() -> Fernet:
    key = hashlib.sha256(b"import-seal" + settings().secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
