"""The offer and everybody's answer, as `tilbud_samtykke` and `svar_paa_tilbud` call them."""

from __future__ import annotations

from typing import Any

from engine.domain import capacity, cases, deadlines, letters, notes, offers, organisation, people
from engine.domain.capacity import ALONE, CUSTODY, SHARED
from engine.domain.offers import Answer
from engine.domain.people import Person
from engine.errors import Refused
from engine.services import Context, service

OVERLAY, REPLACING = "overligger", "erstatter"
#: What F05 must have explained before anybody can answer.
POINTS = frozenset({"formaal", "frivilligt", "oplysninger", "hjaelp_uaendret"})


class TilbudIkkeForklaret(Refused):
    """Tilbuddet er ikke forklaret helt. Alle fire punkter skal være forklaret, før borgeren kan svare; tag de manglende med borgeren først."""


class ErstatterIkkeMulig(Refused):
    """En plan kan først erstatte den unges plan fra 16 år (barnets lov § 110). Vælg, at planen skal ligge over de andre planer."""


class BarnetsLov110(Refused):
    """Den unges ja er ikke nok, når planen erstatter den unges plan: efter barnets lov § 110 stk. 3 skal også den, der har forældremyndigheden, sige ja. Tal med forældrene igen, eller lad planen ligge over de andre planer."""


class UngJaVinderIkke(Refused):
    """Kommunen har ikke besluttet, at den unges ja er nok, når forældrene siger nej. Det er en lokal indstilling (ung_ja_vinder), som procesejeren ændrer sammen med en jurist. Tal med forældrene igen, eller lad tilbuddet bortfalde."""


@service("begynd_tilbud")
def begin(context: Context, straks: bool | None = None, **_: object) -> dict | None:
    """Noter, hvornår det blev vurderet, at borgeren skal have tilbuddet."""
    offer = offers.begin(context.session, context.case, activity_ready=straks is True)
    context.record("offer_due", offer=offer.id, activity_ready=offer.activity_ready)


@service("gem_tolk")
def keep_interpreter(
    context: Context, sprog: str, tidspunkt: str, resume_oversat: str, **_: object
) -> dict | None:
    """Gem, at tolken er bestilt, og om resuméet er oversat."""
    text = f"Tolk på {sprog} er bestilt til {tidspunkt}. Resumé oversat: {resume_oversat}."
    notes.write(context.session, context.case, "Tolk", text, by=context.actor)


@service("forklar_tilbud")
def explain(
    context: Context,
    forklaret_dato: str,
    forklaret_sprog: str,
    tolk_med: str,
    forklaret: list,
    plan_tilstand: str,
    tvivl_samtykkeevne: str,
    oensket_enhed: str | None = None,
    oensker_koordinator: str | None = None,
    hvem_maa_vaere_med: str | None = None,
    **answers: Any,
) -> dict | None:
    """Gem samtalen om tilbuddet (F05): hvad der er forklaret, planens tilstand og forældremyndigheden."""
    if not POINTS <= set(forklaret):
        raise TilbudIkkeForklaret
    session, case = context.session, context.case
    case.plan_tilstand = plan_tilstand
    for person in people.citizens(session, case.id):
        if capacity.is_minor(person):
            _keep_custody(context, person, answers)
        _check_mode(context, person)
    offer = offers.current(session, case) or offers.begin(session, case, activity_ready=False)
    offer.language, offer.interpreter = forklaret_sprog[:60], tolk_med == "ja"
    offer.explained, offer.plan_tilstand = list(forklaret), plan_tilstand
    offer.wished_unit, offer.wishes = oensket_enhed, oensker_koordinator
    offer.companions = hvem_maa_vaere_med
    context.record("offer_explained", offer=offer.id, day=forklaret_dato, mode=plan_tilstand)
    return {"tvivl_samtykkeevne": tvivl_samtykkeevne}


@service("registrer_tilbud")
def register(context: Context, **_: object) -> dict | None:
    """Registrer, at koordinator er tilbudt (dato og navn), opfyld KP-4, og send B01."""
    session, case = context.session, context.case
    offer = offers.current(session, case)
    offer.offered_at, offer.offered_by = context.now, context.actor
    deadlines.meet(session, case, "KP-4", "tilbuddet er forklaret")
    _move(context, "TILBUD_GIVET")
    for person in people.citizens(session, case.id):
        letters.send(session, case, "B01", to=person, by=context.actor)
    context.record(
        "coordinator_offered",
        offer=offer.id,
        activity_ready=offer.activity_ready,
        same_day=offer.same_day,
    )


