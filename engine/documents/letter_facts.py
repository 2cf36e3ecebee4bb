"""What each letter tells, gathered from the letter's own facts and from the case as it was.

A letter is composed when it is sent, moments after it was written; what is looked up here is asked
for as of the moment it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import (
    capacity,
    complaints,
    consent,
    grants,
    hearings,
    people,
    rulings,
    sector_plans,
    without_consent,
)
from engine.domain.cases import Case
from engine.domain.letters import Letter
from engine.domain.organisation import Unit, User
from engine.domain.people import Party
from engine.queries import labels, words
from engine.queries import plan as plan_query

Facts = dict[str, Any]
#: Facts that a letter may be without.
_OPTIONAL = ("orientering", "sted", "svarfrist", "fra", "aendring")
_OF: dict[str, Callable[[Session, Case, Letter], Facts]] = {}

#: How a ruling and a complaint came out, to the one whom it is about.
DECIDED = {
    grants.GRANTED: "Du får den hjælp, du har søgt om.",
    grants.PARTLY: "Du får noget af den hjælp, du har søgt om.",
    grants.REFUSED: "Du får ikke den hjælp, du har søgt om.",
}
COMPLAINT = {
    complaints.UPHELD: "Vi har set på din sag igen. Vi holder fast i afgørelsen.",
    complaints.GRANTED: "Vi har set på din sag igen. Du får medhold.",
    complaints.PARTLY: "Vi har set på din sag igen. Du får medhold i noget af det.",
    complaints.CHANGED: "Klagen er afgjort. Afgørelsen bliver lavet om.",
    complaints.SENT_BACK: "Klagen er afgjort. Vi skal se på din sag igen.",
}
PLACES = {
    "hjem": "hjemme hos borgeren",
    "uddannelse": "uddannelsesstedet",
    "arbejdsplads": "arbejdspladsen",
    "vaerested": "værestedet",
    "gade": "på gaden",
    "sengeafsnit": "sengeafsnittet",
    "paaroerende": "hos pårørende",
    "kontor": "kommunens kontor",
    "andet": "aftales med jer",
}
ENCLOSED = {
    "klagen": "Klagen",
    "afgoerelsen": "Afgørelsen",
    "genvurderingen": "Kommunens nye vurdering med begrundelse",
    "akter": "Sagens akter",
}


def of(code: str) -> Callable:
    """Register what letters of this code tell besides what all letters do."""

    def add(function: Callable[[Session, Case, Letter], Facts]) -> Callable:
        _OF[code] = function
        return function

    return add


def gather(session: Session, case: Case, letter: Letter) -> Facts:
    """Everything the letter's template may say."""
    reader = people.person(session, letter.person_id) if letter.person_id else None
    citizens = _citizens(session, case)
    about = _about(session, case, letter, citizens)
    facts = {
        "f": dict.fromkeys(_OPTIONAL) | letter.facts,
        "sagsnummer": case.nummer,
        "sted": _place(letter.facts.get("sted"), reader in citizens),
        "til_person": reader is not None,
        "til_borger": reader is not None and any(reader.id == one.id for one in citizens),
        "borger": words.listed([person.name for person in about]),
        "fornavn": (reader or about[0]).name.split()[0] if reader or about else "",
        "koordinator": _user(session, letter.facts.get("koordinator", case.koordinator)),
        "stedfortraeder": _user(session, letter.facts.get("stedfortraeder")),
        "medkoordinator": _user(session, letter.facts.get("medkoordinator")),
        "ny_koordinator": _user(session, letter.facts.get("ny_koordinator")),
    }
    return facts | (_OF[letter.code](session, case, letter) if letter.code in _OF else {})


@of("B04")
def _plan(session: Session, case: Case, letter: Letter) -> Facts:
    from engine.documents.plan import citizens_page

    page = plan_query.for_citizen(session, case, letter.facts["version"], letter.person_id)
    accepted = page.version.accepted_at or letter.written_at
    return {"plan": citizens_page(page), "plan_fra": clock.local(accepted).date()}


@of("B05")
def _consents(session: Session, case: Case, letter: Letter) -> Facts:
    rows = [
        row
        for row in consent.history(session, case)
        if row.person_id == letter.person_id
        and row.given_at
        and row.given_at <= letter.written_at
        and (row.ended_at is None or row.ended_at > letter.written_at)
    ]
    return {"samtykker": [_told(session, row) for row in rows]}


@of("B06")
def _rulings(session: Session, case: Case, letter: Letter) -> Facts:
    return {"afgoerelser": [_ruling(row) for row in letter.facts["afgoerelser"]]}


@of("B07")
def _withdrawn(session: Session, case: Case, letter: Letter) -> Facts:
    ended = [
        row
        for row in consent.history(session, case)
        if row.ended_at and row.ended_at <= letter.written_at
    ]
    own = [row for row in ended if row.person_id == letter.person_id]
    last = max((row.ended_at for row in own or ended), default=letter.written_at)
    rows = [row for row in own if row.ended_at == last]
    return {
        "til_borger": bool(own),
        "trukket_den": clock.local(last).date(),
        "samtykker": [_told(session, row) for row in rows],
        "fortsaetter": next((row.ended_effect for row in rows if row.ended_effect), None),
    }


