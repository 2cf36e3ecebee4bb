"""What a grant sets going: the services that were applied for become efforts of the case.

Source: seed 003 (R3.06: agreed efforts are started). A plan's effort that waited for the grant is
that effort; a service that the plan does not have yet becomes a new one.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain import efforts, escalation, grants, rulings
from engine.domain.cases import Case
from engine.domain.efforts import Effort
from engine.domain.escalation import Application


def follow(session: Session, case: Case) -> list[Effort]:
    """Bring the efforts up to what has been decided since last time; those that were granted."""
    done = {effort.application_id for effort in efforts.of_case(session, case)}
    granted = []
    for row in escalation.of_case(session, case):
        if row.id not in done and _decided(session, row):
            granted += _apply(session, case, row)
    session.flush()
    return granted


def _decided(session: Session, row: Application) -> bool:
    grant = grants.of(session, row)
    return grant is not None and (
        grant.result == grants.REFUSED or grant.booked_at is not None or row.paid_by_unit
    )


def _apply(session: Session, case: Case, row: Application) -> list[Effort]:
    by_law = {
        ruling.law: ruling.result
        for ruling in rulings.of_case(session, case)
        if ruling.application_id == row.id
    }
    granted = []
    for service in row.services:
        result = by_law.get(service["lov"], grants.of(session, row).result)
        effort = _waiting(session, case, service)
        if result == grants.REFUSED:
            if effort is not None:
                effort.application_id = row.id
                efforts.decided(effort, given=False)
            continue
        if effort is None:
            effort = efforts.add(
                session,
                case,
                service["ydelse"],
                service["enhed"],
                law_area=service["lov"],
                paragraph=service.get("paragraf"),
                planned_start=row.starts_on,
            )
        effort.application_id = row.id
        efforts.decided(effort, given=True)
        granted.append(effort)
    return granted


def _waiting(session: Session, case: Case, service: dict) -> Effort | None:
    """The effort of the plan that waits for this service, the one of that name first."""
    waiting = [
        effort
        for effort in efforts.of_case(session, case)
        if effort.status == efforts.AWAITING_GRANT
        and effort.application_id is None
        and (effort.law_area, effort.unit) == (service["lov"], service["enhed"])
    ]
    named = [e for e in waiting if e.title.casefold() == service["ydelse"].strip().casefold()]
    return next(iter(named or waiting), None)