@service("gem_samtykkeevne")
def keep_capacity(
    context: Context,
    grundlag: str,
    hvem_vurderede: str,
    stedfortraeder_type: str,
    stedfortraeder_navn: str | None = None,
    stedfortraeder_dokumentation: str | None = None,
    **answers: Any,
) -> dict | None:
    """Gem vurderingen af, om borgeren kan give et informeret samtykke (F07)."""
    session, case = context.session, context.case
    understands = {
        what: answers[f"forstaar_{what}"] for what in ("formaal", "indhold", "konsekvens", "valg")
    }
    for person in _doubted(context):
        capacity.assess(
            session,
            case,
            person.id,
            understands,
            stedfortraeder_type,
            grundlag,
            hvem_vurderede,
            stedfortraeder_navn,
            stedfortraeder_dokumentation,
        )
    context.record("capacity_assessed", capable=all(a == "ja" for a in understands.values()))


@service("find_parter")
def find_parties(context: Context, **_: object) -> dict | None:
    """Find med tabellen samtykkekompetence, hvem der hver for sig skal svare for hver borger."""
    session, case = context.session, context.case
    offer = offers.current(session, case)
    given = offers.answers(session, offer)
    taken: set[str] = set()
    needed = _needed(context)
    asked = [
        offers.ask(session, offer, citizen, person, word, taken)
        for citizen, person, word in _own_answers_first(needed)
        if offers.latest(given, citizen.id, person.id) not in offers.YES
    ]
    somebody = any(parties for _, parties in needed)
    _move(context, "TILBUD_GIVET" if somebody else "AFVENTER_STEDFORTRAEDER")
    return {"kan_svare": somebody, "parter": [answer.item for answer in asked]}


@service("gem_svar")
def keep_answer(
    context: Context,
    svar: str,
    form: str | None = None,
    delvist: str | None = None,
    nej_aarsag: str | None = None,
    bemaerkning: str | None = None,
    foraeldremyndighed: str | None = None,
    foraeldremyndighed_dokumentation: str | None = None,
    **_: object,
) -> dict | None:
    """Gem ét svar på tilbuddet (F06)."""
    session, case = context.session, context.case
    offer = offers.current(session, case)
    answer = offers.open_answer(session, offer, str(context.item))
    answer.answer, answer.answered_at = svar, context.now
    answer.form, answer.partly, answer.reason = form, delvist, nej_aarsag
    answer.registered_by, answer.note = context.actor, bemaerkning
    by_parent = answer.person_id != answer.citizen_id
    if foraeldremyndighed == ALONE and by_parent:
        proof = foraeldremyndighed_dokumentation or ""
        capacity.sole_custody(session, case, answer.citizen_id, answer.person_id, proof)
    elif foraeldremyndighed and by_parent:
        capacity.of(session, case, answer.citizen_id).custody = foraeldremyndighed
    if bemaerkning:
        notes.write(session, case, "Svar på tilbuddet", bemaerkning, by=context.actor)
    if svar != offers.THINKING:
        deadlines.meet(session, case, "KP-9", "svaret er givet")
    context.record("offer_answered", offer=offer.id, capacity=answer.capacity, answer=svar)


@service("afgoer_svar")
def settle(context: Context, **_: object) -> dict | None:
    """Gør svarene op for hver borger, og sæt sagens tilstand derefter."""
    session, case = context.session, context.case
    offer = offers.current(session, case)
    given = offers.answers(session, offer)
    results = {c.id: _result(session, given, c, needed) for c, needed in _needed(context)}
    outcome = _together(list(results.values()))
    _move(context, STATES.get(outcome, "TILBUD_GIVET"))
    if outcome in ENDS:
        offers.settle(offer, outcome)
        context.record("offer_settled", offer=offer.id, outcome=outcome)
    again = _ask_again(context, offer, given, outcome)
    return {
        "svar_resultat": outcome,
        "parter": again,
        "tilbud_udfald": ENDS.get(outcome),
    }


@service("leder_afgoer")
def decide_disagreement(
    context: Context, beslutning: str, begrundelse: str, **_: object
) -> dict | None:
    """Gem lederens vej videre, når dem, der skal sige ja, ikke er enige."""
    session, case = context.session, context.case
    if beslutning == "den_unge_alene":
        if case.plan_tilstand == REPLACING:
            raise BarnetsLov110
        if not organisation.setting(session, "ung_ja_vinder", False):
            raise UngJaVinderIkke
    if beslutning == "skift_til_overligger":
        case.plan_tilstand = OVERLAY
    notes.write(session, case, "Uenighed om tilbuddet", begrundelse, by=context.actor)
    context.record("disagreement_decided", decision=beslutning, mode=case.plan_tilstand)
    if beslutning == "stop":
        offers.settle(offers.current(session, case), offers.REFUSED)
        _move(context, "AFSLAAET_AF_BORGER")
        return {"tilbud_udfald": "nej"}
    return None


@service("gem_afklaring")
def keep_search(context: Context, resultat: str, bemaerkning: str, **_: object) -> dict | None:
    """Gem, om borgeren har fået en stedfortræder."""
    notes.write(context.session, context.case, "Stedfortræder", bemaerkning, by=context.actor)
    if resultat == "opgivet":
        offers.settle(offers.current(context.session, context.case), offers.CANNOT)
        return {"tilbud_udfald": "kan_ikke"}
    return None


