"""Placing a case, choosing its coordinator and deputy (P03)."""

from __future__ import annotations

from datetime import date

from engine.domain import (
    appointment,
    cases,
    consent,
    deadlines,
    letters,
    notes,
    organisation,
    people,
    placement,
    workload,
)
from engine.domain.appointment import AndenEnhed, KoordinatorOverNorm
from engine.services import Context, service
from engine.services.deadlines import begin

REASON, APPROVAL = "begrundelse", "ledergodkendelse"


@service("registrer_placering")
def propose(
    context: Context,
    faglig_vurdering: str,
    borgers_oenske: str | None = None,
    kompetence_ok: bool = False,
    saerlig_viden_enhed: str | None = None,
    beskaeftigelsesafgoerelser: bool = False,
    belastning: str | None = None,
    **_: object,
) -> dict | None:
    """Gem forslaget til placering, og saml det, som tabellen placering (D3) skal bruge."""
    session, case = context.session, context.case
    wish = borgers_oenske or placement.wish(session, case)
    placement.propose(
        session,
        case,
        context.actor,
        citizens_wish=wish,
        assessment=faglig_vurdering,
        strain=belastning,
    )
    weights = placement.weights(session, case)
    return {
        "saerlig_viden_enhed": saerlig_viden_enhed,
        "placering_grundlag": {
            "borgers_oenske": wish,
            "kompetence_ok": bool(kompetence_ok),
            "model": case.organisationsmodel,
            "team_enhed": context.setting("team_enhed"),
            "enheder": weights or None,
            "beskaeftigelsesafgoerelser": bool(beskaeftigelsesafgoerelser),
        },
    }


@service("noter_placering")
def note_place(context: Context, placering_enhed: str | None = None, **_: object) -> dict | None:
    """Notér den enhed, reglen peger på, så lederen ser den ved valget."""
    placement.latest(context.session, context.case).unit = placering_enhed


@service("beslut_placering")
def decide_place(
    context: Context, placering_enhed: str, placering_begrundelse: str, **_: object
) -> dict | None:
    """Gem lederens beslutning om, hvilken enhed der koordinerer."""
    row = placement.latest(context.session, context.case)
    row.unit, row.unit_decided_by = placering_enhed, context.actor
    row.unit_reason = placering_begrundelse


@service("vaelg_koordinator")
def choose(
    context: Context,
    person: str,
    placering_enhed: str,
    stedfortraeder: str | None = None,
    begrundelse: str | None = None,
    medkoordinator: str | None = None,
    medkoordinator_til: str | None = None,
    **_: object,
) -> dict | None:
    """Vælg koordinator, stedfortræder og eventuelt en medkoordinator. Over normen kræves en begrundelse, og over 110 procent en godkendelse (D4)."""
    session, case = context.session, context.case
    user = appointment.check_candidate(session, person)
    if stedfortraeder is not None:
        appointment.check_candidate(session, stedfortraeder)
        if stedfortraeder == person:
            raise appointment.SammePerson
    if medkoordinator is not None:
        _check_co(context, medkoordinator, person, medkoordinator_til)
        _strain(context, medkoordinator, _shared_load(context, medkoordinator), begrundelse)
    load = workload.load(session, person)
    # Somebody who coordinates the case already does not get it twice.
    load = load if case.koordinator == person else load.with_one_more()
    wanted, percent = _strain(context, person, load, begrundelse)
    if appointment.home(session, person) != placering_enhed and not begrundelse:
        raise AndenEnhed(person=user.name, enhed=placering_enhed)
    row = placement.latest(session, case)
    row.unit, row.person, row.deputy = placering_enhed, person, stedfortraeder
    row.person_reason, row.load_percent = begrundelse, percent
    return {
        "valgt_koordinator": person,
        "valgt_stedfortraeder": stedfortraeder,
        "valgt_medkoordinator": medkoordinator,
        "medkoordinator_til": medkoordinator_til,
        "belastning_krav": APPROVAL if APPROVAL in wanted else None,
    }


