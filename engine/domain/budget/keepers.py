"""Who keeps the shared budget and who reads it (domain.md C8), a stand-in as whom they stand in for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain import organisation
from engine.errors import Refused

#: The unit whose queue books grants; its people note what they cost.
FINANCE = "OEK"
_DECIDE = frozenset({"udvalg_sekretaer", "chef"})
_READ = _DECIDE | {"koordinator", "leder", "udvalg_medlem", "udvalg_formand", "revisor"}


class NoSuchBudget(Refused):
    """Det fælles budget findes ikke for dig. Spørg Økonomi eller udvalgets sekretær."""


class KunOekonomi(Refused):
    """Forbrug bliver noteret af Økonomi. Send regningen til dem."""


class KunBudgettetsFolk(Refused):
    """Det fælles budget bliver ændret af Økonomi, udvalgets sekretær eller direktionen. Bed en af dem om det."""


def must_read(session: Session, username: str) -> None:
    """Raises NoSuchBudget."""
    if not (_in_finance(session, username) or _holds(session, username, _READ)):
        raise NoSuchBudget


def must_note(session: Session, username: str) -> None:
    """Raises KunOekonomi."""
    if not _in_finance(session, username):
        raise KunOekonomi


def must_decide(session: Session, username: str) -> None:
    """Raises KunBudgettetsFolk."""
    if not (_in_finance(session, username) or _holds(session, username, _DECIDE)):
        raise KunBudgettetsFolk


def _in_finance(session: Session, username: str) -> bool:
    return any(role.unit == FINANCE for role in _roles(session, username))


def _holds(session: Session, username: str, wanted: frozenset[str]) -> bool:
    return any(role.role in wanted for role in _roles(session, username))


def _roles(session: Session, username: str) -> list[organisation.Role]:
    people = [username, *organisation.stands_in_for(session, username)]
    return [role for each in people for role in organisation.roles_of(session, each)]
