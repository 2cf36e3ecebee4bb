"""The offer of a plan and a coordinator: that it was made, when, and what everybody answered.

Every offer leaves a record with date and answer (R4.04): few municipalities could show one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import organisation
from engine.domain.cases import Case
from engine.domain.people import Person
from engine.store import Base, Json, new_id

YES = ("ja", "ja_delvist")
NO, THINKING, NOT_MET, CANNOT = "nej_tak", "betaenkningstid", "ikke_truffet", "kan_ikke"
# What the answers come to.
AGREED, REFUSED, DISAGREE = "ja", "nej", "uenige"
ASK_AGAIN = "spoerg_igen"


class Offer(Base):
    """One offer of coordination in a case."""

    __tablename__ = "offers"
    __table_args__ = (Index("ix_offers_case_id", "case_id", "assessed_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    activity_ready: Mapped[bool] = mapped_column(default=False)
    assessed_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offered_by: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(60))
    interpreter: Mapped[bool] = mapped_column(default=False)
    explained: Mapped[list] = mapped_column(Json, default=list)
    plan_tilstand: Mapped[str | None] = mapped_column(String(20))
    wished_unit: Mapped[str | None] = mapped_column(String(20))
    wishes: Mapped[str | None] = mapped_column(Text)
    companions: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]

    @property
    def same_day(self) -> bool:
        """Offered on the day of the assessment (K17)."""
        return self.offered_at is not None and (
            clock.local(self.offered_at).date() == clock.local(self.assessed_at).date()
        )


class Answer(Base):
    """One person asked on behalf of one citizen; each time anew is a row of its own.

    `item` is what the task is known by: the person's id, or `person/citizen` where the same person
    must also answer for a second citizen of the family.
    """

    __tablename__ = "offer_answers"
    __table_args__ = (Index("ix_offer_answers_offer_id", "offer_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    offer_id: Mapped[str] = mapped_column(ForeignKey("offers.id"))
    citizen_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    capacity: Mapped[str] = mapped_column(String(40))
    item: Mapped[str] = mapped_column(String(80))
    #: The order in which they were asked: several rounds may share one moment.
    number: Mapped[int]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]
    form: Mapped[str | None] = mapped_column(String(20))
    partly: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(40))
    registered_by: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Text)


def begin(session: Session, case: Case, activity_ready: bool) -> Offer:
    """The citizen is to have the offer, from now. One that waits already is that one."""
    waiting = current(session, case)
    if waiting is not None and waiting.answer is None:
        return waiting
    offer = Offer(case_id=case.id, activity_ready=activity_ready, assessed_at=clock.now())
    session.add(offer)
    session.flush()
    return offer


def current(session: Session, case: Case) -> Offer | None:
    """The case's latest offer."""
    query = select(Offer).where(Offer.case_id == case.id).order_by(Offer.assessed_at.desc())
    return session.scalars(query.limit(1)).first()


def ask(
    session: Session, offer: Offer, citizen: Person, person: Person, capacity: str, taken: set[str]
) -> Answer:
    """Open one answer. `taken` are the items already used in this round."""
    item = person.id if person.id not in taken else f"{person.id}/{citizen.id}"
    taken.add(item)
    answer = Answer(
        offer_id=offer.id,
        citizen_id=citizen.id,
        person_id=person.id,
        capacity=capacity,
        item=item,
        number=len(answers(session, offer)) + 1,
        asked_at=clock.now(),
    )
    session.add(answer)
    session.flush()
    return answer


def answers(session: Session, offer: Offer) -> list[Answer]:
    """Everything asked about the offer, in order."""
    query = select(Answer).where(Answer.offer_id == offer.id)
    return list(session.scalars(query.order_by(Answer.number)))


def open_answer(session: Session, offer: Offer, item: str) -> Answer | None:
    """The question that waits for an answer under this item."""
    waiting = [a for a in answers(session, offer) if a.item == item and a.answer is None]
    return waiting[-1] if waiting else None


def latest(given: Iterable[Answer], citizen_id: str, person_id: str) -> str | None:
    """What the person last answered for the citizen, or None."""
    said = [
        a.answer
        for a in given
        if (a.citizen_id, a.person_id) == (citizen_id, person_id) and a.answer is not None
    ]
    return said[-1] if said else None


def attempts(given: Iterable[Answer], person_id: str) -> int:
    """How many times the person was sought in vain."""
    return sum(a.person_id == person_id and a.answer == NOT_MET for a in given)


def weigh(own: str | None, said: dict[str, str | None], exhausted: set[str]) -> str:
    """What the answers of those who must say yes come to, for one citizen.

    `own`: the citizen's answer, None where the law does not ask for it. `said`: person id to
    answer, of all who must. `exhausted`: those sought as often as the municipality demands.
    """
    values = set(said.values())
    if CANNOT in values:
        return CANNOT
    # The citizen's own no ends it: nobody else can say yes in their place.
    if own == NO:
        return REFUSED
    if any(v is None or (v == NOT_MET and p not in exhausted) for p, v in said.items()):
        return ASK_AGAIN
    if THINKING in values:
        return THINKING
    if NOT_MET in values:
        return NOT_MET
    if values <= set(YES):
        return AGREED
    return DISAGREE if values & set(YES) else REFUSED


def attempts_wanted(session: Session) -> int:
    """How often somebody is sought before they count as not met: a local decision."""
    return organisation.setting(session, "kontaktforsoeg", 2)


def settle(offer: Offer, answer: str) -> None:
    """The offer was answered, once and for all."""
    offer.answer, offer.answered_at = answer, clock.now()
