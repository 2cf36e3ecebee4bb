"""What was proposed about where a case is coordinated, beside the tasks that decide on it.

A form asks for it by the property `sideblad`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import candidates, placement
from engine.domain.cases import Case
from engine.domain.organisation import Unit
from engine.domain.placement import Placement
from engine.forms import Form
from engine.queries.candidates import KANDIDATER
from engine.queries.inbox_names import user_names
from engine.queries.task import Task

PLACEMENT = "placering"
#: The form in which a leader approves what a chosen coordinator will carry.
APPROVAL = "godkend_belastning"


@dataclass(frozen=True)
class Chosen:
    """Who was chosen, "fra 40 % til 43 %", and why all the same."""

    name: str
    rise: str
    reason: str


@dataclass(frozen=True)
class Beside:
    """`decided_by` is empty where the municipality's rule pointed the unit out."""

    unit: str
    decided_by: str
    decided_because: str
    wish: str
    assessment: str
    strain: str
    proposed_by: str
    proposed_on: date
    chosen: Chosen | None


def beside(session: Session, found: Task, form: Form | None) -> Beside | None:
    """None beside other forms, or without sight of the case."""
    asked = form is not None and form.properties.get("sideblad") in (PLACEMENT, KANDIDATER)
    if not asked or not found.may_know_work:
        return None
    case = session.get_one(Case, found.case_id)
    row = placement.latest(session, case)
    if row is None:
        return None
    names = user_names(session, {row.proposed_by, row.unit_decided_by} - {None})
    return Beside(
        unit=_unit(session, row.unit),
        decided_by=names.get(row.unit_decided_by, ""),
        decided_because=row.unit_reason or "",
        wish=_unit(session, row.citizens_wish),
        assessment=row.assessment,
        strain=row.strain or "",
        proposed_by=names.get(row.proposed_by, row.proposed_by),
        proposed_on=clock.local(row.proposed_at).date(),
        chosen=_chosen(session, case, row) if found.form_id == APPROVAL else None,
    )


def _unit(session: Session, code: str | None) -> str:
    unit = session.get(Unit, code) if code else None
    return unit.name if unit else code or ""


def _chosen(session: Session, case: Case, row: Placement) -> Chosen | None:
    for one in candidates.ranked(session, case):
        if one.username == row.person:
            return Chosen(one.name, one.rise, row.person_reason or "")
    return None
