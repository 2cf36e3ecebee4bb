"""Who could coordinate the case, as the form that chooses asks for it (property `sideblad`)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain import candidates
from engine.domain.candidates import Candidate
from engine.domain.cases import Case
from engine.forms import Form
from engine.queries import labels
from engine.queries.task import Task

KANDIDATER = "kandidater"


def beside(session: Session, found: Task, form: Form | None) -> list[Candidate]:
    """The candidates, the best suited first; none beside other forms, or without sight of the case."""
    asked = form is not None and form.properties.get("sideblad") == KANDIDATER
    if not asked or not found.may_know_work:
        return []
    return candidates.ranked(session, session.get_one(Case, found.case_id))


def reasons(one: Candidate) -> list[str]:
    """Why the person stands where they do, in words."""
    said = []
    if one.placed:
        said.append("hører til den enhed, sagen er placeret i")
    if one.wished:
        said.append("hører til den enhed, borgeren har ønsket")
    said += one.knows
    if one.skills:
        said.append("kender til " + ", ".join(labels.FIELDS_OF_LIFE[s].lower() for s in one.skills))
    if one.away_until:
        said.append(f"er fraværende til {one.away_until}")
    return said
