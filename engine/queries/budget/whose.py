"""Whose money it is, as far as that exists for the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.queries import search


@dataclass(frozen=True)
class Whose:
    """A case by its number, and its citizens; both empty where it does not exist for the reader."""

    nummer: str = ""
    citizens: str = ""


def whose(session: Session, username: str, case_ids: Iterable[str | None]) -> dict[str, Whose]:
    """Case id -> whose, for each of the cases.

    A partner who knows of a case by consent alone knows the plan, and nothing of its money.
    """
    asked = {case_id for case_id in case_ids if case_id}
    seen = access.seen_among(session, username, asked)
    seen -= access.by_consent_alone(session, username, seen)
    numbers = dict(session.execute(select(Case.id, Case.nummer).where(Case.id.in_(seen))).all())
    names = search.citizens(session, list(seen), username)
    return {
        case_id: Whose(numbers[case_id], names.get(case_id, "")) if case_id in seen else Whose()
        for case_id in asked
    }
