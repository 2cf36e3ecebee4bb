"""One notice, its kinds, and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.domain.access import Reach
from engine.domain.notices import Terms

DEADLINE, QUEUE, OVERDUE = "frist", "koe", "overskredet"
STANDS_IN, STOOD_IN = "stedfortraeder", "stedfortraeder_slut"
WITHDRAWN, SILENT, GRANT = "samtykke", "intet_svar", "bevilling"
MEETING, UNCONFIRMED, MOVED = "moede", "kontrol", "frist_flyttet"
SITTING, DELEGATION = "udvalgsmoede", "delegation"
#: What has happened and is over: seen once, it has ended.
ONCE = frozenset({STOOD_IN, WITHDRAWN, SILENT, GRANT, MOVED, SITTING, DELEGATION})
#: What names no case, and so may be known of one that does not exist for the reader.
NAMELESS = frozenset({WITHDRAWN, SILENT})


class Desk(str):
    """A desk in the facts of a notice, by its code until the page says what it is called."""


@dataclass(frozen=True)
class Notice:
    """One thing to know. Without `nummer` no case is named. `key` is what is marked as seen."""

    key: str
    kind: str
    at: datetime
    case_id: str | None = None
    task_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    nummer: str | None = None
    citizens: str = ""
    new: bool = True


@dataclass(frozen=True)
class Asker:
    """Who asks, and what every cause needs to know about them."""

    session: Session
    username: str
    mine: Reach
    terms: Terms
    #: Only how many there are is asked for, not what they say.
    counting: bool = False

    @property
    def since(self) -> datetime:
        """From when on what has happened is still told."""
        return clock.now() - self.terms.lasts

    @property
    def own_units(self) -> list[str]:
        return sorted(self.mine.inner_units)
