"""The day a citizen comes of age (værgemålsloven § 1): a dated rule, not a number in code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import consent, letters, offers, people, rules
from engine.domain.cases import Case
from engine.domain.consent import Consent
from engine.domain.facts import fact
from engine.domain.offers import Answer, Offer
from engine.domain.people import Person, age_on

RULE = "ALDER-18"
#: To the one who has come of age, and to those who had custody.
LETTER, CLOSING_LETTER = "B16", "B16-F"


def age(session: Session) -> int:
    """The age at which one comes of age today. Raises rules.RuleMissing."""
    return rules.lookup(session, RULE).value


def day(session: Session, person: Person) -> date | None:
    """The birthday on which the person comes of age; None without a birth date.

    Who is born on 29 February comes of age on 1 March where the year has no such day.
    """
    born = person.birth_date
    if born is None:
        return None
    years = age(session)
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def is_minor(session: Session, person: Person, on: date | None = None) -> bool:
    """Whether the person, whose birth date is known, has not come of age."""
    return age_on(person.birth_date, on or clock.today()) < age(session)


def come_of_age(session: Session, case: Case) -> list[Person]:
    """The citizens who have come of age while the case ran, and have had no letter about it."""
    opened, today = clock.local(case.opened_at).date(), clock.today()
    told = {row.person_id for row in letters.of_case(session, case) if row.code == LETTER}
    days = [(person, day(session, person)) for person in people.citizens(session, case.id)]
    return [
        person
        for person, when in days
        if when is not None and opened < when <= today and person.id not in told
    ]


def given_by_others(session: Session, case: Case, citizen: Person) -> list[Consent]:
    """The citizen's consents in force to which only others have said yes."""
    running = consent.in_force(session, case, person_id=citizen.id)
    return [row for row in running if citizen.id not in row.given_by]


def withdraw_questions(session: Session, case: Case, citizens: Iterable[Person]) -> bool:
    """Nobody waits any longer for an answer asked while these people were minors.

    Returns whether an offer is still to be answered, so that it must be asked for anew.
    """
    ids = [person.id for person in citizens]
    query = (
        select(Answer)
        .join(Offer, Offer.id == Answer.offer_id)
        .where(Offer.case_id == case.id, Answer.answer.is_(None), Answer.citizen_id.in_(ids))
    )
    for answer in session.scalars(query).all():
        session.delete(answer)
    session.flush()
    offer = offers.current(session, case)
    return offer is not None and offer.offered_at is not None and offer.answer is None


@fact("myndig_dato")
def next_day(session: Session, case: Case) -> date | None:
    """The next day on which a citizen of the case comes of age; None when nobody will."""
    today = clock.today()
    days = [day(session, person) for person in people.citizens(session, case.id)]
    return min((when for when in days if when is not None and when > today), default=None)
