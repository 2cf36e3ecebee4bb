"""What the units say to an application (F26), and that one kept silent past the paper cut-off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Numeric, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.escalation import Application
from engine.store import Base, new_id

#: How the agenda shows a unit that said nothing.
NONE_GIVEN = "Ingen udtalelse"


class Opinion(Base):
    """One unit's opinion on one application."""

    __tablename__ = "opinions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    advice: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    legal_basis: Mapped[str | None] = mapped_column(Text)
    share: Mapped[float | None] = mapped_column(Numeric(5, 2, asdecimal=False))
    written_by: Mapped[str | None] = mapped_column(String(60))
    written_at: Mapped[datetime]

    @property
    def silent(self) -> bool:
        return self.advice == NONE_GIVEN


def give(session: Session, row: Application, unit: str, by: str | None, **facts) -> Opinion:
    """Keep a unit's opinion; a later one takes the place of an earlier."""
    opinion = of(session, row, unit)
    if opinion is None:
        opinion = Opinion(application_id=row.id, unit=unit)
        session.add(opinion)
    for name, value in facts.items():
        setattr(opinion, name, value)
    opinion.written_by, opinion.written_at = by, clock.now()
    session.flush()
    return opinion


def keep_silence(session: Session, row: Application) -> list[str]:
    """Mark every unit that has said nothing, and return them: the item goes on without them."""
    silent = missing(session, row)
    for unit in silent:
        give(session, row, unit, None, advice=NONE_GIVEN)
    return silent


def of(session: Session, row: Application, unit: str) -> Opinion | None:
    query = select(Opinion).where(Opinion.application_id == row.id, Opinion.unit == unit)
    return session.scalar(query)


def all_of(session: Session, row: Application) -> list[Opinion]:
    query = select(Opinion).where(Opinion.application_id == row.id)
    return list(session.scalars(query.order_by(Opinion.unit)))


def missing(session: Session, row: Application) -> list[str]:
    """The units still to be asked, in the order they were named."""
    said = {opinion.unit for opinion in all_of(session, row)}
    return [unit for unit in row.asked_units if unit not in said]
