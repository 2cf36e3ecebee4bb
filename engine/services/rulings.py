"""Rulings: one for each law, told in one letter (F29, B06)."""

from __future__ import annotations

from engine.domain import letters, people, rulings
from engine.services import Context, service
from engine.services.escalation import of


@service("gem_afgoerelse")
def write_ruling(
    context: Context,
    resultat: str,
    afgoerelse_tekst: str,
    begrundelse_regler: str | None = None,
    begrundelse_fakta: str | None = None,
    begrundelse_hensyn: str | None = None,
    vilkaar: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem afgørelsen efter én lov, med begrundelse og klagevejledning."""
    ruling = rulings.decide(
        context.session,
        context.case,
        of(context, indstilling_id),
        context.item,
        context.actor,
        result=resultat,
        text=afgoerelse_tekst,
        reason_rules=begrundelse_regler,
        reason_facts=begrundelse_fakta,
        reason_weighing=begrundelse_hensyn,
        conditions=vilkaar,
    )
    ask_how_to_complain(context, ruling.law)
    context.record("ruled", ruling=ruling.key, law=ruling.law, result=ruling.result)


def ask_how_to_complain(context: Context, law: str) -> None:
    """Where nobody has confirmed to whom one complains under the law, the process owner hears of it."""
    if not rulings.guidance(context.session, law).confirmed:
        rule = f"klagevejledning efter {law}"
        context.start("manglende_regel", {"regel": rule}, case_free=True)
        context.record("rule_missing", regel=rule)


@service("brev_afgoerelse")
def letter_of_ruling(
    context: Context, indstilling_id: str | None = None, **_: object
) -> dict | None:
    """Send B06: ét brev med alle afgørelser. Klagefristen RSL-1 løber, fra brevet er afsendt."""
    session, case = context.session, context.case
    facts = [
        rulings.in_letter(r) for r in rulings.unwritten(session, case, of(context, indstilling_id))
    ]
    for person in people.citizens(session, case.id):
        letters.send(session, case, "B06", person, by=context.actor, afgoerelser=facts)
