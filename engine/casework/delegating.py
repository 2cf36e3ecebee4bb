"""The verb that ends a delegation before its last day; it is given in a task (F10)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.casework.running import About, run
from engine.casework.step import Step
from engine.domain import delegation
from engine.errors import Refused
from engine.store import Store


class TilbagekaldUdenGrund(Refused):
    """Skriv, hvorfor delegationen bliver trukket tilbage. Koordinatoren kan læse det i sagens historik."""


def withdraw_delegation(store: Store, delegation_id: str, reason: str, *, by: str) -> None:
    """End the delegation from now on; what has been decided under it stands.

    Raises DelegationFindesIkke, KunLovensLeder, DelegationErSlut, TilbagekaldUdenGrund.
    """

    def write(session: Session) -> None:
        step = Step(session, by)
        row = delegation.find(session, by, delegation_id)
        case = step.lock(row.case_id)
        session.refresh(row)
        delegation.withdraw(session, row, by)
        if not reason.strip():
            raise TilbagekaldUdenGrund
        step.record(
            case,
            "delegation_withdrawn",
            law=row.law_area,
            delegation=row.id,
            content={"reason": reason.strip()},
        )
        step.save()

    run(store, About("withdraw_delegation", by), write)