def _strain(
    context: Context, username: str, load: workload.Load, reason: str | None
) -> tuple[set[str], int]:
    """What D4 demands at this load, and its percent. Raises KoordinatorOverNorm without a reason."""
    model = context.case.organisationsmodel
    wanted = {row["krav"] for row in context.decide("kapacitet", load.inputs(model)).value}
    percent = workload.percent(context.session, load, model)
    if wanted & {REASON, APPROVAL} and not reason:
        name = organisation.user(context.session, username).name
        raise KoordinatorOverNorm(person=name, procent=percent)
    return wanted, percent


def _shared_load(context: Context, username: str) -> workload.Load:
    """What the person carries with their part of this case."""
    stage = workload.stage_of(context.case.tilstand) or "start"
    load = workload.load(context.session, username)
    return load.with_one_more(stage, workload.share(context.session))


def _check_co(context: Context, username: str, coordinator: str | None, until: str | None) -> None:
    """Raises IkkeKoordinator, ErKoordinator or SlutFoerStart before anything is decided."""
    user = appointment.check_candidate(context.session, username)
    if username == coordinator:
        raise appointment.ErKoordinator(person=user.name)
    if until is not None and date.fromisoformat(until) < context.today:
        raise appointment.SlutFoerStart


@service("godkend_belastning")
def approve_load(
    context: Context, belastning_svar: str, godkendelse_begrundelse: str, **_: object
) -> dict | None:
    """Gem lederens svar på, om koordinatoren må få sagen over 110 procent af normen."""
    row = placement.latest(context.session, context.case)
    row.load_approved_by = context.actor if belastning_svar == "godkendt" else None
    row.load_approval = godkendelse_begrundelse


@service("begynd_udpegning")
def begin_appointment(context: Context, **_: object) -> dict | None:
    """Start fristen KP-5 for at udpege en koordinator, talt fra borgerens ja."""
    if not deadlines.open_deadlines(context.session, context.case, "KP-5"):
        begin(context, "KP-5", consent.accepted_on(context.session, context.case))


@service("udpeg_koordinator")
def appoint(
    context: Context,
    valgt_koordinator: str,
    valgt_stedfortraeder: str | None = None,
    valgt_medkoordinator: str | None = None,
    medkoordinator_til: str | None = None,
    **_: object,
) -> dict | None:
    """Udpeg koordinator og stedfortræder, og sæt en medkoordinator i gang. Mangler stedfortræderen, åbnes opgaven til lederen."""
    session, case = context.session, context.case
    row = placement.latest(session, case)
    appointment.appoint(
        session,
        case,
        valgt_koordinator,
        context.actor,
        deputy=valgt_stedfortraeder,
        reason=row.person_reason if row else None,
        load_percent=row.load_percent if row else None,
    )
    context.record("coordinator_appointed", user=valgt_koordinator, deputy=valgt_stedfortraeder)
    deadlines.meet(session, case, "KP-5", f"koordinator udpeget: {valgt_koordinator}")
    before = case.tilstand
    if before == "SAMTYKKE_GIVET":
        cases.move(case, "KOORDINATOR_UDPEGET")
        context.record("state_changed", old=before, new=case.tilstand)
    see_to_deputy(context)
    see_to_co(context, valgt_medkoordinator, medkoordinator_til)
    return {"koordinator_udpeget": True}


@service("udpeg_stedfortraeder")
def appoint_deputy(context: Context, stedfortraeder: str, **_: object) -> dict | None:
    """Udpeg stedfortræder for sagens koordinator."""
    appointment.check_candidate(context.session, stedfortraeder)
    appointment.appoint_deputy(context.session, context.case, stedfortraeder, context.actor)
    context.record("deputy_appointed", user=stedfortraeder)


