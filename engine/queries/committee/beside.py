"""The application beside the tasks in which it is advised on, decided, ruled on and paid.

A form asks for it by the property `sideblad`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain import access, cover, grants
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.organisation import Unit
from engine.domain.splitting import shares
from engine.forms import Form
from engine.queries import labels
from engine.queries.committee.asked import Asked, asked
from engine.queries.committee.calendar import application_of
from engine.queries.committee.items import RESULTS
from engine.queries.task import Task

APPLICATION = "ansoegning"
#: The form of a ruling under one law, whose task names the law.
RULING = "afgoerelse"


@dataclass(frozen=True)
class Decision:
    """What was decided; `split` is (unit, amount)."""

    result: str
    amount: Decimal
    reason: str
    conditions: str
    dissent: str
    split: list[tuple[str, Decimal]]


@dataclass(frozen=True)
class Beside:
    """`law` and `services` are what the task itself rules on; `missing` has no cover."""

    id: str
    nummer: str
    asked: Asked
    decision: Decision | None
    law: str
    services: list[str]
    missing: Decimal


def beside(session: Session, username: str, found: Task, form: Form | None) -> Beside | None:
    """None beside other forms, and for those for whom the case's grants do not exist."""
    if form is None or form.properties.get("sideblad") != APPLICATION:
        return None
    case = session.get_one(Case, found.case_id)
    if access.GRANTS not in access.parts(session, username, case):
        return None
    row = application_of(session, found.row, case)
    return _told(session, found, case, row) if row is not None else None


def _told(session: Session, found: Task, case: Case, row: Application) -> Beside:
    law = found.row.item if found.form_id == RULING else None
    return Beside(
        id=row.id,
        nummer=case.nummer,
        asked=asked(session, row),
        decision=_decision(session, row),
        law=labels.of(labels.LAWS, law) if law else "",
        services=[one["ydelse"] for one in row.services if one["lov"] == law],
        missing=cover.uncovered(session, row),
    )


def _decision(session: Session, row: Application) -> Decision | None:
    grant = grants.of(session, row)
    if grant is None:
        return None
    parts = shares(grant.amount, grant.split) if grant.split and grant.amount else []
    return Decision(
        result=labels.of(RESULTS, grant.result),
        amount=grant.amount,
        reason=grant.reason or "",
        conditions=grant.conditions or "",
        dissent=grant.dissent or "",
        split=[(session.get_one(Unit, unit).name, part) for unit, part in parts],
    )
