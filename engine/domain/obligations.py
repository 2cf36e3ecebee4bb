"""What a unit owes a case: to join in, and to carry out its efforts until it is released.

Source: seed 001 (R1.39): involved authorities are obliged until the goals are met and that
authority is no longer to take part. A case cannot close while an obligation runs (C4 iv).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import appointment, cases, screening
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, Json, new_id

#: How an obligation may end (C2).
ENDINGS = (
    "maal_opfyldt_og_frigivet",
    "overfoert_til_sektorplan",
    "samtykke_trukket",
    "fraflyttet",
    "doed",
    "ophoert_ved_afgoerelse",
)


class UkendtForpligtelse(Refused):
    """{enhed} har ingen forpligtelse i sagen, der kan afsluttes."""


class Obligation(Base):
    """One unit's duty in one case, from the day the citizen accepted."""

    __tablename__ = "obligations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    goal_keys: Mapped[list] = mapped_column(Json, default=list)
    contact: Mapped[str | None] = mapped_column(String(160))
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str | None] = mapped_column(String(40))
    sector_plan_id: Mapped[str | None] = mapped_column(ForeignKey("sector_plans.id"))
    next_due: Mapped[date | None] = mapped_column(Date)
    proof: Mapped[str | None] = mapped_column(String(200))

    @property
    def running(self) -> bool:
        return self.ended_on is None


class Participation(Base):
    """A unit was asked who takes part in a case (F54), and what it or its leader answered."""

    __tablename__ = "participations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    person: Mapped[str | None] = mapped_column(String(160))
    declined_because: Mapped[str | None] = mapped_column(Text)
    by_leader: Mapped[bool] = mapped_column(default=False)
    answered_by: Mapped[str] = mapped_column(String(60))
    answered_at: Mapped[datetime]


def begin(
    session: Session, case: Case, unit: str, goal_keys: list[str], contact: str | None = None
) -> Obligation:
    """The unit is obliged from today; one that already is gets the goals added."""
    row = next((o for o in running(session, case) if o.unit == unit), None)
    if row is None:
        row = Obligation(case_id=case.id, unit=unit, valid_from=clock.today(), goal_keys=[])
        session.add(row)
    row.goal_keys = list(dict.fromkeys([*row.goal_keys, *goal_keys]))
    row.contact = contact or row.contact
    session.flush()
    return row


def end(session: Session, case: Case, unit: str, reason: str, proof: str, **facts) -> Obligation:
    """Release the unit for one of ENDINGS. Raises UkendtForpligtelse."""
    row = next((o for o in running(session, case) if o.unit == unit), None)
    if row is None:
        raise UkendtForpligtelse(enhed=unit)
    row.ended_on, row.ended_reason, row.proof = clock.today(), reason, proof
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()
    return row


def of_case(session: Session, case: Case) -> list[Obligation]:
    query = select(Obligation).where(Obligation.case_id == case.id)
    return list(session.scalars(query.order_by(Obligation.valid_from, Obligation.unit)))


def running(session: Session, case: Case) -> list[Obligation]:
    """Obligations that are neither ended nor transferred."""
    return [row for row in of_case(session, case) if row.running]


def answer(session: Session, case: Case, unit: str, by: str, **facts) -> Participation:
    """Keep what the unit said when it was asked to take part."""
    row = Participation(
        case_id=case.id, unit=unit, answered_by=by, answered_at=clock.now(), **facts
    )
    session.add(row)
    session.flush()
    return row


def participants(session: Session, case: Case) -> dict[str, Participation]:
    """The latest answer of each unit."""
    query = select(Participation).where(Participation.case_id == case.id)
    order = (Participation.answered_at, Participation.unit, Participation.id)
    rows = session.scalars(query.order_by(*order))
    return {row.unit: row for row in rows}


@fact("forpligtede")
def _obliged(session: Session, case: Case) -> list[str]:
    """The units that are obliged now."""
    return [row.unit for row in running(session, case)]


@fact("enheder_at_spoerge")
def to_ask(session: Session, case: Case) -> list[str]:
    """The units with a part in the case that have not said who comes.

    Those that take part already, and those with a need in the screening; the coordinator's own
    unit need not be asked.
    """
    answered = {unit for unit, row in participants(session, case).items() if row.person}
    own = {row.unit for row in appointment.current(session, case, *appointment.COORDINATING)}
    needed = [row["enhed"] for row in screening.weights(session, case)]
    asked = dict.fromkeys([*cases.units(session, case), *needed])
    return [unit for unit in asked if unit not in answered | own]
