"""Who holds something in a case, in words: a person, a unit, or whoever a queue stands for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.domain.cases import Case
from engine.domain.organisation import LEADER_SUFFIX, Unit, User

_ROLES = {
    "udvalg": "visitationsudvalget",
    "udvalg-formand": "visitationsudvalgets formand",
    "udvalg-sekretaer": "visitationsudvalgets sekretær",
    "jurist": "juristen",
}


def person(session: Session, username: str | None) -> str:
    """A person's name; the system's own is no name."""
    if not username:
        return ""
    found = session.get(User, username)
    return found.name if found else ("Systemet" if username == "system" else username)


def queue(session: Session, code: str, case: Case) -> str:
    """Whoever the queue stands for in this case."""
    match code:
        case "koordinator":
            return ", ".join(filter(None, ("koordinatoren", person(session, case.koordinator))))
        case "stedfortraeder":
            name = person(session, case.stedfortraeder)
            return ", ".join(filter(None, ("stedfortræderen", name)))
        case "ejer":
            return unit(session, case.owner_unit) or "den ansvarlige enhed"
        case "ejer-leder":
            return f"lederen i {unit(session, case.owner_unit) or 'den ansvarlige enhed'}"
        case "henviser":
            return unit(session, case.referred_by) or "henviseren"
    if code in _ROLES:
        return _ROLES[code]
    if code.endswith(LEADER_SUFFIX):
        led = code.removesuffix(LEADER_SUFFIX)
        return f"lederen i {unit(session, led) or led}"
    return unit(session, code) or code


def unit(session: Session, code: str | None) -> str:
    """A unit's name."""
    found = session.get(Unit, code) if code else None
    return found.name if found else ""
