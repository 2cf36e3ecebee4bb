"""What the committee's calendar tells: a meeting was planned, moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterator

from engine import clock
from engine.domain import committee
from engine.queries.notices_kinds import SITTING, Asker, Notice


def called(asker: Asker) -> Iterator[Notice]:
    """To those who sit at a meeting to come, of whatever changed with it last."""
    if not asker.mine.roles & {committee.MEMBER, committee.CHAIR, committee.SECRETARY}:
        return
    for held in committee.visible(asker.session, asker.username):
        mine = asker.username in held.seats
        if held.planned_by is None or held.held_at <= clock.now() or not mine:
            continue
        at = held.changed_at or held.planned_at
        if at is None or at < asker.since:
            continue
        facts = {
            "meeting": held.id,
            "when": held.held_at,
            "before": held.moved_from,
            "cancelled": held.cancelled,
            "because": held.changed_because or "",
        }
        yield Notice(f"{SITTING}:{held.id}:{at.timestamp():.0f}", SITTING, at, facts=facts)


CAUSES = (called,)
