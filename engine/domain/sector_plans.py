"""The units' own plans under their own laws, which the coordinating plan binds together.

Source: seed 001 (R1.17, R1.38): Min Plan, § 141 handleplan, rehabiliteringsplan and the rest stay
in force beneath the overlay; where the coordinating plan replaces them they are taken up again when
that mode falls away.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.store import Base, new_id

IN_FORCE, REPLACED, TO_RESTORE, CLOSED = "gaeldende", "erstattet", "skal_genoprettes", "afsluttet"

TYPES = {
    "min_plan": "Min Plan",
    "uddannelsesplan": "Uddannelsesplan",
    "handleplan_141": "Handleplan efter servicelovens § 141",
    "barnets_plan": "Barnets plan",
    "ungeplan": "Ungeplan",
    "rehabiliteringsplan": "Rehabiliteringsplan",
    "helhedsorienteret_plan": "Helhedsorienteret plan",
    "behandlingsplan": "Behandlingsplan",
}


class SectorPlan(Base):
    """One unit's plan for the citizen under one law."""

    __tablename__ = "sector_plans"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    type: Mapped[str] = mapped_column(String(40))
    law: Mapped[str | None] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    external_id: Mapped[str | None] = mapped_column(String(80))
    responsible: Mapped[str | None] = mapped_column(String(160))
    phone: Mapped[str | None] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(20), default=IN_FORCE)
    follow_up_due: Mapped[date | None] = mapped_column(Date)
    linked_on: Mapped[date] = mapped_column(Date)


def link(session: Session, case: Case, unit: str, type: str, **facts) -> SectorPlan:
    """Link a unit's plan to the case, or bring the one that is linked up to date."""
    row = session.scalar(
        select(SectorPlan).where(
            SectorPlan.case_id == case.id,
            SectorPlan.unit == unit,
            SectorPlan.type == type,
            SectorPlan.status != CLOSED,
        )
    )
    if row is None:
        row = SectorPlan(case_id=case.id, unit=unit, type=type, linked_on=clock.today())
        row.status = REPLACED if case.plan_tilstand == "erstatter" else IN_FORCE
        session.add(row)
    for name, value in facts.items():
        if value is not None:
            setattr(row, name, value)
    session.flush()
    return row


def of_case(session: Session, case: Case) -> list[SectorPlan]:
    query = select(SectorPlan).where(SectorPlan.case_id == case.id)
    return list(session.scalars(query.order_by(SectorPlan.unit, SectorPlan.type)))


def mode_falls(session: Session, case: Case) -> list[SectorPlan]:
    """The coordinating plan no longer replaces anything: these plans must be taken up again."""
    fallen = [row for row in of_case(session, case) if row.status == REPLACED]
    for row in fallen:
        row.status = TO_RESTORE
    return fallen


def restore(row: SectorPlan) -> None:
    """The unit works by its own plan again."""
    row.status = IN_FORCE
