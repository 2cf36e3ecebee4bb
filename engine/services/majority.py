"""The citizen comes of age: custody holders' role ends that midnight, letters go the next working day."""

from __future__ import annotations

from datetime import timedelta

from engine.domain import capacity, consent, letters, majority, people
from engine.domain.calendar import WorkingDays
from engine.services import Context, service


@service("bliv_myndig")
def come_of_age(context: Context, **_: object) -> dict | None:
    """Afslut forældremyndighedens rolle og adgang, og prøv samtykkekompetencen (D2) på ny."""
    session, case = context.session, context.case
    parents: list[str] = []
    of_age = majority.come_of_age(session, case)
    for citizen in of_age:
        for party in capacity.representatives(session, case, citizen.id, capacity.CUSTODY):
            party.valid_to = majority.day(session, citizen) - timedelta(days=1)
            parents.append(party.person_id)
        session.flush()
        context.decide("samtykkekompetence", capacity.inputs(session, case, citizen))
        _review_consents(context, citizen.id)
    context.record("came_of_age", custody_ended=len(parents))
    if majority.withdraw_questions(session, case, of_age):
        context.tell("blevet_myndig")
    days = WorkingDays.of(session)
    return {
        "naeste_arbejdsdag": days.on_or_after(context.today).isoformat(),
        "foraeldre": parents,
    }


@service("brev_fyldt_18")
def letter(context: Context, foraeldre: list | None = None, **_: object) -> dict | None:
    """Send B16 til den unge og et afsluttende brev til dem, der havde forældremyndigheden."""
    session, case = context.session, context.case
    for citizen in majority.come_of_age(session, case):
        letters.send(session, case, "B16", citizen, by=context.actor)
    for id_ in foraeldre or []:
        letters.send(session, case, "B16-F", people.person(session, id_), by=context.actor)


def _review_consents(context: Context, person_id: str) -> None:
    """What others said yes to for the child is to be looked at with the citizen today."""
    for row in consent.in_force(context.session, context.case, person_id=person_id):
        if person_id not in row.given_by:
            row.review_on = context.today
