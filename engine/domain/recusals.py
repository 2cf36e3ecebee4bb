"""Who has stepped aside from a case because of a personal interest in it (forvaltningsloven §§ 3-6).

Whoever has stepped aside does nothing more in the case. The reason stands in the case's trail.
"""

from __future__ import annotations

from engine.domain.cases import Case
from engine.errors import Refused


class ErInhabil(Refused):
    """{hvem} har meldt sig inhabil i sagen og kan ikke arbejde med den. En kollega må tage opgaven; enhedens leder kan fordele den."""


class InhabilitetUdenGrund(Refused):
    """Skriv, hvorfor du er inhabil. Lederen skal kunne vurdere det (forvaltningsloven § 6)."""


class KoordinatorErInhabil(Refused):
    """Du koordinerer sagen og kan ikke bare træde ud af den. Vælg »Koordinatoren skifter« under Handlinger med årsagen »Inhabilitet«, så borgeren får en ny koordinator."""


def has(case: Case, username: str | None) -> bool:
    """Whether the person has stepped aside."""
    return username in (case.recused or ())


def step_aside(case: Case, username: str, reason: str) -> None:
    """Raises InhabilitetUdenGrund, KoordinatorErInhabil."""
    if not reason.strip():
        raise InhabilitetUdenGrund
    if case.koordinator == username:
        raise KoordinatorErInhabil
    case.recused = sorted({*(case.recused or ()), username})
