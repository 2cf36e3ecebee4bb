"""What the inbox calls queues and people."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain.organisation import LEADER_SUFFIX, Unit, User

_QUEUES = {
    "koordinator": "Som koordinator",
    "stedfortraeder": "Som stedfortræder",
    "medkoordinator": "Som medkoordinator",
    "navn": "Givet til dig",
    "ejer": "Den ansvarlige enhed",
    "ejer-leder": "Den ansvarlige enheds leder",
    "henviser": "Henviseren",
    "udvalg": "Visitationsudvalget",
    "udvalg-formand": "Udvalgets formand",
    "udvalg-sekretaer": "Udvalgets sekretær",
    "jurist": "Juristen",
}


def queue_name(session: Session, queue: str) -> str:
    """The queue as people say it: a unit's name, its leaders, or a role."""
    if queue in _QUEUES:
        return _QUEUES[queue]
    unit = session.get(Unit, queue.removesuffix(LEADER_SUFFIX))
    if unit is None:
        return queue
    return f"Ledelsen, {unit.name}" if queue.endswith(LEADER_SUFFIX) else unit.name


def user_names(session: Session, usernames: Iterable[str | None]) -> dict[str, str]:
    """User name -> the person's name."""
    wanted = {name for name in usernames if name}
    if not wanted:
        return {}
    query = select(User.username, User.name).where(User.username.in_(wanted))
    return dict(session.execute(query).all())
