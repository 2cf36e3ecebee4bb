"""»Hvad koster et nej«: what the applicants expect a refusal to cost the citizen and the municipality."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain import cases
from engine.queries.budget.cover_note import of_reader


@dataclass(frozen=True)
class CostOfNo:
    """`cost` is None where the application does not say; `difference` what a yes costs beyond it."""

    asked: Decimal
    cost: Decimal | None
    because: str
    consequence: str
    alternatives: str

    @property
    def difference(self) -> Decimal | None:
        return None if self.cost is None else self.asked - self.cost


def cost_of_no(session: Session, username: str, nummer: str, application_id: str) -> CostOfNo:
    """Raises NoSuchCase, UkendtIndstilling."""
    row = of_reader(session, username, cases.by_number(session, nummer), application_id)
    return CostOfNo(
        asked=row.amount,
        cost=row.cost_of_no,
        because=row.cost_of_no_because or "",
        consequence=row.consequence,
        alternatives=row.alternatives,
    )
