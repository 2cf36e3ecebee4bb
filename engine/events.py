"""The trail: what was done to each case, by whom, in a hash chain that nobody can alter.

Every event carries the hash of the one before it in the same case; the head stands on the case's
row in `chain_heads`, which is written in the same transaction. Personal content is kept beside the
chain: the event holds only a salted digest of it, so that content can be erased by law while the
chain still verifies. Triggers refuse UPDATE and DELETE of events on both databases.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import BigInteger, Integer, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.store import Base, Json, append_only, as_json

#: What the first event of a chain names as the one before it.
GENESIS = "0" * 64
#: The chain of what belongs to no case: deployments, roles, settings.
SYSTEM = "system"

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
    """The head of a chain that no case carries on its own row (the system's; reads)."""

    __tablename__ = "chain_heads"

    id: Mapped[str] = mapped_column(primary_key=True)
    event_seq: Mapped[int] = mapped_column(default=0)
    event_head: Mapped[str] = mapped_column(default=GENESIS)


class Chained(Protocol):
    """What a chain hangs on: a case, or a `ChainHead`. Locked by whoever appends."""

    id: str
    event_seq: int
    event_head: str | None


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
            digest = _content_digest(salt, content)
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
        session.execute(insert(Event.__table__), rows)
    if contents:
        session.execute(insert(Content.__table__), contents)
    chain.event_seq, chain.event_head = seq, prev


def record_system(session: Session, entry: Entry) -> None:
    """Append an event that belongs to no case (a deployment, a role, a setting)."""
    head = session.get(ChainHead, SYSTEM, with_for_update=True)
    if head is None:
        head = ChainHead(id=SYSTEM, event_seq=0, event_head=GENESIS)
        session.add(head)
    append(session, head, [entry])


def erase(session: Session, case_id: str) -> int:
    """Erase the personal content of a case's events; the chain goes on verifying."""
    return session.execute(delete(Content).where(Content.case_id == case_id)).rowcount


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


def _content_digest(salt: str, content: Mapping[str, Any]) -> str:
    return hashlib.sha256(salt.encode() + _canonical(content)).hexdigest()


def verify(session: Session, case: str | None = None) -> dict:
    """Recompute every chain, or that of one case (its id).

    Returns `{cases, events, ok, first_bad}`; `first_bad` is None or
    `{case, seq, reason}`, with the case's number.
    """
    heads = _heads(session, case)
    seen, events, bad = {}, 0, None
    for row in _rows(session, case):
        events += 1
        seq, prev = seen.get(row["case_id"], (0, GENESIS))
        reason = _fault(row, seq, prev)
        if reason and bad is None:
            bad = {"case": row["case_id"], "seq": row["seq"], "reason": reason}
        seen[row["case_id"]] = (row["seq"], row["hash"])
    for case_id, head in heads.items():
        last = seen.get(case_id, (0, GENESIS))
        if last != head and bad is None:
            bad = {"case": case_id, "seq": head[0], "reason": "the chain does not end at its head"}
    for case_id in seen.keys() - heads.keys():
        bad = bad or {"case": case_id, "seq": seen[case_id][0], "reason": "the chain has no head"}
    if bad is not None:
        bad["case"] = _number(session, bad["case"])
    cases = len(heads.keys() - {SYSTEM})
    return {"cases": cases, "events": events, "ok": bad is None, "first_bad": bad}


def _number(session: Session, case_id: str) -> str:
    from engine.domain.cases import Case

    return session.scalar(select(Case.nummer).where(Case.id == case_id)) or case_id


def _heads(session: Session, case: str | None) -> dict[str, tuple[int, str]]:
    from engine.domain.cases import Case

    cases = select(Case.id, Case.event_seq, Case.event_head)
    if case is not None:
        rows = session.execute(cases.where(Case.id == case)).all()
    else:
        own = select(ChainHead.id, ChainHead.event_seq, ChainHead.event_head)
        rows = [
            *session.execute(cases),
            *session.execute(own.where(ChainHead.id == SYSTEM)),
        ]
    return {id_: (seq or 0, head or GENESIS) for id_, seq, head in rows}


def _rows(session: Session, case: str | None) -> Iterator[Mapping[str, Any]]:
    rows = (
        select(*Event.__table__.columns, Content.salt, Content.content)
        .outerjoin(Content, (Content.case_id == Event.case_id) & (Content.seq == Event.seq))
        .order_by(Event.case_id, Event.seq)
        .execution_options(yield_per=1000)
    )
    if case is not None:
        rows = rows.where(Event.case_id == case)
    yield from session.execute(rows).mappings()


def _fault(row: Mapping[str, Any], seq: int, prev: str) -> str | None:
    if row["seq"] != seq + 1:
        return "an event is missing"
    if row["prev"] != prev:
        return "the event does not follow the one before it"
    if link(row) != row["hash"]:
        return "the event was altered"
    if row["salt"] is not None and _content_digest(row["salt"], row["content"]) != row["digest"]:
        return "the event's content was altered"
    return None


append_only(Event.__table__)
