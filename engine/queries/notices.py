"""What somebody ought to know of now: asked for from its causes, so that it ends when they do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, notices
from engine.domain.cases import Case
from engine.queries import notices_committee, notices_due, notices_told, search
from engine.queries.notices_kinds import NAMELESS, ONCE, Asker, Notice

#: More than this is not counted: the bell says 99+.
MOST = 99


def listed(session: Session, username: str) -> list[Notice]:
    """Every notice of the user, the newest first."""
    found = _found(session, username)
    case_ids = [notice.case_id for notice in found if notice.case_id]
    numbers = dict(session.execute(select(Case.id, Case.nummer).where(Case.id.in_(case_ids))).all())
    names = search.citizens(session, case_ids, username)
    told = [
        replace(
            notice,
            nummer=numbers.get(notice.case_id),
            citizens=names.get(notice.case_id, ""),
        )
        for notice in found
    ]
    return sorted(told, key=lambda notice: (notice.at, notice.key), reverse=True)


def unseen(session: Session, username: str, besides: Collection[str] = ()) -> int:
    """How many notices the user has not seen, `besides` those of some kinds."""
    return sum(notice.new and notice.kind not in besides for notice in _found(session, username))


def withdrawals(session: Session, username: str) -> list[Notice]:
    """The withdrawals that the user has not seen: what is told at once."""
    seen = notices.seen(session, username)
    told = notices_told.withdrawn(_asker(session, username))
    return [notice for notice in told if notice.key not in seen]


def recently_withdrawn(session: Session) -> set[str]:
    """The consents that were taken back within the day."""
    return notices_told.withdrawn_since(session, clock.now() - timedelta(days=1))


def keys(session: Session, username: str) -> set[str]:
    """The keys of all that there is to be seen, or has been seen and still goes on."""
    return {notice.key for notice in _caused(session, username)}


def _found(session: Session, username: str) -> list[Notice]:
    seen = notices.seen(session, username)
    caused = [
        replace(notice, new=notice.key not in seen)
        for notice in _caused(session, username)
        if notice.key not in seen or notice.kind not in ONCE
    ]
    exists = _existing(session, username, caused)
    return [
        notice if notice.case_id in exists else replace(notice, case_id=None)
        for notice in caused
        if notice.case_id is None
        or notice.case_id in exists
        or notice.task_id is not None
        or notice.kind in NAMELESS
    ]


def _caused(session: Session, username: str) -> Iterator[Notice]:
    asker = _asker(session, username)
    for cause in (*notices_due.CAUSES, *notices_told.CAUSES, *notices_committee.CAUSES):
        yield from cause(asker)


def _asker(session: Session, username: str) -> Asker:
    return Asker(session, username, access.reach(session, username))


def _existing(session: Session, username: str, caused: list[Notice]) -> set[str]:
    asked = {notice.case_id for notice in caused if notice.case_id}
    return access.seen_among(session, username, asked) if asked else set()
