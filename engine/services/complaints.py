"""Complaints (P11): taken in, looked at again, forwarded, carried out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine import clock
from engine.domain import cases, complaints, deadlines, escalation, grants, letters, notes, people
from engine.domain import rulings as ruled
from engine.domain.complaints import Complaint
from engine.services import Context, service
from engine.services.committee import moment
from engine.services.deadlines import begin

ORAL = ("telefon", "fremmoede")


@service("registrer_klage")
def register(
    context: Context,
    modtaget: str,
    kanal: str,
    afgoerelse: str,
    indhold: str,
    notat: str | None = None,
    **_: object,
) -> dict | None:
    """Registrer klagen. Enhver kanal er god nok; er den mundtlig, skrives et notat."""
    session, case = context.session, context.case
    if kanal in ORAL and not notat:
        raise complaints.NotatMangler
    ruling = ruled.find(session, case, afgoerelse)
    row = complaints.register(
        session,
        case,
        ruling,
        context.actor,
        moment(modtaget),
        channel=kanal,
        content=indhold,
    )
    if notat:
        notes.write(session, case, "Mundtlig klage", notat, context.actor)
    cases.involve(session, case, ruling.unit, "klage over enhedens afgørelse")
    context.record("complaint_registered", ruling=ruling.key, channel=kanal, in_time=row.in_time)
    return {
        "klage_id": row.id,
        "indstilling_id": ruling.application_id,
        "klage_rettidig": row.in_time,
    }


@service("begynd_genvurdering")
def begin_reassessment(context: Context, klage_id: str | None = None, **_: object) -> dict | None:
    """Klagefristen RSL-1 er prøvet; fristen RSL-2 for genvurdering løber, fra klagen kom."""
    session, case = context.session, context.case
    row = complaints.find(session, case, klage_id)
    if row.in_time:
        deadlines.meet(session, case, "RSL-1", "der er klaget", row.ruling_id)
    begin(context, "RSL-2", clock.local(row.received_at).date(), subject=row.id)


@service("genvurder")
def reassess(
    context: Context,
    resultat: str,
    begrundelse: str,
    ekstra_beloeb: float = 0,
    borger_fastholder: str = "nej",
    klage_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem genvurderingen. Giver den mere, skal der findes dækning; fastholdes der, går klagen videre."""
    row = complaints.find(context.session, context.case, klage_id)
    row.reassessed, row.reassessed_because = resultat, begrundelse
    row.reassessed_at, row.reassessed_by = context.now, context.actor
    goes_on = resultat == complaints.UPHELD or (
        resultat == complaints.PARTLY and borger_fastholder == "ja"
    )
    more = resultat != complaints.UPHELD and _add(context, row, ekstra_beloeb)
    if not goes_on:
        deadlines.meet(context.session, context.case, "RSL-2", f"genvurderet: {resultat}", row.id)
    context.record("reassessed", complaint=row.id, result=resultat)
    return {
        "genvurdering_resultat": resultat,
        "klage_bevilling": more,
        "klage_sendes_videre": goes_on,
    }


@service("fremsend_klage")
def forward(
    context: Context,
    klageinstans: str,
    bilag: list,
    sendt: str,
    klage_id: str | None = None,
    **_: object,
) -> dict | None:
    """Send klagen til klageinstansen med begrundelse og sagens akter."""
    complaints.must_enclose(bilag)
    session, case = context.session, context.case
    row = complaints.find(session, case, klage_id)
    day = date.fromisoformat(sendt)
    if day > context.today:
        raise complaints.ModtagetIFremtiden
    row.forwarded_at, row.forwarded_to, row.enclosed = context.now, klageinstans, bilag
    deadlines.meet(session, case, "RSL-2", f"sendt til {klageinstans} {day:%d.%m.%Y}", row.id)
    letters.send(session, case, "B14", klageinstans, by=context.actor, bilag=bilag)
    context.record("complaint_forwarded", complaint=row.id, to=klageinstans)
    return {"klage_sendes_videre": False}


@service("brev_klage")
def letter_of_complaint(context: Context, klage_id: str | None = None, **_: object) -> dict | None:
    """Send B14 til borgeren: genvurderingen, eller at klagen er sendt videre."""
    session, case = context.session, context.case
    row = complaints.find(session, case, klage_id)
    for person in people.citizens(session, case.id):
        letters.send(
            session,
            case,
            "B14",
            person,
            by=context.actor,
            resultat=row.outcome or row.reassessed,
            sendt_til=row.forwarded_to,
        )


@service("indarbejd_klageafgoerelse")
def carry_out(
    context: Context,
    resultat: str,
    begrundelse: str,
    ekstra_beloeb: float = 0,
    efterlev_senest: str | None = None,
    klage_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem klageinstansens afgørelse. Ændrer den bevillingen, skal der findes dækning; er sagen hjemvist, begynder en ny visitation."""
    row = complaints.find(context.session, context.case, klage_id)
    row.outcome, row.outcome_because, row.outcome_at = resultat, begrundelse, context.now
    more = resultat == complaints.CHANGED and _add(context, row, ekstra_beloeb)
    if resultat == complaints.SENT_BACK:
        context.start("visitation", {"indstilling_id": None})
    context.record("complaint_decided", complaint=row.id, result=resultat)
    return {"klage_bevilling": more, "klage_sendes_videre": False}


@service("luk_klage")
def close(context: Context, klage_id: str | None = None, **_: object) -> dict | None:
    """Klagen er afsluttet, og sagen kan igen lukkes."""
    row = complaints.find(context.session, context.case, klage_id)
    complaints.close(row)
    context.record("complaint_closed", complaint=row.id)


def _add(context: Context, row: Complaint, extra: float) -> bool:
    """Let the grant grow by what the complaint has led to; whether there is anything to book."""
    amount = Decimal(str(extra or 0))
    ruling = complaints.ruling_of(context.session, row)
    if amount <= 0 or ruling.application_id is None:
        return False
    application = escalation.find(context.session, context.case, ruling.application_id)
    grants.add(context.session, application, amount)
    row.extra += amount
    return True
