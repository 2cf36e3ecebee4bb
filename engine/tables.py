"""The decision tables in force: which file answers a decision now, read once per version.

The domain asks here: deadlines, placement, consent and delegation limits are rows, not code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, decisions, edition
from engine.cache import Cache
from engine.definitions import DMN, Definition
from engine.errors import Broken


class UnknownDecision(Broken):
    """A diagram or service asks a table that is not deployed."""


def table(session: Session, decision_id: str) -> decisions.Definitions:
    """The table file in force that answers a decision. Raises `UnknownDecision`."""
    definition_id = _version(session, decision_id)

    def find() -> decisions.Definitions:
        query = select(Definition.content).where(Definition.id == definition_id)
        return decisions.read(session.scalar(query), strict=False)

    return _tables.get(definition_id, find)


def decide(
    session: Session, decision_id: str, inputs: Mapping[str, Any], on: date | None = None
) -> decisions.Answer:
    """Ask the table in force; `on` is the day whose rows count (today)."""
    return table(session, decision_id).decide(decision_id, inputs, on=on or clock.today())


def look_up(session: Session, decision_id: str, on: date, **inputs: str) -> decisions.Answer:
    """As `decide`, of a table of dated rows that does not ask what time it is.

    The same question has one answer until a row begins or ends, and is worked out once. Nobody
    changes an answer.
    """
    era = table(session, decision_id).era(decision_id, on)
    key = (_version(session, decision_id), decision_id, era, *sorted(inputs.items()))
    return _answers.get(key, lambda: decide(session, decision_id, inputs, on))


def _version(session: Session, decision_id: str) -> str:
    definition_id = _tables_in_force(session).get(decision_id)
    if definition_id is None:
        raise UnknownDecision(decision_id)
    return definition_id


def _tables_in_force(session: Session) -> dict[str, str]:
    """Decision id -> definition id."""
    return edition.kept(session, "tables_in_force", lambda: _read_tables_in_force(session))


def _read_tables_in_force(session: Session) -> dict[str, str]:
    query = select(Definition.id, Definition.provides).where(
        Definition.kind == DMN, Definition.current
    )
    return {decision: id_ for id_, provides in session.execute(query) for decision in provides}


_tables, _answers = Cache(200), Cache(2_000)
