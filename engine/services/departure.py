"""Somebody dies or moves away (P18, P19), or the case was opened on the wrong person.

Of a family only the one's own part ends (`domain/members.py`); with the last citizen the case does.
"""

from __future__ import annotations

from datetime import date

from engine.domain import (
    budget,
    cases,
    closure,
    concerns,
    consent,
    letters,
    meetings,
    members,
    notes,
    obligations,
    people,
)
from engine.domain.people import Person
from engine.errors import Refused
from engine.services import Context, service
from engine.services.telling import tell_waiting

MISTAKEN = "fejloprettet"
#: The state of a case whose last citizen is gone, by why they are.
STATES = {members.DEAD: "DOED", members.MOVED: "FLYTTET_KOMMUNE"}


class OverdragelseUdenModtager(Refused):
    """Skriv, hvilken kommune borgeren er flyttet til, og hvad der er overdraget. Uden samtykke må der ikke overdrages noget."""


class HvemIFamilien(Refused):
    """Sagen handler om flere i en familie. Vælg, hvem af dem det gælder; de andres del af sagen fortsætter."""


class IkkeBorgerISagen(Refused):
    """Personen er ikke en af de borgere, sagen handler om. Vælg en af dem."""


class DoedsfaldIFremtiden(Refused):
    """Dødsdatoen ligger efter i dag. Ret datoen, og prøv igen."""


@service("stop_efter_doedsfald")
def stop_after_death(
    context: Context, person: str | None = None, dato: str | None = None, **_: object
) -> dict | None:
    """Stop breve til den døde, og afslut den dødes del af sagen. Var det den sidste borger, stopper hele sagen."""
    session, case = context.session, context.case
    died_on = date.fromisoformat(dato) if dato else context.today
    if died_on > context.today:
        raise DoedsfaldIFremtiden
    (dead,) = _chosen(context, [person] if person else None)
    dead.died_on = died_on
    letters.stop(session, case, dead)
    context.record("citizen_died", day=died_on)
    return _depart(context, [dead], members.DEAD)


@service("afslut_efter_doedsfald")
def after_death(
    context: Context, enheder_orienteret: bool | None = None, note: str | None = None, **_: object
) -> dict | None:
    """Gem, at enhederne har fået besked."""
    if note:
        notes.write(context.session, context.case, "Efter dødsfaldet", note, by=context.actor)
    context.record("units_told_of_death", told=bool(enheder_orienteret))


@service("gem_hvem_flytter")
def keep_movers(
    context: Context, personer: list | None = None, note: str | None = None, **_: object
) -> dict | None:
    """Gem, hvem i familien der flytter."""
    movers = _chosen(context, personer)
    if note:
        notes.write(context.session, context.case, "Fraflytning", note, by=context.actor)
    return {"flyttede": [row.id for row in movers]}


@service("registrer_fraflytning")
def citizens_moved(
    context: Context, person: str | None = None, personer: list | None = None, **_: object
) -> dict | None:
    """Afslut den del af sagen, der gælder dem, der er flyttet. Flytter alle, stopper hele sagen. Samtykker gælder ikke i den nye kommune."""
    movers = _chosen(context, personer or ([person] if person else None))
    context.record("citizen_moved")
    return {"fraflyttere": [row.id for row in movers]} | _depart(context, movers, members.MOVED)


