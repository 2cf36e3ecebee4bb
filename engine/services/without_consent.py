"""Obtaining information without the citizen's consent (`indhentning_uden_samtykke`)."""

from __future__ import annotations

from datetime import date

from engine import clock
from engine.domain import capacity, consent, letters, people, without_consent
from engine.services import Context, service

TABLE = "indhentning_uden_samtykke"


@service("begrund_uden_samtykke")
def reason(
    context: Context,
    kilde: str,
    oplysningstype: str,
    periode: str,
    formaal: str,
    grundlag: str,
    hvorfor_ikke_samtykke: str,
    noedvendigt_fordi: str,
    besked_skader: str,
    besked_skader_hvorfor: str | None = None,
    person: str | None = None,
    **_: object,
) -> dict | None:
    """Find paragraffen, der giver ret til at hente oplysningerne uden samtykke. Passer ingen, bliver det afvist."""
    session, case = context.session, context.case
    citizen = people.person(session, person or people.citizens(session, case.id)[0].id)
    if consent.covers(session, case, kilde, kind=consent.OBTAIN, person_id=citizen.id):
        raise without_consent.SamtykkeFindes(kilde=kilde)
    harmful = besked_skader == "ja"
    inputs = {"grundlag": grundlag, "alder": citizen.age, "besked_skader": harmful}
    answer = context.decide(TABLE, inputs)
    law = answer.value
    if law is None or law["hjemmel"] is None:
        raise without_consent.IngenHjemmel
    if law["art"] == without_consent.UNCONFIRMED:
        raise without_consent.HjemmelIkkeBekraeftet(hjemmel=law["hjemmel"])
    if harmful and law["besked"]:
        raise without_consent.BrevetSkalSendes
    row = without_consent.ask(
        session,
        case,
        citizen.id,
        context.actor,
        law["hjemmel"],
        answer.rules[0],
        source=kilde,
        kind=oplysningstype,
        period=periode,
        purpose=formaal,
        ground=grundlag,
        no_consent_because=hvorfor_ikke_samtykke,
        needed_because=noedvendigt_fordi,
        untold_paragraph=law["undtagelse"],
        untold_because=besked_skader_hvorfor,
    )
    context.record("unconsented_asked", request=row.id, paragraph=row.paragraph, row=row.row)
    return {"indhentning_id": row.id}


@service("godkend_uden_samtykke")
def approve(
    context: Context,
    indhentning_id: str,
    indhentning_svar: str,
    godkendelse_begrundelse: str,
    **_: object,
) -> dict | None:
    """Gem lederens svar på, om oplysningerne må hentes uden samtykke."""
    row = without_consent.find(context.session, indhentning_id)
    without_consent.answer(row, context.actor, indhentning_svar, godkendelse_begrundelse)
    context.record("unconsented_answered", request=row.id, answer=indhentning_svar)


@service("registrer_uden_samtykke")
def obtained(
    context: Context,
    indhentning_id: str,
    afsendt: str,
    modtaget: str | None = None,
    vurdering: str | None = None,
    **_: object,
) -> dict | None:
    """Gem, hvornår oplysningerne blev hentet, og om borgeren skal have besked."""
    row = without_consent.find(context.session, indhentning_id)
    row.sent_on = date.fromisoformat(afsendt)
    row.received_on = date.fromisoformat(modtaget) if modtaget else None
    row.assessment = vurdering
    told = row.untold_paragraph is None
    context.record(
        "unconsented_obtained",
        request=row.id,
        paragraph=row.paragraph,
        received=row.received_on is not None,
        told=told,
        exception=row.untold_paragraph,
    )
    return {"besked": told}


@service("brev_uden_samtykke")
def letter(context: Context, indhentning_id: str, **_: object) -> dict | None:
    """Send B17: at oplysningerne er hentet uden samtykke, fra hvem, og efter hvilken paragraf."""
    session, case = context.session, context.case
    row = without_consent.find(session, indhentning_id)
    facts = {"kilde": row.source, "oplysninger": row.kind, "hjemmel": row.paragraph}
    for reader in _readers(context, people.person(session, row.person_id)):
        letters.send(session, case, "B17", reader, by=context.actor, **facts)
    row.told_at = clock.now()


def _readers(context: Context, citizen: people.Person) -> list[people.Person]:
    """The citizen, and the custody holders of a child whose letters go to them (D9)."""
    inputs = {
        "digital_post_fritaget": citizen.digital_post_exempt,
        "adressebeskyttelse": citizen.address_protected,
        "alder": citizen.age,
        "tolk": citizen.interpreter,
    }
    if "til_foraeldremyndighed" not in (context.decide("kanal", inputs).value or []):
        return [citizen]
    held = capacity.representatives(context.session, context.case, citizen.id, capacity.CUSTODY)
    return [citizen, *(party.person for party in held)]
