"""The demo municipality, and a case that has run for a year in another system."""

from dataclasses import replace
from datetime import date

import pytest

from engine.domain.brought_in import Held, Owed, RunningCase
from tests.coordination.conftest import town  # noqa: F401

KASPER = RunningCase(
    system="Gammelsag",
    old_number="G-77",
    name="Kasper Overført",
    cpr="720500-4005",
    unit="JOB",
    coordinator="koordinator-1",
    deputy="koordinator-2",
    accepted_on=date(2025, 11, 3),
    last_held=date(2026, 9, 15),
    goals=("Jeg vil have et sted at bo", "Jeg vil i arbejde"),
    owed=(Owed("BOL", "Finder en bolig", "Bo Bolig"), Owed("X-RPS", "Samtaler hver uge")),
    consents=(
        Held("plan", date(2025, 10, 20), "skriftlig"),
        Held(
            "videregivelse",
            date(2025, 10, 20),
            "skriftlig",
            "X-RPS",
            ("helbred",),
            "Samme behandling",
        ),
    ),
)


@pytest.fixture
def kasper():
    """`kasper(name=value, ...)`: the case, with these parts of it otherwise."""
    return lambda **other: replace(KASPER, **other)
