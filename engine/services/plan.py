"""The plan: begun, drafted, commented, accepted by the citizen (P04)."""

from __future__ import annotations

from engine.domain import case_roles, cases, consent, deadlines, efforts, obligations, plan
from engine.domain.plan import LovkravMangler, PlanIkkeForstaaet
from engine.errors import Refused
from engine.services import Context, service
from engine.services.appointment import send
from engine.services.assessment import PARTICIPATION
from engine.services.deadlines import begin

#: Subject of the deadline KP-6 while units comment on a draft.
COMMENTS = "kommentar"
LEGAL_DEMANDS = ("formaal_og_indsats", "varighed", "ansvar", "saerlige_forhold", "inddragelse")
CONTENT = (*plan.CONTENTS, "halv_side", "hjaelp_udefra", "lovkrav")


class SamtykkeTilPlanMangler(Refused):
    """Der er intet gyldigt samtykke til planen, så den kan hverken skrives eller accepteres. Tal med borgeren, og registrer samtykket."""


@service("begynd_plan")
def begin_plan(context: Context, anledning: str = "ny", **_: object) -> dict | None:
    """Begynd arbejdet med planen, og start de frister, der hører til."""
    session, case = context.session, context.case
    _needs_consent(context)
    if anledning == "revision":
        _move(context, "PLAN_REVIDERES")
        return
    _move(context, "PLAN_UDARBEJDES")
    if not deadlines.open_deadlines(session, case, "KP-3"):
        begin(context, "KP-3", consent.accepted_on(session, case))
    asked = obligations.to_ask(session, case)
    for unit in asked:
        cases.involve(session, case, unit, "behov i screeningen")
    if asked:
        begin(context, "KP-6", subject=PARTICIPATION)


@service("gem_plan")
def save_draft(context: Context, lovkrav: list | None = None, **answers: object) -> dict | None:
    """Gem planens udkast med de fem dele, og bed enhederne om kommentarer."""
    session, case = context.session, context.case
    _needs_consent(context)
    if case.plan_tilstand == plan.REPLACING:
        missing = set(LEGAL_DEMANDS) - set(lovkrav or [])
        if missing:
            raise LovkravMangler(antal=len(missing))
    content = {name: answers.get(name) for name in CONTENT} | {"lovkrav": lovkrav}
    draft = plan.write_draft(session, case, context.actor, content)
    for unit in draft.units:
        cases.involve(session, case, unit, f"indsats i plan {draft.version}")
    if draft.units:
        begin(context, "KP-6", subject=COMMENTS)
    context.record("plan_drafted", version=draft.version, hash=draft.content_hash)
    return {"plan_version": draft.version}


@service("gem_kommentar")
def comment(
    context: Context,
    enig: str,
    bidrag: str,
    ansvarlig: str,
    uenige_maal: list | None = None,
    hindring: str | None = None,
    **_: object,
) -> dict | None:
    """Gem enhedens kommentar til udkastet."""
    draft = plan.unaccepted(context.session, context.case)
    plan.comment(
        context.session,
        draft,
        context.item,
        context.actor,
        agrees=enig,
        disagreements=uenige_maal,
        contribution=bidrag,
        responsible=ansvarlig,
        obstacle=hindring,
    )


@service("noter_ingen_kommentar")
def no_comment(context: Context, enhed: str, **_: object) -> dict | None:
    """Notér, at enheden ikke kommenterede inden fristen."""
    draft = plan.unaccepted(context.session, context.case)
    plan.comment(context.session, draft, enhed, None, silent=True)
    context.record("unit_silent", unit=enhed, regel="KP-6")


@service("forelaeg_plan")
def to_citizen(context: Context, **_: object) -> dict | None:
    """Gør planen klar til borgeren, med enhedernes kommentarer."""
    session, case = context.session, context.case
    draft = plan.unaccepted(session, case)
    draft.state = plan.WITH_CITIZEN
    said = {row.unit: row for row in plan.comments(session, draft)}
    silent = [unit for unit, row in said.items() if row.silent]
    proof = f"uden kommentar fra {', '.join(silent)}" if silent else "alle enheder har kommenteret"
    deadlines.meet(session, case, "KP-6", proof, COMMENTS)
    if case.tilstand == "PLAN_UDARBEJDES":
        _move(context, "PLAN_AFVENTER_BORGER")


@service("registrer_borgerens_svar")
def answer(
    context: Context,
    plan_svar: str,
    forstaar_maal: str,
    forstaar_indhold: str,
    giver_mening: int,
    enig_maal: str,
    deling: str,
    uenige_maal: list | None = None,
    oensker: str | None = None,
    **_: object,
) -> dict | None:
    """Gem borgerens svar. Planen kan kun accepteres, når borgeren har forstået den."""
    if plan_svar == "accepterer" and "nej" in (forstaar_maal, forstaar_indhold):
        raise PlanIkkeForstaaet
    session, case = context.session, context.case
    draft = plan.unaccepted(session, case)
    draft.answer = {
        "forstaar_maal": forstaar_maal,
        "forstaar_indhold": forstaar_indhold,
        "giver_mening": giver_mening,
        "enig_maal": enig_maal,
        "uenige_maal": uenige_maal or [],
        "oensker": oensker,
        "deling": deling,
        "svar": plan_svar,
    }
    if plan_svar != "accepterer":
        draft.state = plan.DRAFT
        if case.tilstand == "PLAN_AFVENTER_BORGER":
            _move(context, "PLAN_UDARBEJDES")


@service("accepter_plan")
def accept(context: Context, **_: object) -> dict | None:
    """Sæt planen i kraft: mål, indsatser, enhedernes forpligtelser og første opfølgning (KP-1)."""
    session, case = context.session, context.case
    _needs_consent(context)
    first = plan.accepted(session, case) is None
    version = plan.accept(session, case)
    efforts.apply(session, case, version)
    _oblige(context, version)
    _move(context, "PLAN_AKTIV")
    deadlines.meet(session, case, "KP-3", f"plan {version.version} accepteret")
    if first:
        begin(context, "KP-1")
    context.record("plan_accepted", version=version.version, hash=version.content_hash)
    return {"plan_version": version.version}


@service("brev_plan")
def letter_of_plan(context: Context, **_: object) -> dict | None:
    """Send B04 til borgeren: planen på en halv side og hele planen."""
    send(context, "B04", version=plan.accepted(context.session, context.case).version)


def _oblige(context: Context, version: plan.Plan) -> None:
    """Every unit with an effort, and every unit that said it takes part, is obliged (R1.39)."""
    session, case = context.session, context.case
    taking_part = obligations.participants(session, case)
    responsible = {row.unit: row.responsible for row in plan.comments(session, version)}
    goals: dict[str, list[str]] = {unit: [] for unit, row in taking_part.items() if row.person}
    for effort in version.content["indsatser"]:
        goals.setdefault(effort["enhed"], []).extend(effort["maal"])
    for unit, keys in goals.items():
        contact = responsible.get(unit) or (
            taking_part[unit].person if unit in taking_part else None
        )
        obligations.begin(session, case, unit, keys, contact)
        if contact:
            case_roles.give(session, case, "sagsbehandler", contact, "Kontakt i enheden", unit)


def _needs_consent(context: Context) -> None:
    # Invariant (i) of domain.md C4: no plan without a valid consent to it.
    if not consent.in_force(context.session, context.case, consent.PLAN):
        raise SamtykkeTilPlanMangler


def _move(context: Context, tilstand: str) -> None:
    before = context.case.tilstand
    if before == tilstand:
        return
    cases.move(context.case, tilstand)
    context.record("state_changed", old=before, new=tilstand)
