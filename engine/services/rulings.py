"""Rulings: one for each law, told in one letter (F29, B06)."""

from __future__ import annotations

from engine.domain import letters, people, rulings
from engine.services import Context, service
from engine.services.deadlines import begin
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
    context.record("ruled", ruling=ruling.key, law=ruling.law, result=ruling.result)


@service("brev_afgoerelse")
def letter_of_ruling(
    context: Context, indstilling_id: str | None = None, **_: object
) -> dict | None:
    """Send B06: ét brev med alle afgørelser. Klagefristen RSL-1 løber fra nu, hvor de er meddelt."""
    session, case = context.session, context.case
    told = rulings.untold(session, case, of(context, indstilling_id))
    for ruling in told:
        ruling.told_at = context.now
        due = begin(context, "RSL-1", context.today, subject=ruling.id)
        ruling.complain_by = due and due.due
    facts = [
        {
            "noegle": ruling.key,
            "lov": ruling.law,
            "resultat": ruling.result,
            "tekst": ruling.text,
            "begrundelse": [ruling.reason_rules, ruling.reason_facts, ruling.reason_weighing],
            "vilkaar": ruling.conditions,
            "klagevejledning": ruling.guidance,
            "klagefrist": ruling.complain_by.isoformat() if ruling.complain_by else None,
        }
        for ruling in told
    ]
    for person in people.citizens(session, case.id):
        letters.send(session, case, "B06", person, by=context.actor, afgoerelser=facts)
    context.record("rulings_told", rulings=[ruling.key for ruling in told])
