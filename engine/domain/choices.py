"""What the forms offer to choose between, as `{value, label}`: units, people with their load."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import appointment, candidates, consent, meetings, organisation, people
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.domain.organisation import Unit


@fact("valg_enheder")
def units(session: Session, case: Case) -> list[dict]:
    """The municipality's own units."""
    return _units(session)


@fact("valg_koordinator_enheder")
def hosting_units(session: Session, case: Case) -> list[dict]:
    """The units that may have coordinators."""
    return _units(session, Unit.hosts_coordinators)


@fact("valg_koordinatorer")
def coordinators(session: Session, case: Case) -> list[dict]:
    """Everybody who may coordinate, the best suited first, with what this case brings them to."""
    return [
        {"value": one.username, "label": f"{one.name}, {one.unit_name}: {one.rise}"}
        for one in candidates.ranked(session, case)
        if not one.recused
    ]


@fact("valg_stedfortraedere")
def deputies(session: Session, case: Case) -> list[dict]:
    """Everybody who may stand in for a coordinator, at a change also the one who leaves."""
    homes = appointment.homes(session)
    return [
        {"value": user.username, "label": f"{user.name}, {homes.get(user.username, ('', ''))[1]}"}
        for user in appointment.candidates(session)
    ]


@fact("valg_borgere")
def citizens(session: Session, case: Case) -> list[dict]:
    """Those whom the case is about: one citizen, or the members of a family."""
    return [{"value": p.id, "label": p.name} for p in people.citizens(session, case.id)]


@fact("valg_samtykker")
def consents(session: Session, case: Case) -> list[dict]:
    """The consents in force that can be taken back, the yes to the plan first."""
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    running = consent.in_force(session, case)
    plan = [{"value": consent.PLAN, "label": consent.WORDS[consent.PLAN]}]
    return (plan if any(c.kind == consent.PLAN for c in running) else []) + [
        {
            "value": c.id,
            "label": f"{consent.WORDS[c.kind]} {units.get(c.counterpart, c.counterpart)}",
        }
        for c in running
        if c.kind != consent.PLAN
    ]


@fact("valg_inviterede")
def invitees(session: Session, case: Case) -> list[dict]:
    """Those who were invited to the next meeting."""
    planned = meetings.planned(session, case)
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    return [
        {"value": i.who, "label": units.get(i.who, i.who)} for m in planned[:1] for i in m.invited
    ]


def _units(session: Session, *conditions) -> list[dict]:
    query = select(Unit).where(
        Unit.partner.is_(False), organisation.in_force(Unit, clock.today()), *conditions
    )
    rows = session.scalars(query.order_by(Unit.name))
    return [{"value": row.code, "label": row.name} for row in rows]
