"""The three registrations of a course: at the start, at the closing, and three months after (F37).

Source: seed 002 (R2.31-R2.38): most answers are the caseworker's, some the citizen's own, and the
third is the hardest to get, so a missing one is written down with why.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.store import Base, Json, new_id

START, CLOSING, AFTER = 1, 2, 3
#: The deadline that each registration meets.
RULES = {CLOSING: "FS-2", AFTER: "FS-2-efter"}
DONE = "ja"


class Registration(Base):
    """One registration, or why it is missing. Changes are seen against the start, never as effects."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    due: Mapped[date | None] = mapped_column(Date)
    registered_on: Mapped[date] = mapped_column(Date)
    registered_by: Mapped[str] = mapped_column(String(60))
    missing_because: Mapped[str | None] = mapped_column(String(20))
    roles: Mapped[list] = mapped_column(Json, default=list)
    #: The citizen's own answer, and the caseworker's.
    wellbeing_citizen: Mapped[str | None] = mapped_column(String(20))
    wellbeing_caseworker: Mapped[str | None] = mapped_column(String(20))
    support_home: Mapped[str | None] = mapped_column(String(20))
    support_economy: Mapped[str | None] = mapped_column(String(20))
    #: Background at the time (R2.39), and where the citizen stands.
    sex: Mapped[str | None] = mapped_column(String(20))
    age: Mapped[int | None]
    housing: Mapped[str | None] = mapped_column(String(30))
    income: Mapped[str | None] = mapped_column(String(30))
    education: Mapped[str | None] = mapped_column(String(30))

    @property
    def complete(self) -> bool:
        return self.missing_because is None


def keep(
    session: Session, case: Case, number: int, by: str, outcome: str, **answers
) -> Registration:
    """Keep registration 1, 2 or 3; answering again writes over what was said before."""
    row = get(session, case, number)
    if row is None:
        row = Registration(case_id=case.id, number=number)
        session.add(row)
    row.registered_on, row.registered_by = clock.today(), by
    row.missing_because = None if outcome == DONE else outcome
    for name, value in answers.items():
        setattr(row, name, value)
    session.flush()
    return row


def get(session: Session, case: Case, number: int) -> Registration | None:
    return session.scalar(
        select(Registration).where(Registration.case_id == case.id, Registration.number == number)
    )


def of_case(session: Session, case: Case) -> list[Registration]:
    query = select(Registration).where(Registration.case_id == case.id)
    return list(session.scalars(query.order_by(Registration.number)))
