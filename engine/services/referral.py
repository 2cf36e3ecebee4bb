"""Referral and screening as the diagrams `henvisning` and `henvisning_paa_aaben_sag` call them."""

from __future__ import annotations

from typing import Any

from engine import tables
from engine.domain import (
    cases,
    concerns,
    deadlines,
    followup,
    letters,
    notes,
    people,
    referral,
    screening,
)
from engine.domain.concerns import ACUTE, NOTIFY
from engine.services import Context, service
from engine.services.telling import tell_waiting

#: D1's answers in the words of the form.
WORDS = {
    "tilbyd_straks": "Borgeren skal have tilbuddet straks",
    "tilbyd": "Borgeren skal have tilbuddet",
    "leder": "Lederen skal vurdere det",
    "henvis_til_enhed": "Borgeren skal have hjælp i én enhed",
    "manuel": "Tabellen kan ikke afgøre det",
}
FOLLOW = "foelg"


@service("registrer_henvisning")
def register_referral(context: Context, **answers: Any) -> dict | None:
    """Gem henvisningen (F01), borgerens behov for tolk og børnene, og læg sagen hos en enhed."""
    session, case = context.session, context.case
    first = referral.latest(session, case) is None
    received = referral.register(session, case, answers, by=context.actor)
    if answers.get("tolk") == "ja":
        for person in people.citizens(session, case.id):
            person.interpreter, person.language = True, (answers.get("sprog") or "")[:10]
    case.referred_by = referral.referring_unit(session, received)
    if first:
        hosts = referral.may_host(session, received.received_by)
        case.owner_unit = referral.first_owner(case, received.received_by, hosts)
    context.record("referral_received", source=received.source, owner=case.owner_unit)
    return {"henvisning_id": received.id, "kilde": received.source}


@service("kvitter_henviser")
def acknowledge(context: Context, henvisning_id: str | None = None, **_: object) -> dict | None:
    """Send B09 til henviseren: kun at henvisningen er modtaget."""
    _receipt(context, henvisning_id, "modtaget")


@service("saet_hastende_i_gang")
def start_what_cannot_wait(
    context: Context, henvisning_id: str | None = None, **_: object
) -> dict | None:
    """Spørg tabellen akut for borgeren og hvert barn, og start underretning, akut hjælp og ungekontakt."""
    session, case = context.session, context.case
    told = referral.get(session, case, henvisning_id)
    acute = False
    for person in [*people.citizens(session, case.id), *referral.children(session, case)]:
        inputs = concerns.inputs_of_referral(session, case, told, person)
        reactions = _reactions(context, inputs)
        if NOTIFY in reactions:
            notify(context, person.id, told.received_at, "henvisning", violence=told.violence)
        acute = acute or ACUTE in reactions
    if acute:
        context.start("akut")
    if told.left_programme:
        context.start("ungekontakt")
    latest = concerns.assess_before(session, told.received_at)
    return {
        "boern": [person.id for person in concerns.unassessed(session, case)],
        "underret_senest": latest and latest.isoformat(),
        "d1": screening.inputs(session, case),
    }


@service("gem_screening")
def keep_screening(
    context: Context,
    omfang: str,
    samordningsbehov: float,
    kollision: list | None = None,
    aktivitetsparat: bool | None = None,
    borgerens_syn: str | None = None,
    **answers: Any,
) -> dict | None:
    """Gem screeningen (F03) og gør tabellens spørgsmål klar."""
    row = screening.Screening(
        case_id=context.case.id,
        areas=screening.areas_of(answers),
        extent=omfang,
        coordination_need=int(samordningsbehov),
        collisions=list(kollision or []),
        activity_ready=aktivitetsparat is True,
        citizens_view=borgerens_syn,
        done_at=context.now,
        done_by=context.actor,
    )
    context.session.add(row)
    context.session.flush()
    return {"d1": screening.inputs(context.session, context.case)}


@service("gem_maalgruppe")
def keep_target_group(
    context: Context, maalgruppe_resultat: str | None = None, d1: dict | None = None, **_: object
) -> dict | None:
    """Gem, hvad tabellen svarede og hvorfor, og læg sagen hos tilbudsenheden."""
    session, case = context.session, context.case
    row = screening.latest(session, case)
    # The diagram's own task has asked and left the event; this reads the row's source for people.
    answer = tables.decide(session, "maalgruppe", d1 or {})
    rule = next(iter(answer.rules), None)
    if row is not None:
        row.result, row.rule = maalgruppe_resultat, rule
    case.maalgruppe = rule
    before = case.owner_unit
    case.owner_unit = screening.offering_unit(session, case)
    if case.owner_unit != before:
        context.record("owner_changed", old=before, new=case.owner_unit)
    straight = maalgruppe_resultat == "tilbyd_straks"
    return {
        "maalgruppe_ord": WORDS.get(maalgruppe_resultat or "manuel", WORDS["manuel"]),
        "maalgruppe_regel": rule,
        "henvisning_udfald": maalgruppe_resultat if straight else None,
    }


