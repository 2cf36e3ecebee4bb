"""An application on its way to whoever may grant it (P07)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.domain import (
    agenda,
    budget,
    committee,
    cover,
    delegation,
    escalation,
    grants,
    hearings,
)
from engine.domain.escalation import Application
from engine.errors import Refused
from engine.services import Context, service


class HasterUdenGrund(Refused):
    """Du har skrevet, at det haster. Skriv også hvorfor."""


def of(context: Context, indstilling_id: str | None) -> Application:
    """The application that this run of the diagram is about."""
    return escalation.find(context.session, context.case, indstilling_id)


@service("gem_indstilling")
def save_application(
    context: Context,
    hvad_soeges: str,
    hvorfor_ud_over_raaderum: str,
    maal_i_planen: str,
    ydelser: list,
    beloeb: float,
    varighed: int,
    alternativer: str,
    konsekvens_ved_nej: str,
    borgerens_holdning: str,
    haster: str,
    ugunst: str,
    haster_hvorfor: str | None = None,
    fra_dato: str | None = None,
    tvaergaaende: bool = False,
    enheder_til_udtalelse: list | None = None,
    pris_ved_nej: float | None = None,
    pris_ved_nej_grundlag: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem indstillingen. Beløbet bliver noteret som ansøgt og spærrer ingen penge."""
    session, case = context.session, context.case
    if haster == "ja" and not haster_hvorfor:
        raise HasterUdenGrund
    row = escalation.write(
        session,
        case,
        context.actor,
        indstilling_id,
        what=hvad_soeges,
        why_beyond=hvorfor_ud_over_raaderum,
        goals=maal_i_planen,
        services=ydelser,
        amount=beloeb,
        months=int(varighed),
        starts_on=date.fromisoformat(fra_dato) if fra_dato else None,
        alternatives=alternativer,
        consequence=konsekvens_ved_nej,
        cost_of_no=None if pris_ved_nej is None else Decimal(str(pris_ved_nej)),
        cost_of_no_because=pris_ved_nej_grundlag,
        citizens_view=borgerens_holdning,
        urgent=haster == "ja",
        urgent_because=haster_hvorfor,
        across_units=bool(tvaergaaende),
        asked_units=enheder_til_udtalelse or [],
        line=budget.shared_lines(session).get(context.today.year),
    )
    cover.request(session, row, context.actor)
    context.record("application_written", application=row.id, amount=str(row.amount))
    if ugunst == "ja":
        hearings.need(session, case, row.id)
    begun = hearings.begin(session, case, row.id)
    return {"indstilling_id": row.id, "hoering_begynder": begun}


@service("find_bevillingskompetence")
def find_competence(
    context: Context, indstilling_id: str | None = None, **_: object
) -> dict | None:
    """Find ud af, hvem der kan bevilge, efter beløb, lov og organisationsmodel. Mangler en grænse, får procesejeren besked, og lederen afgør imens."""
    row = of(context, indstilling_id)
    inputs = escalation.competence_inputs(context.session, context.case, row)
    answer = context.decide("bevillingskompetence", inputs)
    row.competence = answer.value["kompetence"]
    row.competence_row = next(iter(answer.rules), None)
    row.ratify = answer.value["efterfoelgende_godkendelse"]
    if row.competence == "manuel":
        context.start("manglende_regel", {"regel": "beløbsgrænserne"}, case_free=True)
    until = escalation.competent_until(context.session, context.case, row)
    return {"kompetence": row.competence, delegation.UNTIL: until and until.isoformat()}


@service("ledergodkend")
def leader_advises(
    context: Context,
    anbefaling: str,
    begrundelse: str,
    egen_finansiering: str,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem lederens svar. Betaler enheden selv, går ansøgningen ikke til udvalget."""
    row = of(context, indstilling_id)
    row.leader_advice, row.leader_reason = anbefaling, begrundelse
    row.paid_by_unit = egen_finansiering == "ja"
    if not row.paid_by_unit:
        return {"leder_finansierer": False}
    escalation.to_own_means(row)
    return {"leder_finansierer": True}


@service("bevilg_selv")
def grant_within_limit(
    context: Context,
    resultat: str,
    partshoering: str,
    noedvendigt_behov: str,
    begrundelse: str,
    beloeb_bevilget: float = 0,
    grunde: list | None = None,
    fordeling: list | None = None,
    vilkaar: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Afgør inden for egen kompetence. Enhedens egne bevillinger betales af enhedens egen ramme, de andre af det fælles budget."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    decider = context.on_behalf_of or context.actor
    escalation.must_be_competent(session, case, row, decider)
    hearings.must_be_over(session, case, row.id, partshoering)
    own = row.borne_by_unit
    payer = case.owner_unit or row.services[0]["enhed"]
    grant = grants.decide(
        session,
        case,
        row,
        context.actor,
        result=resultat,
        amount=beloeb_bevilget,
        necessary=noedvendigt_behov == "ja",
        grounds=grunde or [],
        split=fordeling or ([{"enhed": payer, "procent": 100}] if own else None),
        decided_by=row.competence,
        reason=begrundelse,
        conditions=vilkaar,
    )
    if own and grant.amount > 0:
        missing = cover.uncovered(session, row)
        entry = {"by": context.actor, "case_id": case.id, "subject": row.id}
        budget.point_out(session, payer, missing, **entry)
    return settle(context, row)


def settle(context: Context, row: Application) -> dict:
    """What follows from a decision: its cover, and the way the diagram takes."""
    session = context.session
    grant = grants.of(session, row)
    short = cover.reserve(session, row, context.actor) if grant.amount > 0 else Decimal(0)
    cover.must_be_covered(session, row)
    row.state = escalation.DECIDED
    escalation.dismiss_advisers(session, context.case)
    if row.ratify:
        following = committee.next_held(session)
        if following is not None:
            agenda.take_in_urgent(session, following)
        context.start("efterfoelgende_godkendelse", {"indstilling_id": row.id})
    context.record(
        "grant_decided",
        application=row.id,
        result=grant.result,
        amount=str(grant.amount),
        decided_by=grant.decided_by,
        uncovered=str(short),
    )
    return {"visitation_udfald": grant.result, "daekning_mangler": short > 0}
