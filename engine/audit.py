"""Whether the trail is whole: every chain recomputed, and held against what the system's chain says.

What is found: an event or a read altered, removed or put in; a case that is gone with its events,
or that no one opened; a chain cut back behind the last checkpoint; content gone that nobody erased;
a diagram, table or form that is not what was deployed. What is not: docs/howto/cli.md tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import anchors, reads
from engine.definitions import Definition
from engine.domain.cases import Case
from engine.events import (
    DEPLOYED,
    ERASED,
    GENESIS,
    REGISTERED,
    SYSTEM,
    Content,
    Event,
    content_digest,
    link,
    system_head,
)

Link = tuple[int, str]  # a place in a chain and the hash there
NOTHING: Link = (0, GENESIS)
#: A value of another kind than was ever written: no date, no JSON, no such fact.
UNREADABLE = (ValueError, TypeError, LookupError)


@dataclass
class Evidence:
    """What the system's chain says that there must be, and the first fault found so far."""

    events: int = 0
    numbers: dict[str, str] = field(default_factory=dict)  # case -> number
    heads: dict[str, Link] = field(default_factory=dict)  # case -> the last event it names
    reads: dict[str, Link] = field(default_factory=dict)
    files: dict[tuple[str, str, int], Link] = field(default_factory=dict)  # -> where, checksum
    seen: tuple[str, int] = (SYSTEM, 0)  # the chain and the place that was looked at last
    first_bad: dict | None = None

    def bad(self, chain: str, seq: int, reason: str) -> None:
        if self.first_bad is None:
            self.first_bad = {"case": chain, "seq": seq, "reason": reason}


def verify(session: Session, case: str | None = None, head: Link | None = None) -> dict:
    """Recompute every chain, or that of one case (its id), and compare.

    `head` is a head of the system's chain that was kept elsewhere. Returns
    `{cases, events, ok, first_bad}`; `first_bad` is None or `{case, seq, reason}`, with the
    case's number, or `system`.
    """
    found, standing, events = Evidence(), _heads(session, case), 0
    try:
        _system(session, found, head)
        events = _chains(session, found, standing, case)
        _registered(found, standing, case)
        if case is None:
            events += found.events
            _definitions(session, found)
        if found.first_bad is None:
            found.first_bad = reads.verify(session, case, found.reads)["first_bad"]
    except UNREADABLE:
        found.bad(*found.seen, "noget efter denne hændelse kan ikke læses")
    if found.first_bad is not None:
        chain = found.first_bad["case"]
        number = session.scalar(select(Case.nummer).where(Case.id == chain))
        found.first_bad["case"] = number or found.numbers.get(chain, chain)
    ok = found.first_bad is None
    return {"cases": len(standing), "events": events, "ok": ok, "first_bad": found.first_bad}


def registered(session: Session, nummer: str) -> str | None:
    """The id of the case that the system's chain knows by that number, whether or not it is there."""
    found = Evidence()
    with suppress(*UNREADABLE):  # what was read before the fault is known all the same
        _system(session, found, None)
    return next((id_ for id_, number in found.numbers.items() if number == nummer), None)


def _system(session: Session, found: Evidence, kept: Link | None) -> None:
    """Walk the system's chain: is it whole, and what does it say?"""
    last = NOTHING
    for row in _rows(session, Event.case_id == SYSTEM):
        whole = _look(found, row, last)
        last = (row["seq"], row["hash"])
        found.events += 1
        if whole:
            _hear(found, row)
        if kept is not None and kept[0] == row["seq"] and kept[1] != row["hash"]:
            found.bad(SYSTEM, row["seq"], "kæden er en anden end den, hvis hoved blev gemt")
    if last != system_head(session):
        found.bad(SYSTEM, last[0], "kæden ender et andet sted, end dens hoved siger")
    if kept is not None and kept[0] > last[0]:
        found.bad(SYSTEM, last[0], "kæden er kortere end den, hvis hoved blev gemt")


def _hear(found: Evidence, row: Mapping[str, Any]) -> None:
    facts = row["facts"]
    if row["kind"] == REGISTERED:
        found.numbers[facts["case"]] = facts["nummer"]
        found.heads[facts["case"]] = tuple(facts["head"])
    elif row["kind"] == anchors.CHECKPOINT:
        for known, said in ((found.heads, anchors.EVENTS), (found.reads, anchors.READS)):
            known.update({id_: tuple(link_) for id_, link_ in facts.get(said, {}).items()})
    elif row["kind"] == DEPLOYED:
        for file in facts["files"]:
            key = (file["kind"], file["key"], file["version"])
            found.files[key] = (row["seq"], file["checksum"])