@service("bekraeft_maalgruppe")
def confirm(
    context: Context,
    beslutning: str,
    maalgruppe_resultat: str | None = None,
    begrundelse: str | None = None,
    **_: object,
) -> dict | None:
    """Gem, om tabellens svar blev fulgt, eller begrundelsen for at fravige det."""
    decision = maalgruppe_resultat if beslutning == FOLLOW else beslutning
    _decided(context, decision, begrundelse, "Vurderingen af målgruppen er fraveget")
    return {"henvisning_udfald": decision}


@service("vurder_manuelt")
def judge(context: Context, beslutning: str, begrundelse: str, **_: object) -> dict | None:
    """Gem lederens vurdering af målgruppen."""
    _decided(context, beslutning, begrundelse, "Leders vurdering af målgruppen")
    return {"henvisning_udfald": beslutning}


@service("modtag_i_enhed")
def take_in(
    context: Context, ansvarlig: str, telefon: str, kontakt_senest: str, **_: object
) -> dict | None:
    """Gem, hvem i enheden der kontakter borgeren og hvornår."""
    unit = screening.weights(context.session, context.case)
    if unit:
        cases.involve(context.session, context.case, unit[0]["enhed"], "henvist efter screening")
    text = f"{ansvarlig}, telefon {telefon}, kontakter borgeren senest {kontakt_senest}."
    notes.write(context.session, context.case, "Modtaget i enheden", text, by=context.actor)


@service("svar_henviser")
def answer_referrer(context: Context, svar: str, givet: str, **_: object) -> dict | None:
    """Svar henviseren uden indhold om borgeren (F04)."""
    if givet == "brev":
        _receipt(context, None, svar)
    context.record("referrer_answered", answer=svar, channel=givet)


@service("luk_uden_forloeb")
def close_without_coordination(context: Context, **_: object) -> dict | None:
    """Luk en sag, der ikke blev til koordinering: frister falder bort, årsagen bliver gemt."""
    case = context.case
    reason = (case.tilstand or "").lower()
    deadlines.cancel(context.session, case, None, f"sagen er lukket: {reason}")
    case.afslutning_aarsag = reason
    before = case.tilstand
    cases.move(case, "AFSLUTTET")
    context.record("state_changed", old=before, new=case.tilstand, reason=reason)


@service("gem_ny_henvisning")
def keep_new_referral(
    context: Context, ny_oplysning: str, vurdering: str, **_: object
) -> dict | None:
    """Gem, hvad den ansvarlige gør ved en ny henvisning i en åben sag."""
    notes.write(context.session, context.case, "Ny henvisning", vurdering, by=context.actor)
    context.record("referral_read", new_information=ny_oplysning == "ja")


@service("meld_ny_oplysning")
def pass_on(context: Context, **_: object) -> dict | None:
    """Lad opfølgningen begynde nu, hvis den venter på sin dag. Den, der læste henvisningen, har vurderet den."""
    tell_waiting(context, followup.NEWS, at=followup.WAITING)


def notify(context: Context, person_id: str, received_at, where: str, **facts: Any) -> None:
    """Raise a concern about a child and start its own process with its own clock."""
    concern = concerns.raise_concern(
        context.session, context.case, person_id, received_at, context.actor, where, **facts
    )
    if concern is not None:
        context.record("concern_raised", concern=concern.id, where=where)
        context.start("underretning", {"underretning_id": concern.id, "barn": person_id})


def _reactions(context: Context, inputs: dict) -> set[str]:
    answer = context.decide("akut", inputs)
    return {row["reaktion"] for row in answer.value or []}


def _receipt(context: Context, referral_id: str | None, answer: str) -> None:
    session, case = context.session, context.case
    received = referral.get(session, case, referral_id)
    to = referral.recipient(session, case, received)
    letters.send(session, case, "B09", to=to, by=context.actor, svar=answer)


def _decided(context: Context, decision: str | None, reason: str | None, title: str) -> None:
    row = screening.latest(context.session, context.case)
    if row is not None:
        row.decision, row.decided_by, row.reason = decision, context.actor, reason
    if reason:
        notes.write(context.session, context.case, title, reason, by=context.actor)
    context.record("target_group_decided", decision=decision, departed=bool(reason))
