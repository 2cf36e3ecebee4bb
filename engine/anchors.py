"""How far every chain has come, written into the system's chain, so that one cut short is found.

A chain proves what stands in it, and not that its end still stands, nor that it ever was. So the
system's chain names every case as its chain begins (`engine.events`), and a checkpoint names the
heads that have moved since the last. The system's chain itself is proved by a head that is kept
off the machine: `SEQ:HASH`, as `overligger audit head` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Select, delete, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import events
from engine.domain.cases import Case
from engine.events import Entry
from engine.reads import ReadHead
from engine.store import Base

CHECKPOINT = "checkpoint"
EVENTS, READS = "events", "reads"

#: How many heads one event names, so that no row grows without bounds.
BATCH = 1000


class Anchor(Base):
    """How far the last checkpoint saw a chain: what need not be named again. No evidence."""

    __tablename__ = "anchors"

    chain: Mapped[str] = mapped_column(primary_key=True)  # events | reads
    case_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]


def checkpoint(session: Session, by: str = events.SYSTEM) -> int:
    """Name the heads that have moved since the last checkpoint in the system's chain; how many."""
    # Two that do this at once: the second waits here, and finds nothing left to name.
    events.lock_system(session)
    named = 0
    for chain, query in ((EVENTS, _case_heads()), (READS, _read_heads())):
        for heads in _batches(session.execute(query)):
            session.execute(
                delete(Anchor).where(Anchor.chain == chain, Anchor.case_id.in_(list(heads)))
            )
            rows = [{"chain": chain, "case_id": id_, "seq": heads[id_][0]} for id_ in heads]
            session.execute(insert(Anchor), rows)
            events.record_system(session, Entry(CHECKPOINT, by, facts={chain: heads}))
            named += len(heads)
    return named


def head(session: Session) -> str:
    """The system chain's head as `SEQ:HASH`."""
    seq, last = events.system_head(session)
    return f"{seq}:{last}"


def parsed(text: str) -> tuple[int, str]:
    """`SEQ:HASH` in its parts. Raises ValueError."""
    seq, _, digest = text.strip().partition(":")
    if len(digest) != len(events.GENESIS) or int(digest, 16) < 0 or int(seq) < 0:
        raise ValueError(text)
    return int(seq), digest


def _case_heads() -> Select:
    return (
        select(Case.id, Case.event_seq, Case.event_head)
        .outerjoin(Anchor, (Anchor.chain == EVENTS) & (Anchor.case_id == Case.id))
        .where(Case.event_seq > 0, or_(Anchor.seq.is_(None), Anchor.seq != Case.event_seq))
        .order_by(Case.id)
    )


def _read_heads() -> Select:
    return (
        select(ReadHead.case_id, ReadHead.seq, ReadHead.head)
        .outerjoin(Anchor, (Anchor.chain == READS) & (Anchor.case_id == ReadHead.case_id))
        .where(or_(Anchor.seq.is_(None), Anchor.seq != ReadHead.seq))
        .order_by(ReadHead.case_id)
    )


def _batches(rows) -> Iterator[Mapping[str, list]]:
    """Chain -> [seq, hash], so many at a time."""
    heads = {id_: [seq, last] for id_, seq, last in rows}
    ids = list(heads)
    for start in range(0, len(ids), BATCH):
        yield {id_: heads[id_] for id_ in ids[start : start + BATCH]}
