"""Registrations 1, 2 and 3 (F37)."""

from __future__ import annotations

from engine.domain import deadlines, people, registration
from engine.services import Context, service


@service("gem_registrering")
def keep(
    context: Context,
    nummer: str,
    gennemfoert: str,
    roller: list | None = None,
    trivsel_borger: str | None = None,
    trivsel_sagsbehandler: str | None = None,
    stoettebehov_hjem: str | None = None,
    stoettebehov_oekonomi: str | None = None,
    koen: str | None = None,
    bolig_status: str | None = None,
    forsoergelse_status: str | None = None,
    uddannelse_status: str | None = None,
    **_: object,
) -> dict | None:
    """Gem registreringen, eller hvorfor den mangler."""
    session, case, number = context.session, context.case, int(nummer)
    rule = registration.RULES.get(number)
    met = deadlines.meet(session, case, rule, f"registrering {number}") if rule else []
    row = registration.keep(
        session,
        case,
        number,
        context.actor,
        gennemfoert,
        due=met[-1].due if met else None,
        roles=roller or [],
        wellbeing_citizen=trivsel_borger,
        wellbeing_caseworker=trivsel_sagsbehandler,
        support_home=stoettebehov_hjem,
        support_economy=stoettebehov_oekonomi,
        sex=koen,
        age=next((person.age for person in people.citizens(session, case.id)), None),
        housing=bolig_status,
        income=forsoergelse_status,
        education=uddannelse_status,
    )
    context.record("registered", number=number, complete=row.complete)
