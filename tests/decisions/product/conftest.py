"""The municipality's own tables, asked as callers ask them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine import decisions

PROCESSES = Path(__file__).parents[3] / "processes"
MODELS = {
    "A": "A_en_organisation",
    "B": "B_matrix",
    "C": "C_samarbejde_visitationsudvalg",
}


@pytest.fixture
def decide():
    """decide("maalgruppe", alder=17, ...) on the scenarios' day, or another with `on`."""
    read: dict[str, decisions.Definitions] = {}

    def ask(table: str, on: date = date(2026, 11, 23), decision: str = "", **context):
        if table not in read:
            read[table] = decisions.read((PROCESSES / f"{table}.dmn").read_bytes())
        if "model" in context:
            context["model"] = MODELS[context["model"]]
        return read[table].decide(decision or table, context, on=on)

    return ask
