"""Which queues there are: of units, of their leaders, of roles, and of the case itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session


class Queues:
    """The queues of one organisation; a partner has none, for it does no casework here.

    The domain is imported where it is asked: a file that cannot be read is refused without it.
    """

    def __init__(self, units: Mapping[str, str]):
        """`units`: code -> Danish name of every internal unit."""
        self.units = dict(units)
        self._names = {name: code for code, name in units.items()}

    @classmethod
    def of_database(cls, session: Session) -> Queues:
        from engine.domain.organisation import Unit

        units = session.execute(select(Unit.code, Unit.name).where(Unit.partner.is_(False)))
        return cls(dict(units.all()))

    @classmethod
    def of_demo(cls) -> Queues:
        """The demo municipality's, where no database is named."""
        from engine import municipality

        plan = municipality.read()
        return cls({row["kode"]: row["navn"] for row in plan["enheder"]})

    def find(self, text: str) -> str | None:
        """The queue that a text or a lane's name means, or None."""
        from engine.domain.organisation import CASE_QUEUES, LEADER_SUFFIX, ROLE_QUEUES

        if text in CASE_QUEUES or text in ROLE_QUEUES:
            return text
        unit = text.removesuffix(LEADER_SUFFIX)
        code = unit if unit in self.units else self._names.get(unit)
        if code is None:
            return None
        return code + LEADER_SUFFIX if text.endswith(LEADER_SUFFIX) else code

    def examples(self) -> str:
        """What to choose from, for a refusal."""
        from engine.domain.organisation import LEADER_SUFFIX

        some = sorted(self.units)[:4]
        return ", ".join([*some, *(f"{code}{LEADER_SUFFIX}" for code in some[:1]), "koordinator"])
