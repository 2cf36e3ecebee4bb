"""Under which law and by what right somebody decides, beside the tasks that ask for it.

A form asks for it by the property `sideblad`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.domain import appointment, delegation
from engine.domain.cases import Case
from engine.domain.organisation import Unit
from engine.forms import Form
from engine.queries import holders, labels
from engine.queries.task import Task

COMPETENCE = "kompetence"


@dataclass(frozen=True)
class Delegated:
    """By which unit's delegation the coordinator decides, how long and how much."""

    unit: str
    until: date
    most: float | None


@dataclass(frozen=True)
class Beside:
    """`what` and `amount` are those of the decision; none where a delegation is asked for."""

    law: str
    what: str
    amount: float | None
    coordinator: str
    coordinators_unit: str
    by: Delegated | None


def beside(
    session: Session, found: Task, form: Form | None, seen: Mapping[str, Any]
) -> Beside | None:
    """`seen`: the variables of the task. None beside other forms, or without sight of the case."""
    asked = form is not None and form.properties.get("sideblad") == COMPETENCE
    law = seen.get("lovomraade")
    if not asked or not found.may_know_work or not law:
        return None
    case = session.get_one(Case, found.case_id)
    what, amount = seen.get("beslutningstype"), seen.get("beloeb")
    held = delegation.valid(session, case, case.koordinator, law, what, amount) if what else None
    home = case.koordinator and appointment.home(session, case.koordinator)
    return Beside(
        law=labels.of(labels.LAWS, law),
        what=labels.of(labels.DECISION_TYPES, what) if what else "",
        amount=amount,
        coordinator=holders.person(session, case.koordinator),
        coordinators_unit=session.get_one(Unit, home).name if home else "",
        by=_delegated(session, held) if held and found.row.queue == "koordinator" else None,
    )


def _delegated(session: Session, row: delegation.Delegation) -> Delegated:
    return Delegated(session.get_one(Unit, row.unit).name, row.valid_to, row.max_amount)