@service("overdrag_til_ny_kommune")
def hand_over(
    context: Context,
    samtykke_til_overdragelse: str,
    ny_kommune: str | None = None,
    overdraget: str | None = None,
    fraflyttere: list | None = None,
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
        for person_id in fraflyttere or []:
            given = consent.give(
                session,
                case,
                person_id,
                consent.DISCLOSE,
                counterpart=ny_kommune,
                data_types=["overdragelse"],
                purpose="Overdragelse til den nye kommune",
                given_by=[person_id],
            )
            # It was for this once: who has left the case shares nothing from it afterwards.
            consent.end(given, consent.LAPSED, "oplysningerne er overdraget")
    notes.write(session, case, f"Overdragelse til {ny_kommune}", overdraget, by=context.actor)
    context.record("handed_over", how=samtykke_til_overdragelse)


@service("gem_revision_efter_afgang")
def revised(
    context: Context, skal_planen_aendres: str, note: str | None = None, **_: object
) -> dict | None:
    """Gem, at koordinatoren har set på plan og samtykker, efter at en i familien er gået ud af sagen."""
    if note:
        notes.write(context.session, context.case, "Efter afgangen", note, by=context.actor)
    context.record("part_of_member_reviewed", plan_changes=skal_planen_aendres == "ja")


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
    tell_waiting(context, "sag_lukket")
    context.record("state_changed", old="AFVIKLING", new=case.tilstand, reason=aarsag)


@service("laas_sag")
def lock(context: Context, **_: object) -> dict | None:
    """Luk sagen som fejloprettet, og lås indholdet. Sporet bliver.

    Det afvises, mens en underretning om et barn venter på at blive vurderet.
    """
    session, case = context.session, context.case
    # Nobody could see what goes on in a locked case, and the law's clock for the child runs.
    if concerns.waiting(session, case):
        raise concerns.UnderretningVenter
    budget.release_case(session, case.id, by=context.actor)
    for row in obligations.running(session, case):
        obligations.end(session, case, row.unit, "ophoert_ved_afgoerelse", "fejloprettet")
    if case.open:
        before = case.tilstand
        closure.close(session, case, MISTAKEN)
        tell_waiting(context, "sag_lukket")
        context.record("state_changed", old=before, new=case.tilstand, reason=MISTAKEN)
    case.locked = True
    context.record("case_locked")


def _chosen(context: Context, wanted: list[str] | None) -> list[Person]:
    """Those of the case's citizens who are meant; the only one need not be named."""
    citizens = people.citizens(context.session, context.case.id)
    if wanted is None:
        if len(citizens) > 1:
            raise HvemIFamilien
        return citizens
    found = [row for row in citizens if row.id in wanted]
    if len(found) != len(set(wanted)):
        raise IkkeBorgerISagen
    return found


def _depart(context: Context, leaving: list[Person], because: str) -> dict:
    """They leave; with the last of the citizens everything stops. What is left, for the diagram."""
    session, case = context.session, context.case
    others = [row for row in people.citizens(session, case.id) if row not in leaving]
    if not others:
        _stop(context, because)
        return {"flere_i_sagen": False, "plan_uden_samtykke": False}
    planned = bool(consent.in_force(session, case, consent.PLAN))
    asked = False
    for person in leaving:
        part = members.leave(session, case, person, because)
        asked = members.unask(session, case, person, dead=because == members.DEAD) or asked
        context.record(
            "family_member_left_out",
            reason=because,
            consents=part.consents,
            goals=part.goals,
            efforts=part.efforts,
            agreements=part.agreements,
            units=list(part.units),
        )
    if asked:
        context.tell("parter_aendret")
    without = planned and not consent.in_force(session, case, consent.PLAN)
    if without:
        _move(context, "SAMTYKKE_TRUKKET")
    return {"flere_i_sagen": True, "plan_uden_samtykke": without}


def _stop(context: Context, because: str) -> None:
    """Nobody is left: meetings, duties, consents and what was set aside end at once."""
    session, case, why = context.session, context.case, members.WHY[because]
    meetings.cancel_future(session, case, why)
    closure.end_duties(session, case, why)
    consent.lapse(session, case, why)
    budget.release_case(session, case.id, by=context.actor)
    if case.open:
        _move(context, STATES[because])


def _move(context: Context, tilstand: str) -> None:
    before = context.case.tilstand
    if before != tilstand:
        cases.move(context.case, tilstand)
        context.record("state_changed", old=before, new=tilstand)
