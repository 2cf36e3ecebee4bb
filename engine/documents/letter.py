"""A letter as it is read: to whom, from whom, what it says, and how hard it is to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jinja2 import UndefinedError
from sqlalchemy.orm import Session

from engine import clock
from engine.documents import letter_facts, letter_text, typeset
from engine.documents.letter_text import Block
from engine.domain import organisation, people, readability
from engine.domain.cases import Case
from engine.domain.letters import Copy, Letter
from engine.domain.organisation import Unit, User
from engine.errors import Broken
from engine.queries import words

PERSON, UNIT, PARTNER = "person", "enhed", "partner"


@dataclass(frozen=True)
class Recipient:
    """`address` is empty where it is protected or not known: it stands nowhere in the letter."""

    kind: str
    name: str
    address: str = ""
    protected: bool = False


@dataclass(frozen=True)
class Sheet:
    """One letter, put into words. `version` is that of its text."""

    code: str
    version: int
    title: str
    journal_no: str
    nummer: str
    written_at: datetime
    municipality: str
    to: Recipient
    greeting: str
    blocks: tuple[Block, ...]
    closing: str
    lix: int

    @property
    def text(self) -> str:
        """What it says, without head and foot."""
        return "\n".join([self.title, *(line for block in self.blocks for line in block.lines)])

    def plain(self) -> dict[str, Any]:
        """As it is kept: plain JSON, the moment as ISO 8601."""
        return asdict(self) | {"written_at": self.written_at.isoformat()}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Sheet:
        blocks = tuple(Block(row["kind"], tuple(row["lines"])) for row in kept["blocks"])
        at = datetime.fromisoformat(kept["written_at"])
        return cls(**{**kept, "to": Recipient(**kept["to"]), "blocks": blocks, "written_at": at})


def compose(session: Session, letter: Letter) -> Sheet:
    """Put the letter into words. Raises where its text lacks a fact: it must not go out so."""
    case = session.get_one(Case, letter.case_id)
    found = letter_text.template(letter.code, clock.local(letter.written_at).date())
    title, blocks = found.fill(letter_facts.gather(session, case, letter))
    to = recipient(session, letter)
    said = "\n".join([title, *(line for block in blocks for line in block.lines)])
    return Sheet(
        code=letter.code,
        version=found.version,
        title=title,
        journal_no=letter.journal_no,
        nummer=case.nummer,
        written_at=letter.written_at,
        municipality=organisation.setting(session, "kommune"),
        to=to,
        greeting=f"Kære {to.name}" if to.kind == PERSON else f"Til {to.name}",
        blocks=blocks,
        closing=_closing(session, case, letter),
        lix=readability.lix(said) or 0,
    )


def sheet_of(session: Session, letter: Letter) -> Sheet | None:
    """What the letter said when it was sent, else what it would say; None where it lacks a fact."""
    kept = session.get(Copy, letter.id)
    if kept is not None:
        return Sheet.read(kept.content)
    try:
        return compose(session, letter)
    except (UndefinedError, Broken):
        return None


def recipient(session: Session, letter: Letter) -> Recipient:
    if letter.person_id:
        person = people.person(session, letter.person_id)
        protected = person.address_protected
        address = "" if protected else person.address or ""
        return Recipient(PERSON, person.name, address, protected)
    unit = session.get_one(Unit, letter.unit)
    return Recipient(PARTNER if unit.partner else UNIT, unit.name)


def letter_pdf(sheet: Sheet) -> bytes:
    """The letter as an accessible PDF."""
    plain = sheet.plain() | {"written": words.day(sheet.written_at)}
    plain["blocks"] = [{"kind": row.kind, "lines": list(row.lines)} for row in sheet.blocks]
    return typeset.pdf("letter.typ", plain, sheet.written_at)


def _closing(session: Session, case: Case, letter: Letter) -> str:
    """Whom to ask: the coordinator, else whoever wrote the letter."""
    username = letter.facts.get("koordinator") or case.koordinator or letter.written_by
    user = session.get(User, username)
    if user is None:
        return ""
    return ", ".join(filter(None, (user.name, user.phone and f"telefon {user.phone}")))
