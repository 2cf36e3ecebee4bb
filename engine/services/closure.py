"""Closing a case (P12): weighed, released unit by unit, talked over with the citizen, closed."""

from __future__ import annotations

from datetime import date

from engine import clock
from engine.domain import cases, closure, notes, obligations, sector_plans
from engine.errors import Broken
from engine.services import Context, service
from engine.services.appointment import send
from engine.services.deadlines import begin
from engine.services.telling import tell_waiting

GO_ON, CLOSE, BLOCKED, LEADER = "fortsaet", "luk", "bloker", "leder"
TRANSFERRED = "overfoert_til_sektorplan"


@service("begynd_afslutning")
def begin_closing(context: Context, aarsag: str | None = None, **_: object) -> dict | None:
    """Gør klar til afslutning. Er årsagen givet, bliver sagen afviklet."""
    if aarsag is not None and aarsag not in closure.REASONS:
        raise Broken(f"no such reason to close a case: {aarsag}")
    closure.begin(context.session, context.case, aarsag)
    _move(context, "AFVIKLING" if aarsag else "AFSLUTNING_FORBEREDES")
    return {"aarsag_givet": aarsag is not None, "leder_beslutning": None}


@service("vurder_afslutning")
def weigh(
    context: Context,
    maal_naaet: str,
    parallelle: str,
    koordinator_vurdering: str,
    begrundelse: str | None = None,
    ikke_kontakt: bool | None = None,
    **_: object,
) -> dict | None:
    """Gem vurderingen af mål og sideløbende indsatser (F43)."""
    row = closure.latest(context.session, context.case)
    row.goals_reached, row.parallel = maal_naaet, parallelle
    row.no_contact = ikke_kontakt is True
    row.coordinators_view, row.reasons = koordinator_vurdering, begrundelse


@service("leder_afgoer_afslutning")
def leader_decides(
    context: Context, leder_beslutning: str, begrundelse: str | None = None, **_: object
) -> dict | None:
    """Gem lederens afgørelse af, om forløbet skal afsluttes."""
    row = closure.latest(context.session, context.case)
    row.leaders_decision, row.leaders_reasons = leder_beslutning, begrundelse
    context.record("closing_decided", decision=leder_beslutning)


@service("proev_afslutning")
def ask_rule(context: Context, **_: object) -> dict | None:
    """Spørg tabellen afslutning (D8), om sagen kan lukke, og hvad der eventuelt spærrer."""
    session, case = context.session, context.case
    row = closure.latest(session, case)
    answer = context.decide(
        "afslutning",
        {
            "aaben_klage": closure.complaint_runs(session, case),
            "ujournaliseret": bool(notes.not_on_record(session, case)),
            "aarsag": row.given_reason or ("ikke_kontakt" if row.no_contact else None),
            "maal_naaet": row.goals_reached == "ja",
            "parallelle": row.parallel or "ingen",
        },
    )
    row.row, row.result = next(iter(answer.rules), None), answer.value
    result = _as_flow(row)
    if result == GO_ON:
        _move(context, "PLAN_AKTIV")
    return {
        "afslutning_beslutning": result,
        "afslutning_udfald": "fortsaet" if result == GO_ON else "lukket",
    }


@service("frigiv_eller_overfoer")
def release(
    context: Context,
    resultat: str,
    bevis: str | None = None,
    sektorplan: str | None = None,
    ansvarlig: str | None = None,
    telefon: str | None = None,
    naeste_opfoelgning: str | None = None,
    **_: object,
) -> dict | None:
    """Afslut enhedens forpligtelse: frigivet, eller overført til dens egen plan (F44, F45)."""
    session, case, unit = context.session, context.case, str(context.item)
    facts = {}
    if resultat == TRANSFERRED:
        due = date.fromisoformat(naeste_opfoelgning) if naeste_opfoelgning else None
        plan = sector_plans.link(
            session, case, unit, sektorplan, responsible=ansvarlig, phone=telefon, follow_up_due=due
        )
        sector_plans.restore(plan)
        facts = {"sector_plan_id": plan.id, "contact": ansvarlig, "next_due": due}
    obligations.end(session, case, unit, resultat, (bevis or "")[:200], **facts)
    context.record("obligation_ended", unit=unit, reason=resultat)


@service("gem_borgersamtale")
def talk(
    context: Context,
    borger_ved_hvem: bool | None = None,
    kontakt: str | None = None,
    oplevet_sammenhaeng: str | None = None,
    tilbagevendelse: bool | None = None,
    efteropfoelgning: str | None = None,
    **_: object,
) -> dict | None:
    """Gem samtalen om afslutningen: hvem der hjælper fremover, og om vi må kontakte borgeren igen."""
    row = closure.latest(context.session, context.case)
    row.citizen_knows_who, row.contact = borger_ved_hvem, kontakt
    row.coherence, row.told_may_return = oplevet_sammenhaeng, tilbagevendelse
    row.may_follow_up = efteropfoelgning


@service("luk_forloeb")
def close(context: Context, **_: object) -> dict | None:
    """Luk sagen. Det afvises, hvis en forpligtelse løber, en klage er åben, eller noget ikke er journaliseret."""
    session, case = context.session, context.case
    row = closure.latest(session, case)
    reason = row.given_reason or closure.BY_ROW[row.row]
    before = case.tilstand
    closure.close(session, case, reason)
    row.closed_on = context.today
    # Efforts that nobody has started will not be started here.
    tell_waiting(context, "sag_lukket")
    context.record("state_changed", old=before, new=case.tilstand, reason=reason)


@service("brev_afslutning")
def letter(context: Context, **_: object) -> dict | None:
    """Send B12 til borgeren: hvem der hjælper fremover, med navn og telefon."""
    row = closure.latest(context.session, context.case)
    send(context, "B12", kontakt=row.contact, kan_vende_tilbage=True)


@service("begynd_efteropfoelgning")
def begin_after(context: Context, **_: object) -> dict | None:
    """Begynd efteropfølgningen: registrering 3, talt fra den dag, sagen blev lukket."""
    closed_on = clock.local(context.case.closed_at).date()
    _move(context, "EFTEROPFOELGNING")
    begin(context, "FS-2-efter", closed_on)


def _as_flow(row: closure.Closure) -> str:
    """D8's answer as the diagram's ways: close, go on, blocked, or to the leader."""
    match row.result:
        case "afvikl" | "luk" | "luk_til_sektorplan":
            return CLOSE
        case "koordinator_vurderer":
            return row.coordinators_view or GO_ON
        case "leder":
            return row.leaders_decision or LEADER
        case "bloker":
            return BLOCKED
    return GO_ON


def _move(context: Context, tilstand: str) -> None:
    before = context.case.tilstand
    if before != tilstand:
        cases.move(context.case, tilstand)
        context.record("state_changed", old=before, new=tilstand)
