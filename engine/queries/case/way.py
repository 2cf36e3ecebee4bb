"""The way of a case: its stops, and when each was reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.cases import Case
from engine.events import Event

# The steps of a case as a citizen would tell them, and the states that show each is reached.
STEPS = (
    ("Henvist", ("MODTAGET", "SCREENING")),
    ("Tilbud", ("TILBUD_GIVET",)),
    ("Samtykke", ("SAMTYKKE_GIVET",)),
    ("Koordinator", ("KOORDINATOR_UDPEGET",)),
    ("Plan", ("PLAN_UDARBEJDES", "PLAN_AFVENTER_BORGER")),
    ("Opfølgning", ("PLAN_AKTIV", "PLAN_REVIDERES")),
    ("Afslutning", ("AFSLUTNING_FORBEREDES", "AFVIKLING", "AFSLUTTET", "EFTEROPFOELGNING")),
)


@dataclass(frozen=True)
class Stop:
    """One stop of the status line: when it was reached, or not yet."""

    name: str
    on: date | None
    current: bool


def stops(session: Session, case: Case) -> list[Stop]:
    """The status line. A stop is reached on the first day that one of its states was."""
    query = select(Event.at, Event.facts).where(
        Event.case_id == case.id, Event.kind == "state_changed"
    )
    reached: dict[str, date] = {"MODTAGET": clock.local(case.opened_at).date()}
    for at, facts in session.execute(query.order_by(Event.seq)):
        reached.setdefault(str(facts.get("new")), clock.local(at).date())
    at_present = next((name for name, states in STEPS if case.tilstand in states), None)
    return [
        Stop(
            name=name,
            on=min((reached[state] for state in states if state in reached), default=None),
            current=name == at_present,
        )
        for name, states in STEPS
    ]
