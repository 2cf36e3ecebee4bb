"""The trail: what was done to each case, by whom, in a hash chain that nobody can alter.

Every event carries the hash of the one before it in the same case; the head stands on the case's
row, which is written in the same transaction. Personal content is kept beside the chain: the event
holds only a salted digest of it, so that content can be erased by law while the chain still
verifies. Triggers refuse UPDATE and DELETE of events on both databases; `engine.audit` recomputes
it all.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import BigInteger, Integer, UniqueConstraint, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.store import Base, Json, append_only, as_json

#: What the first event of a chain names as the one before it.
GENESIS = "0" * 64
#: The chain of what belongs to no case: deployments, settings, which cases there are.
SYSTEM = "system"
#: Kinds that `engine.audit` reads as evidence.
REGISTERED, ERASED, DEPLOYED = "case_registered", "content_erased", "deployed"
#: Several things in one: the names that got values, side by side; an element entered and left.
VARIABLES, PASSED = "variables", "passed"

_Id = BigInteger().with_variant(Integer, "sqlite")


class Event(Base):
    """One thing that happened. Written once, never changed."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    case_id: Mapped[str]  # or SYSTEM
    seq: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    on_behalf_of: Mapped[str | None]
    kind: Mapped[str]
    instance_id: Mapped[str | None]
    process: Mapped[str | None]
    element: Mapped[str | None]
    release_id: Mapped[str | None]
    facts: Mapped[dict] = mapped_column(Json)  # never personal
    digest: Mapped[str | None]  # of the salted personal content
    prev: Mapped[str]
    hash: Mapped[str]


class Content(Base):
    """The personal part of an event: may be erased, and the chain still verifies."""

    __tablename__ = "event_contents"

    case_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str]
    content: Mapped[dict] = mapped_column(Json)


class ChainHead(Base):
    """The head of a chain that no case carries on its own row: the system's."""

    __tablename__ = "chain_heads"

    id: Mapped[str] = mapped_column(primary_key=True)
    event_seq: Mapped[int] = mapped_column(default=0)
    event_head: Mapped[str] = mapped_column(default=GENESIS)


# Made once: nearly every step writes both.
_INSERT_EVENTS, _INSERT_CONTENTS = insert(Event.__table__), insert(Content.__table__)
_SYSTEM_HEAD = select(ChainHead.event_seq, ChainHead.event_head).where(ChainHead.id == SYSTEM)


class Chained(Protocol):
    """What a chain hangs on: a case (which has a `nummer`), or the system's head.

    Locked by whoever appends.
    """

    id: str
    event_seq: int
    event_head: str | None


@dataclass
class _SystemHead:
    id: str
    event_seq: int
    event_head: str


@dataclass(frozen=True)
class Entry:
    """One event on its way into a chain. `content` is personal, `facts` never."""

    kind: str
    actor: str
    on_behalf_of: str | None = None
    instance_id: str | None = None
    process: str | None = None
    element: str | None = None
    release_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    content: Mapping[str, Any] | None = None


def append(session: Session, chain: Chained, entries: list[Entry]) -> None:
    """Append events to a chain whose row the caller has locked, and move its head.

    Two statements however many events there are; the head is written with the row it stands on.
    """
    rows, contents, at = [], [], clock.now()
    seq, prev = chain.event_seq or 0, chain.event_head or GENESIS
    for entry in entries:
        seq += 1
        digest = None
        if entry.content:
            content, salt = plain(entry.content), secrets.token_hex(16)
            digest = content_digest(salt, content)
            contents.append({"case_id": chain.id, "seq": seq, "salt": salt, "content": content})
        row = {
            "case_id": chain.id,
            "seq": seq,
            "at": at,
            **{name: getattr(entry, name) for name in _COPIED},
            "facts": plain(entry.facts),
            "digest": digest,
            "prev": prev,
        }
        prev = row["hash"] = link(row)
        rows.append(row)
    if rows:
        session.execute(_INSERT_EVENTS, rows)
    if contents:
        session.execute(_INSERT_CONTENTS, contents)
    begins = rows and not chain.event_seq and chain.id != SYSTEM
    chain.event_seq, chain.event_head = seq, prev
    if begins:
        _register(session, chain, entries[0])


def _register(session: Session, chain: Chained, first: Entry) -> None:
    """Name a case in the system's chain as its own begins: a case that is gone is missed there."""
    facts = {"case": chain.id, "nummer": chain.nummer, "head": [chain.event_seq, chain.event_head]}
    record_system(session, Entry(REGISTERED, first.actor, first.on_behalf_of, facts=facts))


def record_system(session: Session, entry: Entry) -> None:
    """Append an event that belongs to no case (a deployment, a role, a setting)."""
    # Past the unit of work: a step that opens two cases must not read a head it has not written.
    found = lock_system(session)
    seq, last = found or (0, GENESIS)
    head = _SystemHead(SYSTEM, seq, last)
    append(session, head, [entry])
    values = {"event_seq": head.event_seq, "event_head": head.event_head}
    row = ChainHead.__table__
    if found is None:
        session.execute(insert(row).values(id=SYSTEM, **values))
    else:
        session.execute(update(row).where(row.c.id == SYSTEM).values(**values))


def lock_system(session: Session) -> tuple[int, str] | None:
    """The head of the system's chain, (seq, hash), held until the transaction ends."""
    return session.execute(_SYSTEM_HEAD.with_for_update()).one_or_none()


def system_head(session: Session) -> tuple[int, str]:
    """The head of the system's chain, (seq, hash)."""
    return session.execute(_SYSTEM_HEAD).one_or_none() or (0, GENESIS)


def erase(session: Session, case_id: str, *, by: str, rule: str) -> int:
    """Erase the personal content of a case's events, and say so in its chain; how many were erased.

    `rule` names what orders it. Content that is gone and that no such event names was tampered with.
    """
    from engine.domain.cases import Case

    case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
    mine = Content.case_id == case_id
    seqs = list(session.scalars(select(Content.seq).where(mine).order_by(Content.seq)))
    session.execute(delete(Content).where(mine))
    if seqs:
        append(session, case, [Entry(ERASED, by, facts={"rule": rule, "seqs": seqs})])
    return len(seqs)


_COPIED = (
    "actor",
    "on_behalf_of",
    "kind",
    "instance_id",
    "process",
    "element",
    "release_id",
)
_HASHED = ("case_id", "seq", *_COPIED, "facts", "digest", "prev")


def link(row: Mapping[str, Any]) -> str:
    """The hash of an event: SHA-256 over its canonical JSON, the previous hash included."""
    body = {name: row[name] for name in _HASHED}
    body["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical(body)).hexdigest()


def plain(value: Mapping[str, Any]) -> dict:
    """The value as JSON has it, so that what is hashed is what is read back."""
    return orjson.loads(orjson.dumps(value, default=as_json))


def _canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def content_digest(salt: str, content: Mapping[str, Any]) -> str:
    return hashlib.sha256(salt.encode() + _canonical(content)).hexdigest()


append_only(Event.__table__)
