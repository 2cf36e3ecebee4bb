"""What the coordinator finds out before the plan: assessment, information, who takes part (P04)."""

from __future__ import annotations

from datetime import date

from engine.domain import assessment, consent, deadlines, notes, obligations
from engine.domain.assessment import KildenMaaIkkeSpoerges, SamtykkeMangler
from engine.services import Context, meetings, service

#: Subject of the deadline KP-6 while units are asked who takes part.
PARTICIPATION = "deltagelse"


@service("registrer_helhedsudredning")
def assess(
    context: Context,
    omraader: list | None = None,
    aktuel_stoette: str | None = None,
    sikkerhed: str | None = None,
    netvaerk: str | None = None,
    **_: object,
) -> dict | None:
    """Gem helhedsudredningen område for område."""
    session, case = context.session, context.case
    assessment.find_out(session, case, context.actor, omraader or [])
    for title, text in (
        ("Aktuel støtte", aktuel_stoette),
        ("Sikkerhed", sikkerhed),
        ("Netværk", netvaerk),
    ):
        if text:
            notes.write(session, case, title, text, context.actor, kind="udredning")


@service("registrer_oplysninger")
def information(
    context: Context,
    oplysningstype: str,
    periode: str,
    formaal: str,
    samtykke_ref: str,
    afsendt: str | None = None,
    svarfrist: str | None = None,
    modtaget: str | None = None,
    vurdering: str | None = None,
    **_: object,
) -> dict | None:
    """Gem, hvad der blev indhentet fra kilden. Uden samtykke bliver det afvist."""
    session, case, source = context.session, context.case, context.item
    if not consent.covers(session, case, source, kind=consent.OBTAIN):
        raise SamtykkeMangler(kilde=source)
    # Asking tells the source that the citizen has a case here: D7 must allow that as well.
    who, kind = meetings.recipient(context, source)
    if not meetings.may_hear(context, who, kind, sensitive=False, consented=True)["tilladt"]:
        raise KildenMaaIkkeSpoerges(kilde=source)
    assessment.request(
        session,
        case,
        context.actor,
        source=source,
        kind=oplysningstype,
        period=periode,
        purpose=formaal,
        consent_ref=samtykke_ref,
        sent_on=_date(afsendt) or context.today,
        answer_by=_date(svarfrist),
        received_on=_date(modtaget),
        assessment=vurdering,
    )


@service("registrer_deltagelse")
def participation(
    context: Context,
    deltager: bool = False,
    deltager_person: str | None = None,
    deltager_grund: str | None = None,
    **_: object,
) -> dict | None:
    """Gem, hvem der deltager fra enheden, eller hvorfor den ikke kan."""
    _answer(context, deltager_person if deltager else None, deltager_grund, by_leader=False)


@service("paalaeg_deltagelse")
def imposed(
    context: Context, deltager_person: str, deltager_grund: str | None = None, **_: object
) -> dict | None:
    """Gem, hvem lederen peger på fra enheden."""
    _answer(context, deltager_person, deltager_grund, by_leader=True)


def _answer(context: Context, person: str | None, why: str | None, by_leader: bool) -> None:
    session, case = context.session, context.case
    obligations.answer(
        session,
        case,
        context.item,
        context.actor,
        person=person,
        declined_because=None if person else why,
        by_leader=by_leader,
    )
    if not obligations.to_ask(session, case):
        proof = "alle enheder har peget på en deltager"
        deadlines.meet(session, case, "KP-6", proof, PARTICIPATION)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
