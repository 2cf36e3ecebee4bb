"""One of a family leaves the case: what was theirs ends, what is the others' stays (domain.md C4).

Theirs are consents, goals, efforts, agreements, invitations, questions that wait for an answer, and
those who spoke for them. A unit that only had a part in what was theirs is released.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import (
    capacity,
    cases,
    consent,
    efforts,
    meetings,
    obligations,
    offers,
    people,
    plan,
    withdrawal,
)
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.domain.offers import Answer, Offer
from engine.domain.people import Person

#: Why somebody left, as obligations and closed cases have it; in words; and as a sentence ends.
DEAD, MOVED = "doed", "fraflyttet"
WHY = {DEAD: "borgeren er død", MOVED: "borgeren er flyttet til en anden kommune"}
LEFT = {DEAD: "er død", MOVED: "er flyttet til en anden kommune"}
OPEN, LAPSED = "aaben", "bortfaldet"
#: Forældreansvarsloven § 15 stk. 1: who had custody together with the dead has it alone.
SURVIVOR = "Den anden forælder er død (forældreansvarsloven § 15)"


@dataclass(frozen=True)
class Part:
    """What ended with one member's part: how many of each, and the units that were released."""

    consents: int
    goals: int
    efforts: int
    agreements: int
    units: tuple[str, ...]


def leave(session: Session, case: Case, person: Person, because: str) -> Part:
    """End the person's part of the case for good; `because` is DEAD or MOVED."""
    why = WHY[because]
    lapsed = consent.lapse(session, case, why, person.id)
    withdrawal.strike_invitees(session, case, lapsed, why)
    _uninvite(session, case, person, why)
    withdrawal.end_involvements(session, case, lapsed)
    goals = plan.leave_out(session, case, person.id)
    ended = efforts.leave_out(session, case, person.id, why)
    _out_of_draft(session, case, person)
    agreements = _end_agreements(session, case, person)
    _end_roles(session, case, person, because)
    if because == DEAD:
        _custody_without(session, case, person)
    session.flush()
    units = _release(session, case, {row.unit for row in ended}, because)
    return Part(len(lapsed), len(goals), len(ended), len(agreements), units)


def unask(session: Session, case: Case, person: Person, dead: bool) -> bool:
    """Nobody waits for an answer on the person's behalf, nor from the dead on anybody's.

    Returns whether an offer is still to be answered, so that those who are left are asked anew.
    """
    theirs = Answer.citizen_id == person.id
    query = (
        select(Answer)
        .join(Offer, Offer.id == Answer.offer_id)
        .where(
            Offer.case_id == case.id,
            Answer.answer.is_(None),
            or_(theirs, Answer.person_id == person.id) if dead else theirs,
        )
    )
    for row in session.scalars(query).all():
        session.delete(row)
    session.flush()
    offer = offers.current(session, case)
    return offer is not None and offer.offered_at is not None and offer.answer is None


def _uninvite(session: Session, case: Case, person: Person, why: str) -> None:
    """The person is not expected at the meetings that the others hold."""
    for meeting in meetings.planned(session, case):
        for row in meeting.invited:
            if _same(row.who, person.name):
                row.light, row.answer, row.why = meetings.RED, LAPSED, why


def _end_agreements(session: Session, case: Case, person: Person) -> list[plan.Agreement]:
    """What the person had promised; agreements name people by their names."""
    query = select(plan.Agreement).where(
        plan.Agreement.case_id == case.id, plan.Agreement.state == OPEN
    )
    ended = [row for row in session.scalars(query) if _same(row.who, person.name)]
    for row in ended:
        row.state = LAPSED
    return ended


def _out_of_draft(session: Session, case: Case, person: Person) -> None:
    """A draft that is not accepted yet goes on without what was only this person's."""
    draft = plan.unaccepted(session, case)
    if draft is not None:
        plan.take_out(draft, person.id)


def _end_roles(session: Session, case: Case, person: Person, because: str) -> None:
    """The person is a citizen of the case no longer, nor is spoken for; the dead speak for nobody.

    Who moves away keeps custody of the children who stay.
    """
    for party in people.parties(session, case.id):
        own = party.person_id == person.id
        if (own and (because == DEAD or party.role == capacity.CITIZEN)) or (
            party.scope == person.id
        ):
            people.end(party, because)


def _custody_without(session: Session, case: Case, person: Person) -> None:
    """The children whom the dead had custody of: who has it now, and which consents to look at."""
    for child in people.citizens(session, case.id):
        if child.age is None or not capacity.is_minor(child):
            continue
        held = [p for p in people.gone(session, case.id, capacity.CUSTODY) if p.scope == child.id]
        if not any(party.person_id == person.id for party in held):
            continue
        left = capacity.representatives(session, case, child.id, capacity.CUSTODY)
        row = capacity.of(session, case, child.id)
        row.custody = capacity.ALONE if left else capacity.UNKNOWN
        row.custody_proof = SURVIVOR if left else None
    for row in consent.in_force(session, case):
        if person.id in row.given_by:
            row.review_on = clock.today()


def _release(session: Session, case: Case, units: set[str], because: str) -> tuple[str, ...]:
    """Units that have no effort and no goal left here owe the case nothing more."""
    live = {row.unit for row in efforts.of_case(session, case) if row.live}
    goals = {row.key for row in plan.goals(session, case)}
    released = []
    for row in obligations.running(session, case):
        if row.unit in units - live and not goals & set(row.goal_keys):
            obligations.end(session, case, row.unit, because, WHY[because])
            if row.unit != case.owner_unit:
                cases.let_go(session, case, row.unit)
            released.append(row.unit)
    return tuple(released)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


@fact("udtraadte")
def _gone(session: Session, case: Case) -> str:
    """Who has left the case and why, as a Danish sentence for the forms."""
    rows = people.gone(session, case.id, capacity.CITIZEN)
    return ". ".join(f"{row.person.name} {LEFT[row.ended_because]}" for row in rows)


@fact("samtykker_at_gennemgaa")
def _to_review(session: Session, case: Case) -> str:
    """Whose consents are to be looked at today, as Danish words for the forms."""
    rows = [row for row in consent.in_force(session, case) if _is_due(row)]
    names = dict.fromkeys(people.person(session, row.person_id).name for row in rows)
    return ", ".join(names) or "ingen"


def _is_due(row: consent.Consent) -> bool:
    return row.review_on is not None and row.review_on <= clock.today()
