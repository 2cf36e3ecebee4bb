"""Cover, booking, release, settling: what a decision does to the budget (F30, F53, F58)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.domain import booking, cover, deadlines, grants, spending
from engine.services import Context, service
from engine.services.escalation import of
from engine.store import as_json


@service("anvis_daekning")
def point_out_cover(
    context: Context,
    kilder: list,
    begrundelse: str,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Anvis dækning for det, der mangler, fra budgetlinjer eller enhedernes egne rammer."""
    row = of(context, indstilling_id)
    cover.point_out(context.session, row, kilder, context.actor)
    deadlines.meet(context.session, context.case, "KP-15", "dækningen er anvist", row.id)
    context.record(
        "cover_found",
        application=row.id,
        sources=[{"from": s["fra"], "amount": str(s["beloeb"])} for s in kilder],
        content={"reason": begrundelse},
    )


@service("bogfoer")
def book(
    context: Context,
    fordeling: list | None = None,
    beloeb_per_aar: list | None = None,
    bilagsnummer: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Bogfør bevillingen: reservationen bliver til bevilling, fordelt mellem enhederne på øren."""
    row = of(context, indstilling_id)
    booked = booking.book(context.session, row, context.actor, fordeling, beloeb_per_aar)
    grant = grants.of(context.session, row)
    grant.voucher = bilagsnummer
    context.record("booked", application=row.id, amount=str(booked), split=grant.split)


@service("bogfoer_efter_klage")
def book_after_complaint(
    context: Context,
    fordeling: list | None = None,
    beloeb_per_aar: list | None = None,
    bilagsnummer: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Bogfør det, en klage har ført til, med den samme fordeling, hvis ikke en ny er skrevet."""
    return book(
        context,
        fordeling=fordeling,
        beloeb_per_aar=beloeb_per_aar,
        bilagsnummer=bilagsnummer,
        indstilling_id=indstilling_id,
    )


@service("frigiv_reservation")
def release_reservation(
    context: Context, indstilling_id: str | None = None, **_: object
) -> dict | None:
    """Frigiv det, der var sat af og ikke skal bruges."""
    session, case = context.session, context.case
    row = of(context, indstilling_id)
    freed = cover.release_rest(session, row, context.actor)
    deadlines.meet(session, case, "KP-11", "reservationen er bogført eller frigivet", row.id)
    context.record("released", application=row.id, amount=str(freed))


@service("opgoer_bevilling")
def settle(
    context: Context,
    bilag: list | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gør bevillingen op: de sidste bilag bliver noteret, og resten bliver givet tilbage til budgettet."""
    session = context.session
    row = of(context, indstilling_id)
    for each in bilag or []:
        amount, paid_on = Decimal(str(each["beloeb"])), date.fromisoformat(each["betalt"])
        spending.note(session, row, amount, paid_on, each["bilagsnummer"], context.actor)
    returned = spending.settle(session, row, context.actor)
    context.record("grant_settled", application=row.id, returned=str(returned))
    return {"givet_tilbage": as_json(returned)}
