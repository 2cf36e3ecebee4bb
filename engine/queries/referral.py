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


def sheet(session: Session, username: str) -> Sheet:
    """Raises RefersNobody for those who work in no unit, such as the committee and the auditor."""
    roles = [r for r in organisation.roles_of(session, username) if r.role in access.WORKERS]
    if not roles:
        raise RefersNobody
    release = diagrams.current_release(session, referral.ENTRY)
    starts = diagrams.program(session, release.id).starts(referral.ENTRY)
    form_id = next(start.form_id for start in starts if start.kind == "none")
    return Sheet(diagrams.form(session, release.id, form_id), roles[0].unit)
