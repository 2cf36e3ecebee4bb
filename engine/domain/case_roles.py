"""Who does what in a case beside the coordinator: mentor, support person, contact in a unit.

Source: seed 004 (R4.10: clear interfaces between mentor, coordinator and others), seed 003 (R3.10:
one person may hold several roles).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import appointment
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.store import Base, new_id

ROLES = {
    "koordinator": "Koordinator",
    "stedfortraeder": "Stedfortræder",
    "medkoordinator": "Medkoordinator",
    "sagsbehandler": "Sagsbehandler",
    "mentor": "Mentor",
    "stoetteperson": "Støtteperson",
    "virksomhedskonsulent": "Virksomhedskonsulent",
    "paaroerende": "Pårørende",
    "partner": "Partner",
}


class CaseRole(Base):
    """A person has a role in a case for a period, and this is what they do."""

    __tablename__ = "case_roles"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    who: Mapped[str] = mapped_column(String(160))
    unit: Mapped[str | None] = mapped_column(String(20))
    does: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


def give(
    session: Session, case: Case, role: str, who: str, does: str, unit: str | None = None
) -> CaseRole:
    """Give somebody a role from today; the same role for the same work is not given twice."""
    for row in table(session, case):
        if (row.role, row.who, row.does) == (role, who, does):
            return row
    row = CaseRole(
        case_id=case.id, role=role, who=who, does=does, unit=unit, valid_from=clock.today()
    )
    session.add(row)
    session.flush()
    return row


def end(row: CaseRole) -> None:
    row.valid_to = clock.today()


def table(session: Session, case: Case) -> list[CaseRole]:
    """The role table of today."""
    query = select(CaseRole).where(CaseRole.case_id == case.id, CaseRole.valid_to.is_(None))
    return sorted(
        session.scalars(query), key=lambda row: (row.valid_from, row.role, row.who, row.does)
    )


@fact("rolleliste")
def _who_does_what(session: Session, case: Case) -> list[dict]:
    """Everybody with a role in the case today: coordinator, deputy and co-coordinator first."""
    rows = [
        ("koordinator", case.koordinator, "Samordner planen og følger op"),
        ("stedfortraeder", case.stedfortraeder, "Overtager ved fravær"),
        *(
            (row.role, row.username, row.reason or "Deler opfølgningen med koordinatoren")
            for row in appointment.current(session, case, appointment.CO_COORDINATOR)
        ),
        *((row.role, row.who, row.does) for row in table(session, case)),
    ]
    return [{"rolle": role, "hvem": who, "hvad": does} for role, who, does in rows if who]
