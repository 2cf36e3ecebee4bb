"""Where a case is coordinated, and why: asked, weighed and decided (F09, decision table D3).

Source: seed 001 (R1.49): the coordinator sits in the unit with the main task, or with special
knowledge; decided in the single case by professional assessment.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import efforts, offers, screening
from engine.domain.cases import Case
from engine.store import Base, new_id


class Placement(Base):
    """Why a case is coordinated in this unit and by this person (F09): asked, weighed, decided."""

    __tablename__ = "placements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime]
    citizens_wish: Mapped[str | None] = mapped_column(String(20))
    assessment: Mapped[str] = mapped_column(Text)
    strain: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    unit_decided_by: Mapped[str | None] = mapped_column(String(60))
    unit_reason: Mapped[str | None] = mapped_column(Text)
    person: Mapped[str | None] = mapped_column(String(60))
    deputy: Mapped[str | None] = mapped_column(String(60))
    person_reason: Mapped[str | None] = mapped_column(Text)
    load_percent: Mapped[int | None]
    load_approved_by: Mapped[str | None] = mapped_column(String(60))
    load_approval: Mapped[str | None] = mapped_column(Text)


def propose(session: Session, case: Case, by: str, **facts) -> Placement:
    """Begin a placement; `facts` are the columns."""
    row = Placement(case_id=case.id, proposed_by=by, proposed_at=clock.now(), **facts)
    session.add(row)
    session.flush()
    return row


def latest(session: Session, case: Case) -> Placement | None:
    """The placement that is being decided, or was decided last."""
    query = select(Placement).where(Placement.case_id == case.id)
    return session.scalars(query.order_by(Placement.proposed_at.desc()).limit(1)).first()


def weights(session: Session, case: Case) -> list[dict]:
    """How heavy each unit's part is, as D3 asks: efforts where there is a plan, else needs (F03)."""
    running: dict[str, int] = {}
    for effort in efforts.of_case(session, case):
        if effort.live:
            running[effort.unit] = running.get(effort.unit, 0) + 1
    if not running:
        return screening.weights(session, case)
    known = {row["enhed"]: row["relation_dage"] for row in screening.weights(session, case)}
    return [
        {"enhed": unit, "vaegt": weight, "relation_dage": known.get(unit, 0)}
        for unit, weight in sorted(running.items(), key=lambda row: -row[1])
    ]


def wish(session: Session, case: Case) -> str | None:
    """The unit that the citizen asked for when the offer was explained."""
    offer = offers.current(session, case)
    return offer.wished_unit if offer else None
