"""Network meetings: invited with the consent light of D7, held, written down (F13, F14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engine import clock
from engine.domain import appointment, invitations, letters, meetings, organisation, people, plan
from engine.domain.meetings import IngenInviterede
from engine.services import Context, service

POLICE, SSP = "X-POL", "SSP"
AUTHORITIES = ("X-RPS", "X-KRIM", "X-AST")


@service("indkald_netvaerksmoede")
def call(
    context: Context,
    moede_formaal: str,
    moede_tidspunkt: str,
    moedested: str,
    moedeform: str,
    inviterede: list | None = None,
    foelsomme_oplysninger: bool = False,
    dagsorden: str | None = None,
    **_: object,
) -> dict | None:
    """Indkald til netværksmøde. Den, der kræver samtykke og ikke har det, kommer af listen (D7)."""
    session, case = context.session, context.case
    at = datetime.fromisoformat(moede_tidspunkt)
    at = at if at.tzinfo else at.replace(tzinfo=clock.COPENHAGEN)
    meeting = meetings.call(
        session,
        case,
        context.actor,
        at,
        moede_formaal,
        place=moedested,
        form=moedeform,
        agenda=dagsorden,
    )
    for row in inviterede or []:
        who, kind = recipient(context, row["hvem"])
        answer = may_hear(context, who, kind, sensitive=foelsomme_oplysninger)
        meetings.invite(meeting, who, kind, answer["resultat"], answer["paragraf"])
    if inviterede and not meeting.invited:
        raise IngenInviterede
    session.flush()
    facts = {"tid": clock.local(at).isoformat(), "sted": moedested, "moede": meeting.id}
    for person in people.citizens(session, case.id):
        letters.send(session, case, "B03", person, by=context.actor, **facts)
    for invitee in meeting.invited:
        if session.get(organisation.Unit, invitee.who) is not None:
            letters.send(session, case, "B03", invitee.who, by=context.actor, **facts)
    removed = [row.who for row in meeting.invitees if row not in meeting.invited]
    context.record("meeting_called", at=at, invited=len(meeting.invited), removed=len(removed))
    return {"moede_dato": clock.local(at).date().isoformat()}


def recipient(context: Context, name: str) -> tuple[str, str]:
    """(code or name, kind of recipient as D7 knows it) of somebody written on an invitation."""
    session = context.session
    found = _unit(context, name)
    if found is None:
        return name.strip(), "netvaerk"
    if found.code == POLICE:
        return found.code, "politi"
    if found.code == SSP:
        return found.code, "ssp_psp"
    if found.partner:
        return found.code, "myndighed" if found.code in AUTHORITIES else "partner"
    own = {row.unit for row in appointment.current(session, context.case)}
    return found.code, "egen_enhed" if found.code in own else "anden_enhed"


def _unit(context: Context, name: str) -> organisation.Unit | None:
    """The unit or partner meant by a code or a name, in any spelling."""
    wanted = name.strip().casefold()
    for unit in context.session.scalars(select(organisation.Unit)):
        if wanted in (unit.code.casefold(), unit.name.casefold()):
            return unit
    return None


def may_hear(
    context: Context, who: str, kind: str, sensitive: bool, consented: bool = False
) -> dict:
    """D7's answer, and `tilladt`: whether this recipient may hear about the citizen's plan work."""
    asked = invitations.question(context.session, context.case, who, kind, sensitive, consented)
    answer = context.decide(invitations.TABLE, asked).value
    return answer | {"tilladt": answer["resultat"].startswith("tilladt")}


@service("registrer_netvaerksmoede")
def minutes(
    context: Context,
    enighed_om_maal: str,
    initiativpligt: str,
    borgerens_opsummering: str,
    naeste_moede: str,
    rollefordeling: list | None = None,
    fremmoedte: list | None = None,
    referat: str | None = None,
    **_: object,
) -> dict | None:
    """Gem referatet: enighed om mål, hvem gør hvad, hvem har initiativet, og borgerens egne ord."""
    session, case = context.session, context.case
    meeting = meetings.next_planned(session, case)
    meetings.hold(
        meeting,
        agreed_goals=enighed_om_maal,
        roles=rollefordeling or [],
        initiative=initiativpligt,
        citizens_summary=borgerens_opsummering,
        minutes=referat,
        next_on=naeste_moede,
    )
    for invitee in meeting.invitees:
        invitee.attended = invitee.who in (fremmoedte or [])
    day = clock.local(meeting.at).date()
    for row in rollefordeling or []:
        plan.agree(session, case, row["hvem"], row["hvad"], row.get("hvornaar"), f"møde {day}")
