"""The citizen dies or moves away (P18, P19), or the case was opened on the wrong person."""

from __future__ import annotations

from datetime import date

from engine.domain import (
    budget,
    cases,
    closure,
    consent,
    letters,
    meetings,
    notes,
    obligations,
    people,
)
from engine.errors import Refused
from engine.services import Context, service

DEAD, MOVED, MISTAKEN = "doed", "fraflyttet", "fejloprettet"


class OverdragelseUdenModtager(Refused):
    """Skriv, hvilken kommune borgeren er flyttet til, og hvad der er overdraget. Uden samtykke må der ikke overdrages noget."""


class AndreISagen(Refused):
    """Sagen handler også om andre i familien, så den kan ikke lukkes, fordi én er død. Tag den døde ud af sagen ved at registrere, at samtykket er bortfaldet for den person; sagen fortsætter for de andre."""


@service("stop_efter_doedsfald")
def stop_after_death(context: Context, dato: str | None = None, **_: object) -> dict | None:
    """Stop breve og indkaldelser, aflys møder, og giv penge tilbage, der er sat af, men ikke bevilget."""
    session, case = context.session, context.case
    died_on = date.fromisoformat(dato) if dato else context.today
    living = [row for row in people.citizens(session, case.id) if row.died_on is None]
    if len(living) > 1:
        raise AndreISagen
    for citizen in living:
        citizen.died_on = died_on
        letters.stop(session, case, citizen)
    why = "borgeren er død"
    meetings.cancel_future(session, case, why)
    closure.end_duties(session, case, why)
    consent.lapse(session, case, why)
    budget.release_case(session, case.id, by=context.actor)
    if case.open:
        _move(context, "DOED")
    context.record("citizen_died", day=died_on)


@service("afslut_efter_doedsfald")
def after_death(
    context: Context, enheder_orienteret: bool | None = None, note: str | None = None, **_: object
) -> dict | None:
    """Gem, at enhederne har fået besked."""
    if note:
        notes.write(context.session, context.case, "Efter dødsfaldet", note, by=context.actor)
    context.record("units_told_of_death", told=bool(enheder_orienteret))


@service("registrer_fraflytning")
def citizen_moved(context: Context, **_: object) -> dict | None:
    """Stop opfølgningen, fordi borgeren er flyttet. Samtykker gælder ikke i den nye kommune."""
    session, case = context.session, context.case
    why = "borgeren er flyttet til en anden kommune"
    meetings.cancel_future(session, case, why)
    closure.end_duties(session, case, why)
    consent.lapse(session, case, why)
    budget.release_case(session, case.id, by=context.actor)
    if case.open:
        _move(context, "FLYTTET_KOMMUNE")
    context.record("citizen_moved")


@service("overdrag_til_ny_kommune")
def hand_over(
    context: Context,
    samtykke_til_overdragelse: str,
    ny_kommune: str | None = None,
    overdraget: str | None = None,
    **_: object,
) -> dict | None:
    """Gem overdragelsen. Den nye kommune får kun noget at vide med et nyt samtykke eller efter underretningspligten."""
    session, case = context.session, context.case
    if samtykke_til_overdragelse == "nej":
        context.record("handed_over", how=samtykke_til_overdragelse)
        return
    if not (ny_kommune and overdraget):
        raise OverdragelseUdenModtager
    if samtykke_til_overdragelse == "ja":
        for citizen in people.citizens(session, case.id):
            consent.give(
                session,
                case,
                citizen.id,
                consent.DISCLOSE,
                counterpart=ny_kommune,
                data_types=["overdragelse"],
                purpose="Overdragelse til den nye kommune",
                given_by=[citizen.id],
            )
    notes.write(session, case, f"Overdragelse til {ny_kommune}", overdraget, by=context.actor)
    context.record("handed_over", how=samtykke_til_overdragelse)


@service("luk_afviklet")
def close_wound_up(context: Context, aarsag: str, **_: object) -> dict | None:
    """Afslut enhedernes forpligtelser, og luk sagen med årsagen."""
    session, case = context.session, context.case
    if not case.open:
        return
    for row in obligations.running(session, case):
        proof = closure.REASONS[aarsag]
        obligations.end(session, case, row.unit, aarsag, proof)
    _move(context, "AFVIKLING")
    closure.close(session, case, aarsag)
    context.record("state_changed", old="AFVIKLING", new=case.tilstand, reason=aarsag)


@service("laas_sag")
def lock(context: Context, **_: object) -> dict | None:
    """Luk sagen som fejloprettet, og lås indholdet. Sporet bliver."""
    session, case = context.session, context.case
    budget.release_case(session, case.id, by=context.actor)
    for row in obligations.running(session, case):
        obligations.end(session, case, row.unit, "ophoert_ved_afgoerelse", "fejloprettet")
    if case.open:
        before = case.tilstand
        closure.close(session, case, MISTAKEN)
        context.record("state_changed", old=before, new=case.tilstand, reason=MISTAKEN)
    case.locked = True
    context.record("case_locked")


def _move(context: Context, tilstand: str) -> None:
    before = context.case.tilstand
    if before != tilstand:
        cases.move(context.case, tilstand)
        context.record("state_changed", old=before, new=tilstand)
