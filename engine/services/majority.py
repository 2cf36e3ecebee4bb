"""The citizen comes of age: custody holders' role ends that midnight, letters go the next working day."""

from __future__ import annotations

from datetime import timedelta

from engine.domain import capacity, consent, letters, majority, notes, people
from engine.domain.calendar import WorkingDays
from engine.domain.people import Person
from engine.services import Context, service


@service("bliv_myndig")
def come_of_age(context: Context, **_: object) -> dict | None:
    """Afslut forældremyndighedens rolle og adgang, og prøv samtykkekompetencen (D2) på ny."""
    session, case = context.session, context.case
    of_age = majority.come_of_age(session, case)
    parents = [id_ for citizen in of_age for id_ in _end_custody(context, citizen)]
    context.record("came_of_age", custody_ended=len(parents))
    if majority.withdraw_questions(session, case, of_age):
        context.tell("parter_aendret")
    days = WorkingDays.of(session)
    return {
        "naeste_arbejdsdag": days.on_or_after(context.today).isoformat(),
        "foraeldre": parents,
    }


@service("brev_fyldt_18")
def letter(context: Context, foraeldre: list | None = None, **_: object) -> dict | None:
    """Send B16 til den unge og et afsluttende brev til dem, der havde forældremyndigheden."""
    session, case = context.session, context.case
    parents = list(foraeldre or [])
    to_ask = []
    for citizen in majority.come_of_age(session, case):
        # A sibling may have come of age over the weekend.
        parents += _end_custody(context, citizen)
        letters.send(session, case, majority.LETTER, citizen, by=context.actor)
        if majority.given_by_others(session, case, citizen):
            to_ask.append(citizen.id)
    for id_ in dict.fromkeys(parents):
        parent = people.person(session, id_)
        letters.send(session, case, majority.CLOSING_LETTER, parent, by=context.actor)
    return {"unge_at_spoerge": to_ask}


@service("gem_unges_samtykke")
def own_consent(
    context: Context, den_unges_svar: str, note: str | None = None, **_: object
) -> dict | None:
    """Gem den unges eget svar på det, andre sagde ja til. Et nej er en tilbagetrækning."""
    session, case = context.session, context.case
    young = people.person(session, str(context.item))
    if den_unges_svar == "ja":
        for row in majority.given_by_others(session, case, young):
            consent.confirm(session, row, young.id)
    else:
        context.tell("samtykke_trukket", {"omfang": consent.EVERYTHING, "person": young.id})
    if note:
        notes.write(session, case, "Den unges eget samtykke", note, by=context.actor)
    context.record("own_consent_answered", answer=den_unges_svar)


def _end_custody(context: Context, citizen: Person) -> list[str]:
    """The last day was the day before; D2 is asked again. Ids of those who had custody."""
    session, case = context.session, context.case
    ended = capacity.representatives(session, case, citizen.id, capacity.CUSTODY)
    for party in ended:
        party.valid_to = majority.day(session, citizen) - timedelta(days=1)
    session.flush()
    context.decide("samtykkekompetence", capacity.inputs(session, case, citizen))
    _review_consents(context, citizen.id)
    return [party.person_id for party in ended]


def _review_consents(context: Context, person_id: str) -> None:
    """What others said yes to for the child is to be looked at with the citizen today."""
    citizen = people.person(context.session, person_id)
    for row in majority.given_by_others(context.session, context.case, citizen):
        row.review_on = min(row.review_on or context.today, context.today)