@of("B08")
def _hearing(session: Session, case: Case, letter: Letter) -> Facts:
    query = select(hearings.Hearing).where(
        hearings.Hearing.case_id == case.id, hearings.Hearing.sent_at <= letter.written_at
    )
    row = session.scalars(query.order_by(hearings.Hearing.sent_at.desc()).limit(1)).one()
    return {"oplysninger": row.facts, "betydning": row.meaning}


@of("B12")
def _closed(session: Session, case: Case, letter: Letter) -> Facts:
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    going_on = [
        ", ".join(filter(None, (names.get(row.unit), row.responsible, row.phone)))
        for row in sector_plans.of_case(session, case)
        if row.status == sector_plans.IN_FORCE
    ]
    return {"fortsaetter": list(dict.fromkeys(going_on))}


@of("B14")
def _complaint(session: Session, case: Case, letter: Letter) -> Facts:
    if letter.person_id is None:
        sent = letter.facts.get("bilag") or []
        return {"bilag": [ENCLOSED.get(name, name) for name in sent]}
    result = letter.facts.get("resultat")
    rows = [
        row
        for row in complaints.of_case(session, case)
        if result in (row.outcome, row.reassessed) and row.received_at <= letter.written_at
    ]
    row = rows[-1] if rows else None
    settled = row is not None and row.outcome == result and row.outcome is not None
    body = letter.facts.get("sendt_til")
    return {
        "f": letter.facts | {"afgjort": settled},
        "udfald": COMPLAINT.get(result, "Vi har set på din sag igen."),
        "begrundelse": row and (row.outcome_because if settled else row.reassessed_because),
        "sendt_til": session.get_one(Unit, body).name if body else None,
    }


@of("B16")
@of("B16-F")
def _of_age(session: Session, case: Case, letter: Letter) -> Facts:
    on = clock.local(letter.written_at).date()
    own = next((row for row in _citizens(session, case) if row.id == letter.person_id), None)
    found = [own] if own else _about(session, case, letter, _citizens(session, case))
    ages = [people.age_on(row.birth_date, on) for row in found if row.birth_date]
    return {"alder": min(ages, default=None)}


@of("B17")
def _obtained(session: Session, case: Case, letter: Letter) -> Facts:
    query = select(without_consent.UnconsentedRequest).where(
        without_consent.UnconsentedRequest.case_id == case.id,
        without_consent.UnconsentedRequest.source == letter.facts["kilde"],
    )
    rows = session.scalars(query.order_by(without_consent.UnconsentedRequest.asked_at)).all()
    unit = session.get(Unit, letter.facts["kilde"])
    return {
        "kilde": unit.name if unit else letter.facts["kilde"],
        "hjemmel": letter.facts["hjemmel"],
        "hvorfor": rows[-1].needed_because if rows else None,
    }


def _ruling(row: dict) -> Facts:
    rules, facts, weighing = [*(row.get("begrundelse") or ()), None, None, None][:3]
    return {
        "beslutning": DECIDED.get(row["resultat"], "Vi har truffet en afgørelse."),
        "tekst": row["tekst"],
        "medhold": row["resultat"] == rulings.GRANTED,
        "regler": rules,
        "fakta": facts,
        "hensyn": weighing,
        "vilkaar": row.get("vilkaar"),
        "lov": labels.of(labels.LAWS, row["lov"]),
        "klagevejledning": row["klagevejledning"],
    }


def _told(session: Session, row: consent.Consent) -> str:
    """A consent in one sentence."""
    if row.kind == consent.PLAN:
        return "En fælles plan og en koordinator."
    unit = session.get(Unit, row.counterpart) if row.counterpart else None
    other = unit.name if unit else row.counterpart
    kinds = words.listed([labels.of(labels.INFORMATION, kind).lower() for kind in row.data_types])
    verb = (
        f"Vi henter oplysninger fra {other}"
        if row.kind == consent.OBTAIN
        else (f"Vi deler oplysninger med {other}")
    )
    about = f" om {kinds}" if kinds else ""
    period = f" Periode: {row.period}." if row.period else ""
    why = f" Formål: {row.purpose.rstrip('.')}." if row.purpose else ""
    return f"{verb}{about}.{why}{period}"


def _citizens(session: Session, case: Case) -> list[people.Person]:
    """All whom the case is or was about, in the order they were named."""
    query = select(Party).where(Party.case_id == case.id, Party.role == capacity.CITIZEN)
    return [party.person for party in session.scalars(query.order_by(Party.number))]


def _about(
    session: Session, case: Case, letter: Letter, citizens: list[people.Person]
) -> list[people.Person]:
    """The child whose parent or guardian reads the letter; else all citizens of the case."""
    spoken_for = select(Party.scope).where(
        Party.case_id == case.id,
        Party.person_id == letter.person_id,
        Party.role.in_((capacity.CUSTODY, capacity.GUARDIAN, capacity.ATTORNEY)),
    )
    # A member of a family who has left the case is no citizen of it now, but still the child.
    named = [session.get(people.Person, id_) for id_ in session.scalars(spoken_for) if id_]
    return [person for person in named if person] or citizens


def _place(word: str | None, own: bool) -> str | None:
    """Where a meeting is held; a word that is nobody's code is a place somebody wrote."""
    return "hjemme hos dig" if own and word == "hjem" else PLACES.get(word, word)


def _user(session: Session, username: str | None) -> Facts | None:
    user = session.get(User, username) if username else None
    return user and {"navn": user.name, "telefon": user.phone}
