"""One coordinator hands over to another (P09): at once when it must be, else announced."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from engine import clock
from engine.domain import appointment, deadlines, meetings, notes
from engine.services import Context, service
from engine.services.appointment import see_to_co, see_to_deputy, send
from engine.services.deadlines import begin

# The note's parts in the order they are read (F33).
NOTE_PARTS = {
    "situation": "Situationen lige nu",
    "relation": "Det virker i relationen",
    "aftaler": "Aftaler",
    "risici": "Risici",
    "aabne_frister": "Åbne frister",
    "borgerens_budskab": "Borgerens budskab",
}


@service("stedfortraeder_overtager")
def take_over(context: Context, skift_aarsag: str | None = None, **_: object) -> dict | None:
    """Lad stedfortræderen overtage sagen med det samme."""
    session, case = context.session, context.case
    former, why = case.koordinator, skift_aarsag or "akut"
    acting = appointment.take_over(session, case, context.actor, why)
    if acting is None:
        # Without a deputy the offering unit and its leader hold the coordinator's tasks.
        appointment.end(session, case, appointment.COORDINATING, why)
        case.koordinator = None
    context.record("coordinator_replaced", former=former, acting=acting and acting.username)
    see_to_deputy(context)
    see_to_co(context, None, None)
    return {"tidligere_koordinator": former}


@service("brev_koordinatorskifte")
def letter_of_change(context: Context, **facts: object) -> dict | None:
    """Send B11 til borgeren: hvem der tager over."""
    send(context, "B11")


@service("registrer_overdragelsesnotat")
def handover_note(context: Context, **answers: object) -> dict | None:
    """Gem overdragelsesnotatet i sagen."""
    text = "\n\n".join(
        f"{title}: {answers[key]}" for key, title in NOTE_PARTS.items() if answers.get(key)
    )
    notes.write(
        context.session,
        context.case,
        "Overdragelsesnotat",
        text,
        context.actor,
        kind="overdragelsesnotat",
    )


@service("varsl_koordinatorskifte")
def announce(
    context: Context, valgt_koordinator: str, akut: bool | None = None, **_: object
) -> dict | None:
    """Varsl skiftet for borgeren (B11), og giv den nye overdragelsespakken. Et planlagt skifte sker først efter varslet (KP-14)."""
    day = context.today
    if not akut:
        deadline = begin(context, "KP-14")
        day = deadline.due if deadline else day
    send(context, "B11", ny_koordinator=valgt_koordinator, fra=day.isoformat())
    appointment.announce(context.session, context.case, valgt_koordinator, context.actor)
    context.record("coordinator_announced", user=valgt_koordinator, day=day)
    return {"skiftedato": day.isoformat(), "bekraeft_forsoeg": 0}


@service("registrer_overdragelsesmoede")
def meeting(
    context: Context,
    deltagere: str,
    moedet_holdt: str,
    gennemgaaet: str,
    borgerens_oenske: str,
    borger_bekraeftet: str,
    bekraeft_forsoeg: int = 0,
    **_: object,
) -> dict | None:
    """Gem overdragelsesmødet, og om borgeren har bekræftet."""
    session, case = context.session, context.case
    row = next(iter(meetings.planned(session, case, meetings.HANDOVER)), None)
    if row is None:
        at = datetime.combine(date.fromisoformat(moedet_holdt), time(12), clock.COPENHAGEN)
        what = "Overdragelse til ny koordinator"
        row = meetings.call(session, case, context.actor, at, what, kind=meetings.HANDOVER)
    meetings.hold(
        row, minutes=f"{gennemgaaet}\n\nDeltagere: {deltagere}", citizens_summary=borgerens_oenske
    )
    return _attempt(context, borger_bekraeftet, bekraeft_forsoeg)


@service("registrer_bekraeftelse")
def confirm(
    context: Context,
    borger_bekraeftet: str,
    forsoeg_notat: str,
    bekraeft_forsoeg: int = 0,
    **_: object,
) -> dict | None:
    """Gem forsøget på at få borgerens bekræftelse."""
    notes.write(
        context.session,
        context.case,
        "Kontakt om koordinatorskifte",
        forsoeg_notat,
        context.actor,
        kind="samtale",
    )
    return _attempt(context, borger_bekraeftet, bekraeft_forsoeg)


@service("skift_koordinator")
def change(
    context: Context,
    valgt_koordinator: str,
    valgt_stedfortraeder: str | None = None,
    skift_aarsag: str | None = None,
    tidligere_koordinator: str | None = None,
    valgt_medkoordinator: str | None = None,
    medkoordinator_til: str | None = None,
    **_: object,
) -> dict | None:
    """Gør den nye til koordinator. Den tidligere kan se sagen, til overdragelsestiden er gået (KP-13)."""
    session, case = context.session, context.case
    former = tidligere_koordinator or case.koordinator
    acting = case.koordinator
    appointment.appoint(
        session,
        case,
        valgt_koordinator,
        context.actor,
        deputy=valgt_stedfortraeder,
        because=skift_aarsag or "planlagt",
    )
    deadlines.meet(session, case, "KP-14", f"skiftet til {valgt_koordinator}")
    see_to_deputy(context)
    see_to_co(context, valgt_medkoordinator, medkoordinator_til)
    deadline = begin(context, "KP-13")
    last_day = deadline.due if deadline else context.today
    for username in {former, acting} - {None, valgt_koordinator, case.stedfortraeder}:
        appointment.keep_access(session, case, username, last_day)
    context.record("coordinator_changed", former=former, new=valgt_koordinator)
    return {"adgang_til": (last_day + timedelta(days=1)).isoformat()}


@service("luk_tidligere_adgang")
def close_access(context: Context, **_: object) -> dict | None:
    """Notér, at den tidligere koordinators adgang er lukket."""
    deadlines.meet(context.session, context.case, "KP-13", "adgangen er lukket")
    context.record("former_access_closed")


def _attempt(context: Context, answer: str, attempts: int) -> dict:
    if answer == "oensker_anden":
        # Who will not take over after all has nothing more to read.
        appointment.end(context.session, context.case, (appointment.INCOMING,), "borgers_oenske")
    return {"borger_bekraeftet": answer, "bekraeft_forsoeg": attempts + 1}