#: What the answers come to, as the state of the case; and as the outcome of the offer at its end.
STATES = {
    offers.AGREED: "TILBUD_GIVET",
    offers.REFUSED: "AFSLAAET_AF_BORGER",
    offers.THINKING: "BETAENKNING",
    offers.NOT_MET: "IKKE_TRUFFET",
    offers.DISAGREE: "AFVENTER_LEDER",
    offers.CANNOT: "AFVENTER_STEDFORTRAEDER",
}
ENDS = {offers.AGREED: "samtykke", offers.REFUSED: "nej", offers.NOT_MET: "ikke_truffet"}
#: In a family the first of these that any member's answers come to decides what happens next.
_FIRST = (offers.CANNOT, offers.ASK_AGAIN, offers.THINKING, offers.DISAGREE, offers.AGREED)


def _together(results: list[str]) -> str:
    """A family goes on when one of its members says yes and nobody is still to be heard."""
    for result in (*_FIRST, offers.NOT_MET):
        if result in results:
            return result
    return offers.REFUSED


def _needed(context: Context) -> list[tuple[Person, list[tuple[Person, str]]]]:
    """Each citizen with those who must say yes for them, as D2 has it today."""
    session, case = context.session, context.case
    found = []
    for citizen in people.citizens(session, case.id):
        answer = context.decide("samtykkekompetence", capacity.inputs(session, case, citizen))
        words = (answer.value or {}).get("parter") or []
        found.append((citizen, [(capacity.who(session, case, citizen, w), w) for w in words]))
    return found


def _own_answers_first(needed) -> list[tuple[Person, Person, str]]:
    """Citizen, who answers, as what: one's own answer comes before those for one's children."""
    rows = [(citizen, person, word) for citizen, parties in needed for person, word in parties]
    return sorted(rows, key=lambda row: row[0].id != row[1].id)


def _result(session, given: list[Answer], citizen: Person, needed) -> str:
    said = {person.id: offers.latest(given, citizen.id, person.id) for person, _ in needed}
    wanted = offers.attempts_wanted(session)
    exhausted = {p for p in said if offers.attempts(given, p) >= wanted}
    return offers.weigh(said.get(citizen.id), said, exhausted) if said else offers.REFUSED


def _ask_again(context: Context, offer, given: list[Answer], outcome: str) -> list[str]:
    """Open the questions of the next round, for those who have not said yes or no."""
    waiting = {
        offers.ASK_AGAIN: (None, offers.NOT_MET),
        offers.THINKING: (offers.THINKING,),
    }.get(outcome)
    if waiting is None:
        return []
    taken: set[str] = set()
    asked = [
        offers.ask(context.session, offer, citizen, person, word, taken)
        for citizen, person, word in _own_answers_first(_needed(context))
        if offers.latest(given, citizen.id, person.id) in waiting
    ]
    return [answer.item for answer in asked]


def _keep_custody(context: Context, child: Person, answers: dict[str, Any]) -> None:
    custody = answers.get("foraeldremyndighed")
    if not custody:
        raise capacity.ForaeldremyndighedMangler
    session, case = context.session, context.case
    row = capacity.of(session, case, child.id)
    row.custody, row.custody_proof = custody, answers.get("foraeldremyndighed_dokumentation")
    for number in (1, 2) if custody == SHARED else (1,):
        name = answers.get(f"foraelder_{number}_navn")
        cpr = answers.get(f"foraelder_{number}_cpr")
        if not name:
            continue
        key = f"foraelder_{number}"
        parent = _family_member(context, name) or people.register(session, name, cpr, key=key)
        proof = row.custody_proof if custody == ALONE else None
        capacity.represent(session, case, child.id, parent, CUSTODY, proof)


def _family_member(context: Context, name: str) -> Person | None:
    """A parent who is a citizen of the same family case."""
    members = people.citizens(context.session, context.case.id)
    return next((p for p in members if p.name.casefold() == name.casefold()), None)


def _check_mode(context: Context, person: Person) -> None:
    asked = capacity.inputs(context.session, context.case, person)
    answer = context.decide("samtykkekompetence", asked)
    if (answer.value or {}).get("resultat") == "ikke_muligt":
        raise ErstatterIkkeMulig


def _doubted(context: Context) -> list[Person]:
    """Whose capacity is in doubt: the grown-ups of the case, else everybody in it."""
    members = people.citizens(context.session, context.case.id)
    return [p for p in members if not capacity.is_minor(p)] or members


def _move(context: Context, tilstand: str) -> None:
    before = context.case.tilstand
    if before != tilstand:
        cases.move(context.case, tilstand)
        context.record("state_changed", old=before, new=tilstand)
