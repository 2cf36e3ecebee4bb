"""What a withdrawn consent closes at once, and what it leaves to be taken up again.

Withdrawal ends coordination, not the units' own duties (domain.md B4): plans that the coordinating
plan replaced are restored by their units.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import capacity, cases, consent, meetings, organisation, people, sector_plans
from engine.domain.cases import Case
from engine.domain.consent import Consent
from engine.domain.facts import fact
from engine.domain.sector_plans import SectorPlan

#: The law area whose plans a coordinating plan replaces for a young person.
CHILDREN = "BL"


def rows(session: Session, case: Case, ids: Iterable[str]) -> list[Consent]:
    """Those of the case's consents, in the order they were given."""
    wanted = set(ids)
    return [row for row in consent.history(session, case) if row.id in wanted]


def other_sides(withdrawn: Iterable[Consent]) -> list[str]:
    """The sources and recipients that the consents named."""
    return sorted({row.counterpart for row in withdrawn if row.counterpart})


def strike_invitees(
    session: Session,
    case: Case,
    withdrawn: Iterable[Consent],
    why: str = "borgeren har trukket samtykket tilbage",
) -> None:
    """Those who may no longer hear about the citizen are taken off the planned meetings.

    A meeting that is left without anybody is cancelled.
    """
    closed = {row.counterpart for row in withdrawn if row.kind == consent.DISCLOSE}
    for meeting in meetings.planned(session, case):
        struck = [row for row in meeting.invited if row.who in closed]
        struck = [row for row in struck if not consent.covers(session, case, row.who)]
        for row in struck:
            row.light, row.answer = meetings.RED, "samtykke_trukket"
            row.why = why
        if struck and not meeting.invited:
            meeting.state = meetings.CANCELLED
            meeting.cancelled_because = "ingen inviterede må længere deltage"
    session.flush()


def end_involvements(session: Session, case: Case, withdrawn: Iterable[Consent]) -> None:
    """A recipient no longer takes part, unless another citizen of the case still says yes."""
    for row in withdrawn:
        if row.kind == consent.DISCLOSE and not consent.covers(session, case, row.counterpart):
            cases.let_go(session, case, row.counterpart)
    session.flush()


def leave_out(session: Session, case: Case, persons: Iterable[str]) -> None:
    """Members of a family who no longer say yes leave the case; the others' parts stay intact."""
    leaving = set(persons)
    for party in people.parties(session, case.id, capacity.CITIZEN):
        if party.person_id in leaving:
            party.role, party.may_complain = "netvaerk", False


def explain(
    session: Session, case: Case, ids: Iterable[str], reason: str | None, effect: str | None
) -> None:
    """Write down why, and what goes on, on the consents themselves."""
    for row in rows(session, case, ids):
        row.ended_reason, row.ended_effect = reason, effect


def restore(session: Session, case: Case, unit: str, type: str, **facts) -> SectorPlan:
    """The unit works by its own plan again; one that was never linked is linked now."""
    waiting = [
        row
        for row in sector_plans.of_case(session, case)
        if row.unit == unit and row.status == sector_plans.TO_RESTORE
    ]
    row = next((r for r in waiting if r.type == type), next(iter(waiting), None))
    if row is None:
        row = sector_plans.link(session, case, unit, type, law=None)
    for other in waiting:
        sector_plans.restore(other)
    sector_plans.restore(row)
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()
    return row


@fact("enheder_at_genoprette")
def to_restore(session: Session, case: Case) -> list[str]:
    """The units that must take their own plans up again."""
    waiting = [
        row.unit
        for row in sector_plans.of_case(session, case)
        if row.status == sector_plans.TO_RESTORE
    ]
    return list(dict.fromkeys(waiting)) or _by_law(session, case)


def _by_law(session: Session, case: Case) -> list[str]:
    """No replaced plan was linked: the unit whose law it was, for a minor the children's."""
    minors = [p for p in people.citizens(session, case.id) if capacity.is_minor(p)]
    if not minors:
        return [case.owner_unit] if case.owner_unit else []
    units = session.scalars(select(organisation.Unit).order_by(organisation.Unit.code))
    return [unit.code for unit in units if CHILDREN in unit.law_areas][:1]