def _chains(session: Session, found: Evidence, standing: Mapping, case: str | None) -> int:
    """Walk the chains of cases one after the other; the number of events."""
    where = Event.case_id != SYSTEM if case is None else Event.case_id == case
    rows, ends, count = _rows(session, where), {}, 0
    for chain, events in groupby(rows, itemgetter("case_id")):
        last, gone = NOTHING, set()
        for row in events:
            count += 1
            _look(found, row, last)
            last = (row["seq"], row["hash"])
            if row["digest"] is not None and row["salt"] is None:
                gone.add(row["seq"])
            if row["kind"] == ERASED:
                gone -= set(row["facts"]["seqs"])
            named = found.heads.get(chain, NOTHING)
            if named[0] == row["seq"] and named != last:
                found.bad(chain, row["seq"], "sporet er et andet, end da det blev optegnet")
        if gone:
            reason = "indholdet er væk, uden at nogen har slettet det efter reglerne"
            found.bad(chain, min(gone), reason)
        ends[chain] = last
        if chain not in standing:
            found.bad(chain, last[0], "sporet hører ikke til nogen sag")
    for chain, head in standing.items():
        if ends.get(chain, NOTHING) != head:
            found.bad(chain, head[0], "sporet ender et andet sted, end sagen siger")
    return count


def _registered(found: Evidence, standing: Mapping[str, Link], case: str | None) -> None:
    """Every case that began stands with at least what was named of it, and no other."""
    for chain, (seq, _) in found.heads.items():
        if case not in (None, chain):
            continue
        if chain not in standing:
            found.bad(chain, seq, "sagen blev oprettet, men er her ikke mere")
        elif standing[chain][0] < seq:
            found.bad(chain, seq, "sporet er kortere, end da det blev optegnet")
    for chain, (seq, _) in standing.items():
        if seq and chain not in found.numbers:
            found.bad(chain, seq, "sagen er her, men blev aldrig oprettet")


def _definitions(session: Session, found: Evidence) -> None:
    """What is in force, and what ever was, is what was deployed."""
    columns = (Definition.kind, Definition.key, Definition.version, Definition.checksum)
    query = select(*columns, Definition.content, Definition.current).order_by(*columns[:3])
    newest = {file[:2]: file[2] for file in sorted(found.files)}
    missing = dict(found.files)
    for *key, checksum, content, current in session.execute(query.execution_options(yield_per=50)):
        kind, name, version = key
        seq, deployed = missing.pop(tuple(key), (0, None))
        said = f"{name}.{kind}, version {version},"
        if deployed is None:
            found.bad(SYSTEM, seq, f"{said} er her, men blev aldrig udgivet")
        elif not deployed == checksum == _checksum(content):
            found.bad(SYSTEM, seq, f"{said} er ændret, siden den blev udgivet")
        elif current != (newest[kind, name] == version):
            found.bad(SYSTEM, seq, f"{said} er sat i kraft eller ud af kraft uden en udgivelse")
    for (kind, name, version), (seq, _) in missing.items():
        found.bad(SYSTEM, seq, f"{name}.{kind}, version {version}, er her ikke mere")


def _checksum(content: bytes | str) -> str:
    # SQLite keeps text as text where somebody has written it past us.
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _heads(session: Session, case: str | None) -> dict[str, Link]:
    query = select(Case.id, Case.event_seq, Case.event_head)
    rows = session.execute(query if case is None else query.where(Case.id == case))
    return {id_: (seq or 0, head or GENESIS) for id_, seq, head in rows}


def _rows(session: Session, where: Any) -> Iterator[Mapping[str, Any]]:
    rows = (
        select(*Event.__table__.columns, Content.salt, Content.content)
        .outerjoin(Content, (Content.case_id == Event.case_id) & (Content.seq == Event.seq))
        .where(where)
        .order_by(Event.case_id, Event.seq)
        .execution_options(yield_per=1000)
    )
    yield from session.execute(rows).mappings()


def _look(found: Evidence, row: Mapping[str, Any], last: Link) -> bool:
    """Whether the event is what was written, after the one before it."""
    found.seen = (row["case_id"], row["seq"])
    reason = _fault(row, *last)
    if reason:
        found.bad(*found.seen, reason)
    return reason is None


def _fault(row: Mapping[str, Any], seq: int, prev: str) -> str | None:
    if row["seq"] != seq + 1:
        return "der mangler en hændelse før denne"
    if row["prev"] != prev:
        return "hændelsen følger ikke efter den, der står før den"
    if link(row) != row["hash"]:
        return "hændelsen er ændret"
    if row["salt"] is not None and content_digest(row["salt"], row["content"]) != row["digest"]:
        return "hændelsens indhold er ændret"
    return None
