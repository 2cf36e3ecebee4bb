"""The case's own state, as a diagram moves it."""

from __future__ import annotations

from engine.domain import cases
from engine.services import Context, service


@service("saet_tilstand")
def move_case(context: Context, tilstand: str, **_: object) -> dict | None:
    """Flyt sagen til en ny tilstand i sagens forløb."""
    before = context.case.tilstand
    cases.move(context.case, tilstand)
    if before != tilstand:
        context.record("state_changed", old=before, new=tilstand)


@service("luk_sag")
def close_case(context: Context, aarsag: str | None = None, **_: object) -> dict | None:
    """Luk sagen med en årsag."""
    context.case.afslutning_aarsag = aarsag or context.case.afslutning_aarsag
    move_case(context, "AFSLUTTET")
