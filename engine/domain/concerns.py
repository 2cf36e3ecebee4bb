"""Concern for a child (underretning): a branch of its own, with its own clock.

A referral is not a notification; when one raises concern for a child's health or development, the
children's unit must assess it within the deadline BL-5, counted from when the municipality knew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import calendar, deadlines, people, referral, rules
from engine.domain.capacity import is_minor
from engine.domain.cases import Case
from engine.domain.people import Person
from engine.domain.referral import Referral
from engine.errors import Refused
from engine.store import Base, new_id

NOTIFY, ACUTE = "underretning", "akutvagt"
RULE = "BL-5"


class UnderretningPligt(Refused):
    """Du har svaret ja til noget, der altid skal underrettes om, når det gælder et barn. Send underretningen, eller ret svaret; Familieafdelingen vurderer den inden for lovens frist."""


class FremtidigModtagelse(Refused):
    """Oplysningerne kan ikke være modtaget i fremtiden. Ret tidspunktet; lovens frist løber fra det."""


class UnderretningVenter(Refused):
    """Der er en underretning om et barn i sagen, som ingen har vurderet endnu, og den må ikke blive væk. Bed Familieafdelingen om at vurdere den først, også hvis den står på det forkerte barn; de opretter den på det rigtige. Lås sagen bagefter."""


class Concern(Base):
    """One notification about one child."""

    __tablename__ = "concerns"
    __table_args__ = (Index("ix_concerns_case_id", "case_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    raised_by: Mapped[str] = mapped_column(String(60))
    raised_in: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    violence: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str | None] = mapped_column(Text)
    informed_leader: Mapped[str | None] = mapped_column(String(160))
    assessed_at: Mapped[datetime | None]
    assessed_by: Mapped[str | None] = mapped_column(String(60))
    result: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)


def children(session: Session, case: Case) -> list[Person]:
    """Those whom a concern can be about: citizens under 18, and the children named or expected."""
    minors = [p for p in people.citizens(session, case.id) if p.age is None or is_minor(p)]
    return minors + referral.children(session, case)


def inputs_of_referral(session: Session, case: Case, told: Referral, person: Person) -> dict:
    """What D11 is asked about one person, from what the referrer said."""
    citizen = person.id in {p.id for p in people.citizens(session, case.id)}
    days = None
    if told.home_lost and citizen:
        # An unknown date counts as today: acting too early harms nobody.
        days = max(0, ((told.home_lost_on or clock.today()) - clock.today()).days)
    return {
        "er_barn": not citizen or (person.age is not None and is_minor(person)),
        "bekymring": person.id in told.worried_about,
        "vold": told.violence,
        "risiko_liv_helbred": told.life_at_risk and citizen,
        "boligtab_om_dage": days,
        "boligtab_graense": acute_limit(session),
    }


def inputs_of_answers(answers: dict[str, Any]) -> dict:
    """What D11 is asked about one child, from what F02 says."""
    return {
        "er_barn": True,
        "bekymring": answers["bekymring"] == "ja",
        "vold": answers["vold"] == "ja",
        "risiko_liv_helbred": answers["akut_fare"] == "ja",
        "boligtab_om_dage": None,
        "boligtab_graense": None,
    }


def acute_limit(session: Session) -> int | None:
    """Within how many days the loss of a home is acute (KP-12)."""
    try:
        return rules.lookup(session, "KP-12").value
    except rules.RuleMissing:
        return None


def assess_before(session: Session, received_at: datetime) -> datetime | None:
    """The moment before which what was received then must be assessed (BL-5); None without a rule."""
    try:
        rule = rules.lookup(session, RULE, on=clock.local(received_at).date())
        return deadlines.compute(rule, received_at, calendar.WorkingDays.of(session))[1]
    except (rules.RuleMissing, deadlines.NotComputable):
        return None


def raise_concern(
    session: Session,
    case: Case,
    person_id: str,
    received_at: datetime,
    by: str,
    where: str,
    **facts,
) -> Concern | None:
    """A new notification; None while one about the same child still waits to be assessed."""
    if any(row.person_id == person_id for row in waiting(session, case)):
        return None
    concern = Concern(
        case_id=case.id,
        person_id=person_id,
        raised_by=by,
        raised_in=where,
        received_at=received_at,
        **facts,
    )
    session.add(concern)
    session.flush()
    return concern


def of_case(session: Session, case: Case) -> list[Concern]:
    query = select(Concern).where(Concern.case_id == case.id)
    return list(session.scalars(query.order_by(Concern.received_at, Concern.id)))


def waiting(session: Session, case: Case) -> list[Concern]:
    """The notifications that nobody has assessed yet."""
    return [row for row in of_case(session, case) if row.assessed_at is None]


def unassessed(session: Session, case: Case) -> list[Person]:
    """The children about whom nothing has been raised yet."""
    raised = {c.person_id for c in of_case(session, case)}
    return [child for child in children(session, case) if child.id not in raised]
