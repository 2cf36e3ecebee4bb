"""The committee: agenda, opinions, papers, reservation, decision (P07)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine import clock
from engine.domain import (
    agenda,
    ballots,
    budget,
    committee,
    cover,
    deadlines,
    escalation,
    grants,
    hearings,
    opinions,
)
from engine.services import Context, service
from engine.services.deadlines import begin
from engine.services.escalation import of, settle


@service("saet_paa_dagsorden")
def put_on_agenda(
    context: Context,
    moededato: str,
    papirfrist: str,
    medlemmer: list,
    stedfortraedere: list | None = None,
    inhabile: list | None = None,
    punkt: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Sæt sagen på et mødes dagsorden, og bed enhederne om udtalelser inden fristen KP-7."""
    session = context.session
    row = of(context, indstilling_id)
    meeting = committee.meeting(
        session, moment(moededato), moment(papirfrist), medlemmer, stedfortraedere or []
    )
    item = agenda.put_on(session, meeting, row, punkt, inhabile or [])
    if opinions.missing(session, row):
        begin(context, "KP-7", subject=row.id)
    context.record("put_on_agenda", application=row.id, meeting=meeting.held_at, number=item.number)


@service("gem_udtalelse")
def give_opinion(
    context: Context,
    anbefaling: str,
    faglig_begrundelse: str,
    hjemmel: str,
    finansieringsandel: float | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem enhedens udtalelse."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    opinions.give(
        session,
        row,
        context.item,
        context.actor,
        advice=anbefaling,
        reason=faglig_begrundelse,
        legal_basis=hjemmel,
        share=finansieringsandel,
    )
    if not opinions.missing(session, row):
        deadlines.meet(session, case, "KP-7", "alle enheder har udtalt sig", row.id)


@service("noter_ingen_udtalelse")
def note_silence(context: Context, indstilling_id: str | None = None, **_: object) -> dict | None:
    """Papirerne lukker: enheder uden udtalelse bliver noteret »Ingen udtalelse«, og sagen går videre."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    for unit in opinions.keep_silence(session, row):
        context.record("unit_silent", unit=unit, regel="KP-7", application=row.id)
    deadlines.meet(session, case, "KP-7", "papirerne lukkede uden alle udtalelser", row.id)


@service("goer_papirer_klar")
def papers_ready(
    context: Context,
    nye_ugunst: str,
    budgetlinje: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Papirerne er klar. Er der nye oplysninger til ugunst, eller mangler en høring fra sidste møde, begynder den. Er mødet holdt imens, kommer punktet på det næste."""
    row = of(context, indstilling_id)
    item = agenda.item_of(context.session, row)
    item.ready_at = context.now
    later = committee.next_open(context.session)
    if later is not None and agenda.meeting_of(context.session, row).begun:
        agenda.carry_over(context.session, item, later)
        context.record("agenda_carried_over", application=row.id, meeting=later.held_at)
    if budgetlinje:
        row.line = budgetlinje
    if nye_ugunst == "ja":
        hearings.need(context.session, context.case, row.id)
    return {"hoering_begynder": hearings.begin(context.session, context.case, row.id)}


@service("reserver_daekning")
def reserve(context: Context, indstilling_id: str | None = None, **_: object) -> dict | None:
    """Sæt det mindste af det ansøgte og det frie af. Mangler der noget, står det på sagen. Reservationen bortfalder efter KP-11."""
    session = context.session
    row = of(context, indstilling_id)
    before = cover.reserved(session, row)
    missing = cover.reserve(session, row, context.actor)
    taken = cover.reserved(session, row) - before
    if taken > 0:
        begin(context, "KP-11", subject=row.id)
    context.record("reserved", application=row.id, amount=str(taken), missing=str(missing))
    return {
        "reserveret": budget.plain(row.amount - missing),
        "mangler_daekning": budget.plain(missing),
    }


@service("lad_reservation_bortfalde")
def lapse(context: Context, indstilling_id: str | None = None, **_: object) -> dict | None:
    """Reservationen har varet for længe (KP-11), og pengene bliver frigivet til andre."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    freed = cover.release_rest(session, row, context.actor)
    deadlines.meet(session, case, "KP-11", "reservationen bortfaldt", row.id)
    context.record("reservation_lapsed", application=row.id, amount=str(freed))


@service("registrer_udvalgsbeslutning")
def decide(
    context: Context,
    resultat: str,
    begrundelse: str,
    beloeb_bevilget: float = 0,
    noedvendigt_behov: str = "nej",
    partshoering: str = "ikke_noedvendig",
    grunde: list | None = None,
    fordeling: list | None = None,
    vilkaar: str | None = None,
    mindretal: str | None = None,
    til_stede: list | None = None,
    stemmer: list | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem udvalgets beslutning. Uden partshøring, flertal, faglig grund eller dækning kan der ikke afgøres."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    item = agenda.item_of(session, row)
    item.result = resultat
    if resultat in (grants.POSTPONED, grants.OWN_MEANS):
        ballots.may_be_put_off(session, item, resultat)
        if resultat == grants.POSTPONED:
            item.postponed_because = item.postponed_because or begrundelse
        if partshoering == "mangler":
            hearings.need(session, case, row.id)
        context.record("grant_not_decided", application=row.id, result=resultat)
        return {"visitation_udfald": resultat, "daekning_mangler": False}
    hearings.must_be_over(session, case, row.id, partshoering)
    given = resultat in (grants.GRANTED, grants.PARTLY)
    ballots.register(
        session,
        item,
        context.actor,
        result=resultat,
        present=til_stede,
        votes=stemmer,
        amount=Decimal(str(beloeb_bevilget)) if given else None,
        conditions=vilkaar,
        reason=begrundelse,
    )
    grants.decide(
        session,
        case,
        row,
        context.actor,
        result=resultat,
        amount=beloeb_bevilget,
        necessary=noedvendigt_behov == "ja",
        grounds=grunde or [],
        split=fordeling,
        decided_by="VIS",
        reason=begrundelse,
        conditions=vilkaar,
        dissent=mindretal,
    )
    return settle(context, row)


@service("henvis_til_egen_kompetence")
def to_own_means(context: Context, indstilling_id: str | None = None, **_: object) -> dict | None:
    """Udvalget sender sagen tilbage: enhedens leder afgør, og enheden betaler selv. Reservationen bliver frigivet."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    cover.release_rest(session, row, context.actor)
    deadlines.meet(session, case, "KP-11", "reservationen er frigivet", row.id)
    escalation.to_own_means(row)


@service("godkend_hastebevilling")
def ratify(
    context: Context,
    godkendt: str,
    begrundelse: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem udvalgets stilling til en hastebevilling. Borgerens afgørelse står ved magt."""
    row = of(context, indstilling_id)
    item = agenda.item_of(context.session, row)
    if item is not None and item.ratifies:
        ballots.must_agree(context.session, item, godkendt == "ja")
        item.result = agenda.RATIFIED if godkendt == "ja" else agenda.NOT_RATIFIED
    row.ratify = False
    context.record("urgent_grant_ratified", application=row.id, agreed=godkendt == "ja")


def moment(text: str) -> datetime:
    """A date and time as a form gives it: without a zone it is Copenhagen's."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=clock.COPENHAGEN)
