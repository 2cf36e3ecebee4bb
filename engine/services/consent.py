"""The three consents, as `tilbud_samtykke` calls them."""

from __future__ import annotations

from engine.domain import capacity, cases, consent, letters, notes, offers, people
from engine.domain.capacity import CUSTODY
from engine.services import Context, service


@service("registrer_samtykke")
def register_consent(context: Context, **_: object) -> dict | None:
    """Registrer samtykke 1 for hver borger, der har sagt ja, og orienter forældre, der ikke er spurgt."""
    session, case = context.session, context.case
    offer = offers.current(session, case)
    given = offers.answers(session, offer)
    for citizen in people.citizens(session, case.id):
        answer = context.decide("samtykkekompetence", capacity.inputs(session, case, citizen))
        words = answer.value["parter"] if answer.value else []
        parties = [capacity.who(session, case, citizen, word) for word in words]
        said = {p.id: offers.latest(given, citizen.id, p.id) for p in parties}
        if not said or not set(said.values()) <= set(offers.YES):
            _leave_out(context, citizen)
            continue
        own = [a for a in given if a.citizen_id == citizen.id and a.answer in offers.YES]
        consent.give(
            session,
            case,
            citizen.id,
            consent.PLAN,
            given_by=list(said),
            form=own[-1].form,
            language=offer.language,
            explained_by=offer.offered_by,
            note=own[-1].partly,
        )
        _inform_parents(context, citizen, set(said), answer.value)
    before = case.tilstand
    cases.move(case, "SAMTYKKE_GIVET")
    context.record("state_changed", old=before, new=case.tilstand)


@service("registrer_samtykker")
def register_consents(
    context: Context,
    form: str,
    forklaret_af: str,
    indhentning: list | None = None,
    videregivelse: list | None = None,
    notat: str | None = None,
    **_: object,
) -> dict | None:
    """Registrer samtykke 2 og 3 (F08), ét for hver kilde og modtager, og send kvitteringen B05."""
    session, case = context.session, context.case
    rows = [(consent.OBTAIN, "kilde", row) for row in indhentning or []]
    rows += [(consent.DISCLOSE, "modtager", row) for row in videregivelse or []]
    agreed = consent.in_force(session, case, consent.PLAN)
    for plan in agreed:
        for kind, side, row in rows:
            consent.give(
                session,
                case,
                plan.person_id,
                kind,
                counterpart=row.get(side),
                data_types=list(row.get("typer") or []),
                purpose=row.get("formaal"),
                period=row.get("periode"),
                consequence_told=row.get("konsekvens_forklaret") is True,
                given_by=plan.given_by,
                form=form,
                explained_by=forklaret_af,
                note=notat,
            )
        letters.send(session, case, "B05", to=people.person(session, plan.person_id))
    if notat:
        notes.write(session, case, "Samtykke", notat, by=context.actor)
    context.record(
        "consents_given", sources=len(indhentning or []), recipients=len(videregivelse or [])
    )


def _leave_out(context: Context, citizen) -> None:
    """A member of a family who did not say yes leaves the case; the others' parts stay intact."""
    for party in people.parties(context.session, context.case.id, capacity.CITIZEN):
        if party.person_id == citizen.id:
            party.role = "netvaerk"
            party.may_complain = False
    context.record("family_member_left_out")


def _inform_parents(context: Context, citizen, asked: set[str], answer: dict) -> None:
    """D2 says who is to be told although nobody asks for their yes."""
    if not answer.get("orienteres"):
        return
    session, case = context.session, context.case
    for party in capacity.representatives(session, case, citizen.id, CUSTODY):
        if party.person_id not in asked:
            letters.send(session, case, "B01", to=party.person, orientering=True)
