"""Party hearing: nothing is decided on facts to a party's detriment that the party does not know.

Source: forvaltningsloven § 19 (domain.md B3). The law gives no number of days; KP-10 does.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.errors import Refused
from engine.store import Base, new_id

NEEDED, BEGUN, SENT, HEARD = "noedvendig", "begyndt", "sendt", "hoert"


class PartshoeringMangler(Refused):
    """Der kan ikke afgøres noget endnu: borgeren er ikke hørt om oplysninger til ugunst (forvaltningsloven § 19). Punktet kan kun udskydes, til høringen er gennemført."""


class IngenHoering(Refused):
    """Der er ingen partshøring i gang, som der kan svares på."""


class Hearing(Base):
    """One hearing: what the party was told, what the party said, what it weighed."""

    __tablename__ = "hearings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    #: What the hearing is about: an application, a complaint.
    subject: Mapped[str | None] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(20), default=NEEDED)
    needed_at: Mapped[datetime]
    facts: Mapped[str | None] = mapped_column(Text)
    meaning: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str | None] = mapped_column(String(60))
    answered: Mapped[str | None] = mapped_column(String(30))
    answer: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[str | None] = mapped_column(Text)
    weighed_at: Mapped[datetime | None]
    weighed_by: Mapped[str | None] = mapped_column(String(60))


def need(session: Session, case: Case, subject: str) -> None:
    """Note that the party must be heard, unless a hearing is under way already."""
    if not pending(session, case, subject):
        session.add(Hearing(case_id=case.id, subject=subject, needed_at=clock.now()))
        session.flush()


def begin(session: Session, case: Case, subject: str) -> bool:
    """Whether a hearing that was needed begins now; it begins once."""
    waiting = [row for row in pending(session, case, subject) if row.state == NEEDED]
    for row in waiting:
        row.state = BEGUN
    session.flush()
    return bool(waiting)


def send(session: Session, case: Case, subject: str, by: str, **facts) -> Hearing:
    """The party has been told. One that nobody noted as needed is noted now."""
    need(session, case, subject)
    row = pending(session, case, subject)[0]
    for name, value in facts.items():
        setattr(row, name, value)
    row.state, row.sent_at, row.sent_by = SENT, clock.now(), by
    session.flush()
    return row


def weigh(session: Session, case: Case, subject: str, by: str, **facts) -> Hearing:
    """The party has answered, or had the time to. Raises IngenHoering."""
    sent = [row for row in pending(session, case, subject) if row.state == SENT]
    if not sent:
        raise IngenHoering
    row = sent[0]
    for name, value in facts.items():
        setattr(row, name, value)
    row.state, row.weighed_at, row.weighed_by = HEARD, clock.now(), by
    session.flush()
    return row


def of(session: Session, case: Case, subject: str) -> list[Hearing]:
    query = select(Hearing).where(Hearing.case_id == case.id, Hearing.subject == subject)
    return list(session.scalars(query.order_by(Hearing.needed_at, Hearing.id)))


def running(session: Session, case: Case) -> list[Hearing]:
    """Every hearing of the case that is not over."""
    query = select(Hearing).where(Hearing.case_id == case.id, Hearing.state != HEARD)
    return list(session.scalars(query.order_by(Hearing.needed_at, Hearing.id)))


def pending(session: Session, case: Case, subject: str) -> list[Hearing]:
    """The hearings that keep the matter from being decided."""
    return [row for row in of(session, case, subject) if row.state != HEARD]


def must_be_over(session: Session, case: Case, subject: str, said: str) -> None:
    """Raise PartshoeringMangler unless the party has been heard, or need not be.

    `said` is what the one who decides says: ikke_noedvendig, gennemfoert or mangler.
    """
    held = of(session, case, subject)
    unheard = any(row.state != HEARD for row in held)
    if said == "mangler" or unheard or (said == "gennemfoert" and not held):
        raise PartshoeringMangler
