"""What one needs to refer somebody: the form that the entry process begins with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import diagrams, forms
from engine.domain import access, organisation, referral
from engine.errors import Refused


class RefersNobody(Refused):
    """Du arbejder ikke i en enhed, der henviser borgere. Bed en kollega i en enhed om at henvise, eller spørg administratoren."""


@dataclass(frozen=True)
class Sheet:
    form: forms.Form
    #: Where the referral would come from, if the user says nothing else.
    own_unit: str | None


def may_refer(session: Session, username: str) -> bool:
    """Whether the page of referrals is there for the user."""
    return bool(_units(session, username))


def sheet(session: Session, username: str) -> Sheet:
    """Raises RefersNobody for those who work in no unit, such as the committee and the auditor."""
    units = _units(session, username)
    if not units:
        raise RefersNobody
    release = diagrams.current_release(session, referral.ENTRY)
    starts = diagrams.program(session, release.id).starts(referral.ENTRY)
    form_id = next(start.form_id for start in starts if start.kind == "none")
    return Sheet(diagrams.form(session, release.id, form_id), units[0])


def _units(session: Session, username: str) -> list[str]:
    """The units in which the user works, and may refer from."""
    held = organisation.roles_of(session, username)
    return [role.unit for role in held if role.role in access.WORKERS]
