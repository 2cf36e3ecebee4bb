"""What people decide where no rule does: a deadline, or a case's next step."""

from __future__ import annotations

from datetime import date

from engine.domain import deadlines, notes
from engine.services import Context, service
from engine.services.followup import tell_round


@service("fastsaet_frist")
def fix_deadline(
    context: Context,
    regel: str,
    dato: str,
    begrundelse: str,
    revurderes: str,
    hjemmel: str | None = None,
    **_: object,
) -> dict | None:
    """Fastsæt en frist i sagen, hvor ingen regel giver den, med begrundelse og dag for revurdering."""
    due = date.fromisoformat(dato)
    if due < context.today:
        raise deadlines.DayHasPassed
    deadlines.fix(context.session, context.case, regel, due, begrundelse)
    tell_round(context, regel)
    source = f" Hjemmel: {hjemmel}." if hjemmel else ""
    text = f"{begrundelse}{source} Ses på igen {date.fromisoformat(revurderes):%d.%m.%Y}."
    notes.write(context.session, context.case, f"Frist fastsat: {regel}", text, by=context.actor)
    context.record("deadline_fixed", regel=regel, due=dato)


@service("find_naeste_skridt")
def agree_next_step(context: Context, naeste_skridt: str, senest: str, **_: object) -> dict | None:
    """Aftal næste skridt i en sag, der ikke havde noget foran sig."""
    due = date.fromisoformat(senest)
    if due < context.today:
        raise deadlines.DayHasPassed
    deadlines.fix(context.session, context.case, "NAESTE-SKRIDT", due, naeste_skridt)
    notes.write(context.session, context.case, "Næste skridt", naeste_skridt, by=context.actor)
