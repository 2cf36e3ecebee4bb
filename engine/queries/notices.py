"""What somebody ought to know of now: asked for from its causes, so that it ends when they do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import access, notices
from engine.domain.cases import Case
from engine.queries import notices_committee, notices_due, notices_told, search
from engine.queries.inbox_names import queue_names
from engine.queries.notices_kinds import NAMELESS, ONCE, Asker, Desk, Notice

#: More than this is not counted: the bell says 99+.
MOST = 99


def listed(session: Session, username: str) -> list[Notice]:
    """Every notice of the user, the newest first."""
    found = _of_what_exists(session, username, _found(session, username))
    case_ids = [notice.case_id for notice in found if notice.case_id]
    numbers = dict(session.execute(select(Case.id, Case.nummer).where(Case.id.in_(case_ids))).all())
    names = search.citizens(session, case_ids, username)
    desks = queue_names(session, {desk for notice in found for desk in _desks(notice.facts)})
    told = [
        replace(
            notice,
            nummer=numbers.get(notice.case_id),
            citizens=names.get(notice.case_id, ""),
            facts=_in_words(notice.facts, desks),
        )
        for notice in found
    ]
    return sorted(told, key=lambda notice: (notice.at, notice.key), reverse=True)


def unseen(session: Session, username: str, besides: Collection[str] = ()) -> int:
    """How many notices the user has not seen, `besides` those of some kinds."""
    new = [
        notice
        for notice in _found(session, username, counting=True)
        if notice.new and notice.kind not in besides
    ]
    # What is told without its case counts, whether the case exists or not.
    doubtful = [notice for notice in new if not _stands_alone(notice)]
    return len(new) - len(doubtful) + len(_of_what_exists(session, username, doubtful))


def withdrawals(session: Session, username: str) -> list[Notice]:
    """The withdrawals that the user has not seen: what is told at once."""
    seen = notices.seen(session, username)
    told = notices_told.withdrawn(_asker(session, username))
    return [notice for notice in told if notice.key not in seen]


def recently_withdrawn(session: Session) -> set[str]:
    """The consents that were taken back within the day."""
    return notices_told.withdrawn_since(session, clock.now() - timedelta(days=1))


def concerned_by(session: Session, consents: Collection[str]) -> set[str]:
    """Who may have to know that these consents were taken back: `withdrawals` says of each."""
    return notices_told.near(session, consents)


def keys(session: Session, username: str) -> set[str]:
    """The keys of all that there is to be seen, or has been seen and still goes on."""
    return {notice.key for notice in _caused(session, username)}


def _found(session: Session, username: str, counting: bool = False) -> list[Notice]:
    seen = notices.seen(session, username)
    return [
        replace(notice, new=False) if notice.key in seen else notice
        for notice in _caused(session, username, counting)
        if notice.key not in seen or notice.kind not in ONCE
    ]


def _of_what_exists(session: Session, username: str, found: list[Notice]) -> list[Notice]:
    """The notices without those of a case that is not there for the user, or without the case."""
    asked = {notice.case_id for notice in found if notice.case_id}
    exists = access.seen_among(session, username, asked) if asked else set()
    return [
        notice if notice.case_id in exists else replace(notice, case_id=None)
        for notice in found
        if notice.case_id in exists or _stands_alone(notice)
    ]


def _stands_alone(notice: Notice) -> bool:
    """It is told even where no case exists for the user."""
    return notice.case_id is None or notice.task_id is not None or notice.kind in NAMELESS


def _caused(session: Session, username: str, counting: bool = False) -> Iterator[Notice]:
    asker = replace(_asker(session, username), counting=counting)
    for cause in (*notices_due.CAUSES, *notices_told.CAUSES, *notices_committee.CAUSES):
        yield from cause(asker)


def _desks(facts: Any) -> Iterator[Desk]:
    if isinstance(facts, Desk):
        yield facts
    elif isinstance(facts, Mapping | list):
        for fact in facts.values() if isinstance(facts, Mapping) else facts:
            yield from _desks(fact)


def _in_words(facts: Any, said: Mapping[str, str]) -> Any:
    """The facts with each desk as people call it: only the page has to know."""
    if isinstance(facts, Desk):
        return said[facts]
    if isinstance(facts, Mapping):
        return {name: _in_words(fact, said) for name, fact in facts.items()}
    return [_in_words(fact, said) for fact in facts] if isinstance(facts, list) else facts


def _asker(session: Session, username: str) -> Asker:
    return Asker(session, username, access.reach(session, username), notices.Terms.of(session))
