"""Concern for a child, and acute help, as the diagrams `underretning` and `akut` call them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine import clock
from engine.domain import concerns, notes, referral
from engine.domain.concerns import ACUTE, NOTIFY
from engine.services import Context, service
from engine.services.deadlines import begin
from engine.services.referral import notify


@service("registrer_underretning")
def keep_assessment(
    context: Context,
    modtaget_kl: str,
    vurderet_kl: str,
    resultat: str,
    beskrivelse: str,
    leder: str,
    henvisning_id: str | None = None,
    **answers: Any,
) -> dict | None:
    """Gem vurderingen af ét barn (F02), og start underretningen, hvis der skal underrettes."""
    received = moment(modtaget_kl)
    if received > context.now:
        raise concerns.FremtidigModtagelse
    asked = concerns.inputs_of_answers(answers)
    answer = context.decide("akut", asked)
    reactions = {row["reaktion"] for row in answer.value or []}
    if NOTIFY in reactions and resultat != "underret":
        raise concerns.UnderretningPligt
    text = f"Modtaget {modtaget_kl}, vurderet {vurderet_kl}. {beskrivelse}"
    notes.write(context.session, context.case, "Vurdering af underretning", text, by=context.actor)
    if resultat == "underret":
        told = referral.get(context.session, context.case, henvisning_id)
        # The municipality knew at the latest when the referral came: the clock starts then.
        earliest = min(received, told.received_at) if told else received
        notify(
            context,
            context.item,
            earliest,
            "vurdering",
            violence=asked["vold"],
            text=beskrivelse,
            informed_leader=leder,
        )
    if ACUTE in reactions:
        context.start("akut")


@service("begynd_underretning")
def begin_clock(context: Context, underretning_id: str, **_: object) -> dict | None:
    """Start uret på 24 timer (BL-5), talt fra da kommunen fik oplysningerne."""
    concern = context.session.get(concerns.Concern, underretning_id)
    deadline = begin(context, concerns.RULE, concern.received_at, concern.person_id)
    return {"frist": deadline and deadline.due_at.isoformat(), "barn": concern.person_id}


@service("vurder_underretning")
def assess(
    context: Context,
    underretning_id: str,
    resultat: str,
    begrundelse: str,
    leder: str,
    akut_fare: str,
    **_: object,
) -> dict | None:
    """Gem Familieafdelingens vurdering af underretningen."""
    concern = context.session.get(concerns.Concern, underretning_id)
    concern.assessed_at, concern.assessed_by = context.now, context.actor
    concern.result, concern.reason, concern.informed_leader = resultat, begrundelse, leder
    context.record("concern_assessed", concern=concern.id, result=resultat)
    if akut_fare == "ja":
        context.start("akut")


@service("gem_overskridelse")
def keep_overrun(context: Context, tiltag: str, ansvarlig: str, **_: object) -> dict | None:
    """Gem, hvad lederen gjorde, da underretningen ikke var vurderet i tide."""
    text = f"{tiltag} Ansvarlig nu: {ansvarlig}."
    notes.write(context.session, context.case, "Underretning overskredet", text, by=context.actor)
    context.record("concern_overdue_handled")


@service("saet_akut_hjaelp_i_gang")
def start_acute_help(context: Context, **_: object) -> dict | None:
    """Giv akutvagten opgaven i dag."""
    context.start("akut")


@service("vurder_akut")
def assess_acute(
    context: Context,
    hvem_kontaktet: str,
    risiko_liv_helbred: str,
    vold: str,
    boern_i_hjemmet: str,
    boligtab: str,
    **_: object,
) -> dict | None:
    """Gem akutvagtens vurdering (F49); vold i et hjem med børn bliver til en underretning."""
    notes.write(context.session, context.case, "Akut vurdering", hvem_kontaktet, by=context.actor)
    context.record(
        "acute_assessed",
        life=risiko_liv_helbred == "ja",
        violence=vold == "ja",
        home=boligtab == "ja",
    )
    if boern_i_hjemmet == "ja":
        for child in concerns.unassessed(context.session, context.case):
            answer = context.decide(
                "akut", {"er_barn": True, "bekymring": False, "vold": vold == "ja"}
            )
            if any(row["reaktion"] == NOTIFY for row in answer.value or []):
                notify(context, child.id, context.now, "akut", violence=True)


@service("gem_akut_svar")
def keep_acute_answer(context: Context, resultat: str, notat: str, **_: object) -> dict | None:
    """Gem, hvad enheden fik afklaret samme dag."""
    title = "Akut: forsørgelse" if context.element == "afklar_forsoergelse" else "Akut: bolig"
    notes.write(context.session, context.case, title, notat, by=context.actor)
    context.record("acute_settled", element=context.element, result=resultat)


@service("gem_ungekontakt")
def keep_contact(
    context: Context, kontakt_dato: str, kanal: str, notat: str, **_: object
) -> dict | None:
    """Gem kontakten til den unge (KUI-1)."""
    title = f"Kontakt til den unge {kontakt_dato}"
    notes.write(context.session, context.case, title, notat, by=context.actor)
    context.record("youth_contacted", day=kontakt_dato, channel=kanal)


@service("gem_ungeaktivitet")
def keep_activity(
    context: Context,
    tilbudt_dato: str,
    aktivitet: str,
    accepteret: str,
    notat: str | None = None,
    **_: object,
) -> dict | None:
    """Gem den nye aktivitet, den unge er tilbudt (KUI-2)."""
    if notat:
        notes.write(context.session, context.case, "Ny aktivitet", notat, by=context.actor)
    context.record(
        "youth_activity_offered", day=tilbudt_dato, activity=aktivitet, accepted=accepteret == "ja"
    )


def moment(text: str) -> datetime:
    """A form's local date and time as an aware moment."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=clock.COPENHAGEN)
