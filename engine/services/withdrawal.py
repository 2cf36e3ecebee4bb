"""A consent is taken back (P08): access closes at once, then people are told and plans restored."""

from __future__ import annotations

from datetime import date

from engine.domain import (
    capacity,
    cases,
    consent,
    letters,
    meetings,
    notes,
    organisation,
    people,
    plan,
    sector_plans,
    withdrawal,
)
from engine.domain.people import Person
from engine.errors import Refused
from engine.services import Context, service

YOUNG_ALONE = "ung_alene"


class KunDenUngesEgetJa(Refused):
    """Planen kan kun fortsætte som en overligger, når den unges eget ja er nok efter loven og kommunens beslutning. Afvikl forløbet, eller tal med forældrene igen."""


@service("luk_adgang")
def close_access(
    context: Context, omfang: str | list, person: str | None = None, **_: object
) -> dict | None:
    """Luk adgangen med det samme, aflys de møder, der ikke længere er samtykke til, og find virkningen."""
    session, case = context.session, context.case
    before = {row.person_id for row in consent.in_force(session, case, consent.PLAN)}
    withdrawn = consent.withdraw(session, case, omfang, person_id=person)
    hit = bool(before) and not consent.in_force(session, case, consent.PLAN)
    withdrawal.strike_invitees(session, case, withdrawn)
    if hit:
        meetings.cancel_future(session, case, "samtykket til planen er trukket tilbage")
    withdrawal.end_involvements(session, case, withdrawn)
    replaced = hit and case.plan_tilstand == plan.REPLACING
    if replaced:
        sector_plans.mode_falls(session, case)
    left = sorted(before - {r.person_id for r in consent.in_force(session, case, consent.PLAN)})
    alone = bool(left) and replaced and all(_young_alone(context, id_) for id_ in left)
    if hit:
        _move(context, "SAMTYKKE_TRUKKET")
    else:
        withdrawal.leave_out(session, case, left)
    context.record(
        "consent_withdrawn",
        kinds=sorted({row.kind for row in withdrawn}),
        count=len(withdrawn),
        plan_hit=hit,
    )
    return {
        "plan_samtykke_ramt": hit,
        "tilstand_erstatter": replaced,
        "ung_kan_selv": alone,
        "tilstand_falder": False,
        "trukket_af": left,
        "trukket": [row.id for row in withdrawn],
    }


@service("registrer_tilbagetraekning")
def register(
    context: Context,
    dato: str,
    virkning_forklaret: bool | None = None,
    fortsaetter_i_sektorer: str | None = None,
    aarsag: str | None = None,
    trukket: list | None = None,
    **_: object,
) -> dict | None:
    """Gem, at virkningen er forklaret, hvad der fortsætter i enhederne, og hvorfor (F31)."""
    session, case = context.session, context.case
    withdrawal.explain(session, case, trukket or [], aarsag, fortsaetter_i_sektorer)
    day = date.fromisoformat(dato)
    text = f"Trukket tilbage {day:%d.%m.%Y}. Det fortsætter: {fortsaetter_i_sektorer}"
    notes.write(session, case, "Samtykke trukket tilbage", text, by=context.actor)
    context.record("withdrawal_explained", explained=bool(virkning_forklaret), day=dato)


@service("brev_tilbagetraekning")
def confirm(context: Context, trukket: list | None = None, **_: object) -> dict | None:
    """Send B07 til borgeren, til forældremyndighedens indehavere og til de parter, der har mistet adgangen."""
    session, case = context.session, context.case
    withdrawn = withdrawal.rows(session, case, trukket or [])
    for person_id in dict.fromkeys(row.person_id for row in withdrawn):
        letters.send(session, case, "B07", people.person(session, person_id), by=context.actor)
        for party in capacity.representatives(session, case, person_id, capacity.CUSTODY):
            letters.send(session, case, "B07", party.person, by=context.actor)
    # The other side learns only that it may no longer obtain or receive anything.
    for code in withdrawal.other_sides(withdrawn):
        if session.get(organisation.Unit, code) is not None:
            letters.send(session, case, "B07", code, by=context.actor)


@service("genopret_sektorplan")
def restore(
    context: Context,
    plan: str,
    ansvarlig: str,
    naeste_opfoelgning: str,
    telefon: str | None = None,
    **_: object,
) -> dict | None:
    """Genopret enhedens egen plan med ansvarlig og næste opfølgning (F45)."""
    row = withdrawal.restore(
        context.session,
        context.case,
        str(context.item),
        plan,
        responsible=ansvarlig,
        phone=telefon,
        follow_up_due=date.fromisoformat(naeste_opfoelgning),
    )
    context.record("sector_plan_restored", unit=row.unit, type=row.type)


@service("bekraeft_overligger")
def ask_young(context: Context, ung_svar: str, note: str | None = None, **_: object) -> dict | None:
    """Gem den unges svar på, om planen skal fortsætte som en overligger (F32)."""
    if note:
        notes.write(context.session, context.case, "Den unges svar", note, by=context.actor)
    context.record("overlay_answered", answer=ung_svar)


@service("lad_tilstand_falde")
def fall_to_overlay(context: Context, trukket_af: list | None = None, **_: object) -> dict | None:
    """Lad planen fortsætte som overligger på den unges eget ja."""
    session, case = context.session, context.case
    if not trukket_af or not all(_young_alone(context, id_) for id_ in trukket_af):
        raise KunDenUngesEgetJa
    case.plan_tilstand = plan.OVERLAY
    for person_id in trukket_af:
        consent.give(session, case, person_id, consent.PLAN, given_by=[person_id], form="mundtlig")
    _move(context, "PLAN_REVIDERES")
    if plan.accepted(session, case) is not None:
        _move(context, "PLAN_AKTIV")
    return {"tilstand_falder": True}


def _young_alone(context: Context, person_id: str) -> bool:
    """D2 asked again as if the plan only lay above the others."""
    citizen: Person = people.person(context.session, person_id)
    inputs = capacity.inputs(context.session, context.case, citizen)
    answer = context.decide("samtykkekompetence", inputs | {"plan_tilstand": plan.OVERLAY})
    return (answer.value or {}).get("resultat") == YOUNG_ALONE


def _move(context: Context, tilstand: str) -> None:
    before = context.case.tilstand
    if before != tilstand:
        cases.move(context.case, tilstand)
        context.record("state_changed", old=before, new=tilstand)
