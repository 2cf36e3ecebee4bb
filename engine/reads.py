"""Who saw what: every opening of a case, in a hash chain of its own.

A read is proved before the page is sent (no proof, no page), in a short transaction of its own
that locks only the head of that case's reads and never the case. Lists are not reads; opening a
hit is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Index, Integer, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.events import GENESIS
from engine.store import Base, Store, append_only

#: So long a page that was opened counts as open: a day at work.
STAYS_OPEN = timedelta(hours=12)


class Read(Base):
    """One opening of a case, or of something in it."""

    __tablename__ = "reads"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_reads_actor", "actor", "what"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    case_id: Mapped[str]
    seq: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    on_behalf_of: Mapped[str | None]
    what: Mapped[str]  # sag, plan, dokument:<id>, eksport, ...
    prev: Mapped[str]
    hash: Mapped[str]


class ReadHead(Base):
    """The last link of a case's chain of reads."""

    __tablename__ = "read_heads"

    case_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    head: Mapped[str]


def record(store: Store, case_id: str, by: str, what: str, on_behalf_of: str | None = None) -> None:
    """Write that `by` opened `what` of a case. Raises when it cannot be written: no proof, no page."""
    store.write(lambda session: _append(session, case_id, by, what, on_behalf_of))


def keep_open(store: Store, case_id: str, by: str, what: str) -> None:
    """As `record`, of a page that is drawn anew: none where `by` opened the same a while ago."""
    query = select(Read.id).where(
        Read.case_id == case_id,
        Read.actor == by,
        Read.what == what,
        Read.at > clock.now() - STAYS_OPEN,
    )
    with store.reading() as session:
        is_open = session.scalar(query.limit(1)) is not None
    if not is_open:
        record(store, case_id, by, what)


def _append(session: Session, case_id: str, by: str, what: str, on_behalf_of: str | None) -> None:
    head = session.get(ReadHead, case_id, with_for_update=True)
    if head is None:
        head = ReadHead(case_id=case_id, seq=0, head=GENESIS)
        session.add(head)
    row = {
        "case_id": case_id,
        "seq": head.seq + 1,
        "at": clock.now(),
        "actor": by,
        "on_behalf_of": on_behalf_of,
        "what": what,
        "prev": head.head,
    }
    row["hash"] = _link(row)
    session.execute(insert(Read.__table__), [row])
    head.seq, head.head = row["seq"], row["hash"]


def _link(row: Mapping[str, Any]) -> str:
    names = ("case_id", "seq", "actor", "on_behalf_of", "what", "prev")
    body = {name: row[name] for name in names}
    body["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def verify(
    session: Session,
    case_id: str | None = None,
    recorded: Mapping[str, tuple[int, str]] | None = None,
) -> dict:
    """Recompute the chains of reads: `{cases, reads, ok, first_bad}`, as `engine.audit.verify`.

    `recorded`: case -> (seq, hash) of a read that was written down elsewhere.
    """
    recorded = recorded or {}
    rows = select(*Read.__table__.columns).order_by(Read.case_id, Read.seq)
    heads = select(ReadHead.case_id, ReadHead.seq, ReadHead.head)
    if case_id is not None:
        rows, heads = rows.where(Read.case_id == case_id), heads.where(ReadHead.case_id == case_id)
    seen: dict[str, tuple[int, str]] = {}
    count, bad = 0, None
    for row in session.execute(rows.execution_options(yield_per=1000)).mappings():
        count += 1
        seq, prev = seen.get(row["case_id"], (0, GENESIS))
        whole = row["seq"] == seq + 1 and row["prev"] == prev and _link(row) == row["hash"]
        seen[row["case_id"]] = here = (row["seq"], row["hash"])
        named = recorded.get(row["case_id"], here)
        whole = whole and (named[0] != here[0] or named == here)
        if not whole and bad is None:
            bad = {"case": row["case_id"], "seq": row["seq"], "reason": "opslaget er ændret"}
    ends = {case: (seq, head) for case, seq, head in session.execute(heads)}
    for case in ends.keys() | seen.keys():
        if ends.get(case) != seen.get(case) and bad is None:
            bad = {
                "case": case,
                "seq": 0,
                "reason": "opslagene ender et andet sted end deres hoved",
            }
    for case in recorded if case_id is None else recorded.keys() & {case_id}:
        if seen.get(case, (0, GENESIS))[0] < recorded[case][0] and bad is None:
            bad = {
                "case": case,
                "seq": recorded[case][0],
                "reason": "der er færre opslag end optegnet",
            }
    return {"cases": len(ends), "reads": count, "ok": bad is None, "first_bad": bad}


append_only(Read.__table__)