def see_to_deputy(context: Context) -> None:
    """Open the task to appoint a deputy where one is missing, and close it where one is not."""
    session, case = context.session, context.case
    sought = appointment.deputy_is_sought(session, case)
    if appointment.needs_deputy(case) and not sought:
        context.start(appointment.DEPUTY_PROCESS)
    elif sought and not appointment.needs_deputy(case):
        context.tell("stedfortraeder_udpeget")


@service("vaelg_medkoordinator")
def choose_co(
    context: Context,
    beslutning: str,
    begrundelse: str | None = None,
    medkoordinator: str | None = None,
    medkoordinator_til: str | None = None,
    **_: object,
) -> dict | None:
    """Gem lederens valg af medkoordinator. Over normen kræves en begrundelse (D4)."""
    if beslutning != "ja":
        context.record("co_coordinator_declined")
        return {"valgt_medkoordinator": None}
    _check_co(context, medkoordinator, context.case.koordinator, medkoordinator_til)
    _strain(context, medkoordinator, _shared_load(context, medkoordinator), begrundelse)
    if begrundelse:
        title = "Valg af medkoordinator"
        notes.write(context.session, context.case, title, begrundelse, context.actor)
    return {"valgt_medkoordinator": medkoordinator, "medkoordinator_til": medkoordinator_til}


@service("udpeg_medkoordinator")
def appoint_co(
    context: Context,
    valgt_medkoordinator: str,
    medkoordinator_til: str | None = None,
    **_: object,
) -> dict | None:
    """Lad medkoordinatoren dele sagen med koordinatoren fra i dag."""
    session, case = context.session, context.case
    load = _shared_load(context, valgt_medkoordinator)
    appointment.appoint_co(
        session,
        case,
        valgt_medkoordinator,
        context.actor,
        until=date.fromisoformat(medkoordinator_til) if medkoordinator_til else None,
        load_percent=workload.percent(session, load, case.organisationsmodel),
    )
    context.record("co_coordinator_appointed", user=valgt_medkoordinator, until=medkoordinator_til)


@service("afslut_medkoordinator")
def end_co(context: Context, medkoordinator_aarsag: str | None = None, **_: object) -> dict | None:
    """Afslut medkoordinatoren. Adgangen til sagen lukker med det samme."""
    why = medkoordinator_aarsag or "periode_slut"
    roles = (appointment.CO_COORDINATOR,)
    for row in appointment.end(context.session, context.case, roles, why):
        context.record("co_coordinator_ended", user=row.username, because=why)


def see_to_co(context: Context, username: str | None, until: str | None) -> None:
    """Set the chosen co-coordinator going, and end one who now coordinates the case."""
    running = appointment.current(context.session, context.case, appointment.CO_COORDINATOR)
    if username or context.case.koordinator in {row.username for row in running}:
        if running:
            context.tell("medkoordinator_slutter", {"medkoordinator_aarsag": "udskiftet"})
    # A change is announced weeks ahead: the help may be over before it begins.
    if username and (until is None or date.fromisoformat(until) >= context.today):
        facts = {"valgt_medkoordinator": username, "medkoordinator_til": until}
        context.start("medkoordinator", facts)


@service("brev_koordinator")
def letter_of_coordinator(context: Context, **_: object) -> dict | None:
    """Send B02 til borgeren: hvem koordinerer, hvem træder til, og hvem hjælper."""
    running = appointment.current(context.session, context.case, appointment.CO_COORDINATOR)
    co = next((row.username for row in running), None)
    send(context, "B02", koordinator=context.case.koordinator, medkoordinator=co)


def send(context: Context, code: str, **facts: object) -> None:
    """Send a letter to every citizen of the case, with who coordinates it."""
    session, case = context.session, context.case
    facts = {"koordinator": case.koordinator, "stedfortraeder": case.stedfortraeder} | facts
    for person in people.citizens(session, case.id):
        letters.send(session, case, code, person, by=context.actor, **facts)
