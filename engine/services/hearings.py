"""Party hearing (F50, F51), called wherever a decision is to somebody's detriment."""

from __future__ import annotations

from datetime import date

from engine.domain import deadlines, hearings, letters, notes, people
from engine.services import Context, service
from engine.services.deadlines import begin


@service("send_partshoering")
def send_hearing(
    context: Context,
    oplysninger: str,
    maade: str,
    betydning: str | None = None,
    svarfrist: str | None = None,
    notat: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Send partshøringen (B08), og start svarfristen KP-10."""
    session, case = context.session, context.case
    subject = indstilling_id or case.id
    hearings.send(session, case, subject, context.actor, facts=oplysninger, meaning=betydning)
    if svarfrist:
        day = date.fromisoformat(svarfrist)
        if day < context.today:
            raise deadlines.DayHasPassed
        deadlines.fix(session, case, "KP-10", day, "svarfristen i partshøringen")
        due = deadlines.open_deadlines(session, case, "KP-10")[-1]
        due.subject = subject
    else:
        due = begin(context, "KP-10", subject=subject)
    if notat:
        notes.write(session, case, "Mundtlig partshøring", notat, context.actor)
    last = due.due.isoformat() if due else None
    for person in people.citizens(session, case.id):
        letters.send(session, case, "B08", person, by=context.actor, svarfrist=last)
    context.record("hearing_sent", subject=subject)


@service("vurder_bemaerkninger")
def weigh(
    context: Context,
    svar: str,
    bemaerkninger: str | None = None,
    vurdering: str | None = None,
    indstilling_id: str | None = None,
    **_: object,
) -> dict | None:
    """Gem partens bemærkninger, og hvordan de indgår i afgørelsen."""
    session, case = context.session, context.case
    subject = indstilling_id or case.id
    hearings.weigh(
        session,
        case,
        subject,
        context.actor,
        answered=svar,
        answer=bemaerkninger,
        weight=vurdering,
    )
    deadlines.meet(session, case, "KP-10", f"svar: {svar}", subject)
    context.record("party_heard", subject=subject, answered=svar)
