"""Efforts begin: each unit links its own plan and starts, or says what is in the way (P05)."""

from __future__ import annotations

from datetime import date

from engine.domain import (
    case_roles,
    deadlines,
    efforts,
    granted,
    notes,
    obligations,
    sector_plans,
)
from engine.services import Context, service
from engine.services.deadlines import begin
from engine.services.followup import tell_round

#: Laws whose own follow-up begins when an effort under them does: law area -> rule of D5.
FIRST_FOLLOW_UP = {"BL": "BL-1"}


@service("find_indsatser")
def to_start(context: Context, **_: object) -> dict | None:
    """Find de indsatser, der er aftalt eller bevilget og ikke er startet."""
    granted.follow(context.session, context.case)
    return {"indsatser": [e.key for e in efforts.take_up(context.session, context.case)]}


@service("kobl_sektorplan")
def link(
    context: Context,
    ansvarlig: str,
    har_sektorplan: str = "nej",
    plantype: str | None = None,
    hjemmel: str | None = None,
    ekstern_id: str | None = None,
    opfoelgning: str | None = None,
    telefon: str | None = None,
    **_: object,
) -> dict | None:
    """Kobl indsatsen til enhedens egen plan, og gem, hvem der er ansvarlig."""
    session, case = context.session, context.case
    effort = efforts.find(session, case, context.item)
    effort.responsible = ansvarlig
    if har_sektorplan == "ja":
        row = sector_plans.link(
            session,
            case,
            effort.unit,
            plantype,
            law=hjemmel,
            external_id=ekstern_id,
            follow_up_due=_date(opfoelgning),
            responsible=ansvarlig,
            phone=telefon,
        )
        effort.sector_plan_id = row.id
    obligations.begin(session, case, effort.unit, effort.goal_keys, ansvarlig)
    case_roles.give(session, case, "sagsbehandler", ansvarlig, effort.title, effort.unit)


@service("start_indsats")
def start(
    context: Context,
    start_svar: str,
    startdato: str | None = None,
    udfoerer: str | None = None,
    rolle: str | None = None,
    goer_hvad: str | None = None,
    **_: object,
) -> dict | None:
    """Start indsatsen. Den, der udfører den, kommer på sagens rolleliste."""
    if start_svar != "startet":
        return
    session, case = context.session, context.case
    effort = efforts.find(session, case, context.item)
    efforts.start(session, case, effort, _date(startdato))
    if not any(e.status in efforts.TO_START for e in efforts.of_case(session, case)):
        # A day that somebody fixed for want of a rule.
        deadlines.meet(session, case, "KP-8", "indsatserne er startet")
    if udfoerer:
        does = goer_hvad or effort.title
        case_roles.give(session, case, rolle or "sagsbehandler", udfoerer, does, effort.unit)
    rule = FIRST_FOLLOW_UP.get(effort.law_area)
    if rule and not deadlines.open_deadlines(session, case, rule):
        begin(context, rule, effort.started_on)
        tell_round(context, rule)
    context.record("effort_started", effort=effort.key, unit=effort.unit)


@service("meld_hindring")
def obstacle(
    context: Context,
    aarsag: str,
    ny_dato: str | None = None,
    hjaelp_fra: str | None = None,
    **_: object,
) -> dict | None:
    """Gem, hvad der er i vejen for indsatsen."""
    effort = efforts.find(context.session, context.case, context.item)
    efforts.report_obstacle(
        context.session,
        effort,
        context.actor,
        cause=aarsag,
        new_date=_date(ny_dato),
        help_wanted_from=hjaelp_fra,
    )
    context.record("effort_hindered", effort=effort.key, unit=effort.unit)


@service("aftal_hindring")
def settle(
    context: Context, start_svar: str, aftalt: str, aftalt_dato: str | None = None, **_: object
) -> dict | None:
    """Gem, hvad der er aftalt om hindringen: en ny dato, eller at indsatsen opgives."""
    effort = efforts.find(context.session, context.case, context.item)
    open_one = efforts.open_obstacle(context.session, effort)
    if open_one is not None:
        open_one.settled = aftalt
    if start_svar == "opgives":
        efforts.end(effort, efforts.DONE_OTHER, aftalt)
    else:
        effort.planned_start = _date(aftalt_dato)


@service("registrer_rykker")
def asked_after(context: Context, rykker_aftale: str, **_: object) -> dict | None:
    """Gem, hvad der blev aftalt, da nogen spurgte til en indsats, der ikke var startet."""
    effort = efforts.find(context.session, context.case, context.item)
    notes.write(
        context.session,
        context.case,
        f"Opfølgning på manglende start: {effort.title}",
        rykker_aftale,
        context.actor,
        kind="samtale",
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
