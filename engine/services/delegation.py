"""Competence under another unit's law: delegated, and used within its limits (F10)."""

from __future__ import annotations

from datetime import date

from engine.domain import appointment, delegation, efforts, keys, organisation, rulings
from engine.domain.rulings import BegrundelseMangler, Ruling
from engine.errors import Refused
from engine.services import Context, service
from engine.services.appointment import send
from engine.services.rulings import ask_how_to_complain

RESULTS = {"ja": "bevilget", "delvist": "delvist", "nej": "afslag"}
# The form's keys of the three parts that a decision not fully in favour must give (FVL § 24).
REASONS = {
    "retsregler": "reason_rules",
    "faktum": "reason_facts",
    "hovedhensyn": "reason_weighing",
}


class IngenEnhedHarLoven(Refused):
    """Ingen enhed i organisationen har lovområdet {lov}. Bed administratoren om at skrive det på den enhed, der har det."""


@service("bestil_delegation")
def ask(context: Context, lovomraade: str, **_: object) -> dict | None:
    """Bed den enhed, der har loven, om at tage stilling til delegation, hvis den ikke er spurgt allerede. Forløbet venter ikke."""
    if not delegation.is_asked_for(context.session, context.case, lovomraade):
        context.start("delegation", {"lovomraade": lovomraade})


@service("find_lovens_enhed")
def find_owner(context: Context, lovomraade: str, **_: object) -> dict | None:
    """Find den enhed, der træffer afgørelser efter loven, og som ikke er spurgt allerede."""
    session, case = context.session, context.case
    owner = delegation.owner_of(session, case, lovomraade)
    if owner is None:
        raise IngenEnhedHarLoven(lov=lovomraade)
    if delegation.is_asked_for(session, case, lovomraade):
        name = organisation.unit(session, owner).name
        raise delegation.AlleredeBedtOm(lov=lovomraade, enhed=name)
    return {"lovens_enhed": owner}


@service("registrer_delegation")
def register(
    context: Context,
    delegation_svar: str,
    lovomraade: str,
    lovens_enhed: str,
    afgoerelsestyper: list | None = None,
    maks_beloeb: float | None = None,
    fra: str | None = None,
    til: str | None = None,
    besluttet_af: str | None = None,
    reference: str | None = None,
    **_: object,
) -> dict | None:
    """Gem delegationen til sagens koordinator. Den åbner og lukker af sig selv på datoerne."""
    if delegation_svar != "ja":
        return
    coordinator = context.case.koordinator
    if coordinator is None:
        raise appointment.IngenKoordinator
    delegation.grant(
        context.session,
        context.case,
        coordinator,
        context.actor,
        unit=lovens_enhed,
        law_area=lovomraade,
        decision_types=afgoerelsestyper,
        max_amount=maks_beloeb,
        valid_from=date.fromisoformat(fra),
        valid_to=date.fromisoformat(til),
        decided_by=besluttet_af,
        reference=reference,
    )
    context.record(
        "competence_delegated", law=lovomraade, types=afgoerelsestyper, first=fra, last=til
    )


@service("find_beslutter")
def find_decider(
    context: Context,
    lovomraade: str,
    beslutningstype: str,
    beloeb: float | None = None,
    **_: object,
) -> dict | None:
    """Find ud af, om koordinatoren kan beslutte og til hvornår, eller om det er den enhed, der har loven."""
    session, case = context.session, context.case
    decider = delegation.decider(session, case, lovomraade, beslutningstype, beloeb)
    asked = ([lovomraade], beslutningstype, beloeb)
    until = None
    if decider == "koordinator":
        until = delegation.last_day(session, case, case.koordinator, *asked)
    return {"beslutter": decider, delegation.UNTIL: until and until.isoformat()}


@service("gem_enhedsbeslutning")
def decide(
    context: Context,
    beslutning_resultat: str,
    lovomraade: str,
    beslutningstype: str,
    beloeb: float | None = None,
    indsats: str | None = None,
    **answers: object,
) -> dict | None:
    """Gem beslutningen. Den, der beslutter, skal have loven selv eller en delegation, der gælder i dag."""
    session, case = context.session, context.case
    decider = context.on_behalf_of or context.actor
    delegation.must_decide(session, case, decider, [lovomraade], beslutningstype, beloeb)
    used = delegation.valid(session, case, decider, lovomraade, beslutningstype, beloeb)
    if indsats:
        efforts.decided(efforts.find(session, case, indsats), beslutning_resultat != "nej")
    ruling = _rule(context, lovomraade, beslutningstype, RESULTS[beslutning_resultat], answers)
    context.record(
        "unit_decision",
        law=lovomraade,
        type=beslutningstype,
        result=beslutning_resultat,
        ruling=ruling.key,
        delegation=used and used.id,
    )


def _rule(context: Context, law: str, what: str, result: str, answers: dict) -> Ruling:
    """Write the ruling and tell it: B06 with its reasons and how to complain (FVL §§ 22-25).

    Raises BegrundelseMangler.
    """
    session, case = context.session, context.case
    parts = {name: answers.get(key) for key, name in REASONS.items()}
    missing = [rulings.REASONS[name] for name, text in parts.items() if not text]
    if result != rulings.GRANTED and missing:
        raise BegrundelseMangler(mangler=", ".join(missing))
    told = rulings.guidance(session, law)
    ruling = Ruling(
        case_id=case.id,
        key=keys.key(law, {row.key for row in rulings.of_case(session, case)}),
        law=law,
        unit=delegation.owner_of(session, case, law),
        result=result,
        text=str(answers.get("beslutning_begrundelse") or what),
        guidance=told.words,
        appeals_body=told.body.code,
        decided_by=context.actor,
        decided_at=context.now,
        **parts,
    )
    session.add(ruling)
    session.flush()
    ask_how_to_complain(context, law)
    send(context, "B06", afgoerelser=[rulings.in_letter(ruling)])
    return ruling
