"""Which parts of a case exist for one: all of them near it, else those that one's part in it needs."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.domain import consent
from engine.domain.access.placing import place
from engine.domain.access.reaching import Reach, reach
from engine.domain.access.seeing import answered_for, may_see, shared, takes_part_now
from engine.domain.access.working import works
from engine.domain.cases import ON_THE_AGENDA, Case, Involvement
from engine.domain.organisation import LEADER_SUFFIX, ROLE_QUEUES
from engine.instances import UNFINISHED, WorkItem

PEOPLE, REFERRAL, CONSENTS, PLAN, EFFORTS = (
    "personer",
    "henvisning",
    "samtykker",
    "plan",
    "indsatser",
)
GRANTS, MEETINGS, NOTES, LETTERS, TASKS = "bevillinger", "moeder", "notater", "breve", "opgaver"
TRAIL = "historik"
EVERY_PART = frozenset(
    {PEOPLE, REFERRAL, CONSENTS, PLAN, EFFORTS, GRANTS, MEETINGS, NOTES, LETTERS, TASKS, TRAIL}
)
# A unit that takes part works with the whole plan, and with what it needs for its own part.
_OF_A_UNIT = frozenset({PEOPLE, CONSENTS, PLAN, EFFORTS, GRANTS, MEETINGS, TASKS})
_OF_AN_APPROVER = frozenset({PEOPLE, REFERRAL, CONSENTS, PLAN, EFFORTS, GRANTS, TASKS})
_OF_THE_COMMITTEE = frozenset({PEOPLE, PLAN, EFFORTS, GRANTS})
_OF_THE_LAWYER = frozenset({PEOPLE, GRANTS, LETTERS, TASKS, TRAIL})
# What the citizen has agreed that a partner may know: the plan, and who coordinates.
_OF_A_PARTNER = frozenset({PLAN})


def parts(session: Session, username: str, case: Case) -> frozenset[str]:
    """The parts of a case that exist for the user; none where the case does not."""
    if not may_see(session, username, case):
        return frozenset()
    mine = reach(session, username)
    if _answers_for(session, mine, case):
        return EVERY_PART
    seen = set(_OF_A_PARTNER) if _is_let_know(session, mine, case) else set()
    for why in _takes_part(session, mine, case):
        seen |= _OF_THE_COMMITTEE if why == ON_THE_AGENDA else _OF_A_UNIT
    open_tasks = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(UNFINISHED))
    for task in session.scalars(open_tasks):
        # Where it lies says it, not its queue: a task for whoever referred may lie with a partner.
        desk, _person = place(task.queue, case)
        if works(mine, task, case) and desk not in mine.blind_units:
            seen |= _of_queue(task.queue)
    return frozenset(seen)


def _answers_for(session: Session, mine: Reach, case: Case) -> bool:
    ways = or_(*answered_for(mine), Case.id.in_(shared(mine)))
    return session.scalar(select(Case.id).where(Case.id == case.id, ways)) is not None


def _is_let_know(session: Session, mine: Reach, case: Case) -> bool:
    """Whether a consent in force lets an outside organisation of the user know of the case."""
    if not mine.partner_units:
        return False
    agreed = consent.disclosed_to(mine.partner_units).where(consent.Consent.case_id == case.id)
    return session.scalar(agreed.limit(1)) is not None


def _takes_part(session: Session, mine: Reach, case: Case) -> set[str]:
    """Why the user, or their unit, takes part; nothing where they do not."""
    taking_part = select(Involvement.why).where(
        Involvement.case_id == case.id, *takes_part_now(mine)
    )
    return set(session.scalars(taking_part))


def _of_queue(queue: str) -> frozenset[str]:
    if queue == "jurist":
        return _OF_THE_LAWYER
    if queue in ROLE_QUEUES:
        return _OF_THE_COMMITTEE
    return _OF_AN_APPROVER if queue.endswith(LEADER_SUFFIX) else _OF_A_UNIT
