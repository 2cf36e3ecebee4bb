"""The verb by which whoever takes over a case says that they have the handover pack (N12)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.casework import rights
from engine.casework.opening import locked_by_number
from engine.casework.running import About, run
from engine.casework.tasks import starting
from engine.domain import access, appointment
from engine.domain.appointment import IngenSkalOvertage, OvertagerIkke
from engine.domain.cases import NoSuchCase
from engine.store import Store


def receive(store: Store, nummer: str, *, by: str, on_behalf_of: str | None = None) -> None:
    """Whoever is to take over has read what there is to know, and says so in the trail.

    Raises NoSuchCase, IngenSkalOvertage, OvertagerIkke.
    """

    def write(session: Session) -> None:
        step = starting(session, by, on_behalf_of)
        case = locked_by_number(step, nummer)
        if access.NOTES not in access.parts(session, by, case):
            raise NoSuchCase
        taking_over = appointment.incoming(session, case)
        if taking_over is None:
            raise IngenSkalOvertage
        if taking_over not in access.reach(session, by).usernames:
            raise OvertagerIkke(person=rights.called(session, taking_over))
        step.record(case, "handover_received", user=taking_over)
        step.save()

    run(store, About("receive", by), write)
