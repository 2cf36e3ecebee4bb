"""The verb that brings in a case that ran somewhere else before."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.casework.rights import employed
from engine.casework.running import About, run
from engine.casework.tasks import starting
from engine.domain import brought_in, cases, people, referral
from engine.domain.brought_in import RunningCase
from engine.domain.cases import Case
from engine.errors import Refused
from engine.store import Store


class BliverOverfoert(Refused):
    """Den samme sag bliver overført i dette øjeblik af en anden. Vent lidt, og prøv igen."""


def bring_in(store: Store, told: RunningCase, *, by: str) -> str:
    """Place the case in the middle of the spine, under its own transaction. The case's number.

    The same case of the same system comes in once: asked again, the number it got is answered.
    Raises the refusals of `brought_in`, of `people.register`, and of the appointment.
    """

    def start(session: Session) -> str:
        step = starting(session, by, None)
        employed(session, by)
        brought_in.check(session, by, told.unit)
        known = brought_in.find(session, told.system, told.old_number)
        if known is not None:
            return session.get(Case, known.case_id).nummer
        person = people.register(
            session,
            told.name,
            told.cpr,
            replacement=told.replacement,
            birth_date=told.birth_date,
        )
        if referral.open_case_of(session, [person]) is not None:
            raise brought_in.HarAabenSag
        person.address = told.address or person.address
        # Protection is never lifted by a file.
        person.address_protected = told.address_protected or person.address_protected
        case = cases.create(session, "koordinering", owner_unit=told.unit)
        people.add_party(session, case.id, person.id, "borger")
        try:
            brought_in.mark(session, case, told, by)
        except IntegrityError as error:
            raise BliverOverfoert from error
        step.case(case)
        step.record(case, "case_opened", process=referral.ENTRY)
        # An old case number may be made of anything, so it stands with what can be erased.
        step.record(
            case, "brought_in", content={"gammelt_nummer": told.old_number}, system=told.system
        )
        step.start(case, referral.ENTRY, message=brought_in.MESSAGE)
        step.save()
        return case.nummer

    return run(store, About("bring_in", by, process=referral.ENTRY), start)
