"""A case that ran elsewhere takes its place in the middle of the spine, and what it lacks is sought."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from engine import clock
from engine.domain import (
    appointment,
    brought_in,
    cases,
    consent,
    efforts,
    followup,
    notes,
    obligations,
    organisation,
    people,
    plan,
)
from engine.domain.calendar import add_months
from engine.errors import Refused
from engine.services import Context, service
from engine.services.appointment import see_to_deputy
from engine.services.deadlines import begin

FIRST_RULE, NEXT_RULE = followup.OWN


class JaIFremtiden(Refused):
    """Borgeren kan ikke have sagt ja på en dag, der ikke er kommet. Ret datoen."""


@service("overfoer_sag")
def place(context: Context, **_: object) -> dict | None:
    """Giv en sag, der har kørt et andet sted, sin koordinator, stedfortræder og de samtykker, der fulgte med."""
    told = _told(context)
    _consents(context, told)
    _coordinator(context, told)


@service("laeg_plan_ind")
def place_plan(context: Context, **_: object) -> dict | None:
    """Sæt den overførte plan i kraft: mål, forpligtelser og opfølgning. Mangler en partner samtykke, åbnes opgaven."""
    session, case = context.session, context.case
    told = _told(context)
    _plan(context, told)
    before = case.tilstand
    cases.move(case, "PLAN_AKTIV")
    context.record("state_changed", old=before, new=case.tilstand)
    _follow_up(context, told)
    brought_in.of_case(session, case).told = None
    if brought_in.recipients_without(session, case):
        context.start(brought_in.SEEKING)


def _told(context: Context) -> dict[str, Any]:
    """What was told of the case. Raises IkkeOverfoert for any other, and once the plan is in force."""
    row = brought_in.of_case(context.session, context.case)
    if row is None or row.told is None:
        raise brought_in.IkkeOverfoert
    return brought_in.read_told(row.told)


@service("registrer_ja_til_plan")
def late_yes(
    context: Context,
    plan_svar: str,
    form: str | None = None,
    givet_dato: str | None = None,
    forklaret_af: str | None = None,
    notat: str | None = None,
    **_: object,
) -> dict | None:
    """Registrer borgerens svar, når en overført sag kom uden et ja til planen."""
    session, case = context.session, context.case
    if notat:
        notes.write(session, case, "Ja til planen", notat, by=context.actor)
    if plan_svar != "ja":
        before = case.tilstand
        cases.move(case, "SAMTYKKE_TRUKKET")
        context.record("state_changed", old=before, new=case.tilstand)
        return {"plan_svar": plan_svar}
    given_on = date.fromisoformat(givet_dato) if givet_dato else context.today
    if given_on > context.today:
        raise JaIFremtiden
    for person in people.citizens(session, case.id):
        _give(context, person.id, consent.PLAN, given_on, form=form, explained_by=forklaret_af)
    context.record("consents_given", sources=0, recipients=0)
    return {"plan_svar": plan_svar}


def _consents(context: Context, told: dict[str, Any]) -> None:
    for person in people.citizens(context.session, context.case.id):
        for row in told["consents"]:
            more = (
                {}
                if row["kind"] == consent.PLAN
                else {
                    "counterpart": row["counterpart"],
                    "data_types": list(row["types"]),
                    "purpose": row["purpose"],
                }
            )
            origin = f"Overført fra {told['system']}"
            _give(
                context,
                person.id,
                row["kind"],
                row["given_on"],
                form=row["form"],
                note=origin,
                **more,
            )


def _give(context: Context, person_id: str, kind: str, given_on: date, **content: Any) -> None:
    """A consent in force since the day it was given; its review is counted from then."""
    session = context.session
    row = consent.give(session, context.case, person_id, kind, given_by=[person_id], **content)
    months = context.setting("samtykke.gennemgang_maaneder", 12)
    row.given_at, row.review_on = _noon(given_on), add_months(given_on, months)
    session.flush()


def _coordinator(context: Context, told: dict[str, Any]) -> None:
    session, case = context.session, context.case
    for username in filter(None, (told["coordinator"], told["deputy"])):
        appointment.check_candidate(session, username)
    appointment.appoint(
        session,
        case,
        told["coordinator"],
        context.actor,
        deputy=told["deputy"],
        reason=f"Overført fra {told['system']}",
    )
    context.record("coordinator_appointed", user=told["coordinator"], deputy=told["deputy"])
    see_to_deputy(context)


def _plan(context: Context, told: dict[str, Any]) -> None:
    """The plan that was in force there: its goals and efforts, and what was not brought along."""
    session, case = context.session, context.case
    elsewhere = f"Ikke overført. Står i {told['system']}, sag {told['old_number']}."
    content = {
        "samlet_situation": elsewhere,
        "borgerens_holdning": elsewhere,
        "maal": [{"titel": goal} for goal in told["goals"]],
        "indsatser": [
            {
                "titel": row["does"],
                "enhed": row["unit"],
                "ansvarlig": row["contact"],
                "start": told["accepted_on"].isoformat(),
            }
            for row in told["owed"]
        ],
        "aftaler": [
            {
                "hvem": organisation.user(session, told["coordinator"]).name,
                "hvad": "Skriver situation, ønsker og aftaler ind fra den gamle sag ved næste opfølgning",
            }
        ],
    }
    plan.write_draft(session, case, context.actor, content)
    version = plan.accept(session, case)
    version.accepted_at = _noon(told["accepted_on"])
    efforts.apply(session, case, version)
    for effort in efforts.of_case(session, case):
        efforts.start(session, case, effort, told["accepted_on"])
        effort.taken_up_on = told["accepted_on"]
    goals = [row.key for row in plan.goals(session, case)]
    for row in told["owed"]:
        duty = obligations.begin(session, case, row["unit"], goals, row["contact"])
        duty.valid_from = told["accepted_on"]
    context.record("plan_accepted", version=version.version, hash=version.content_hash)


def _follow_up(context: Context, told: dict[str, Any]) -> None:
    """The next duty is counted from the last follow-up held; without one, from the citizen's yes."""
    held = told["last_held"]
    begin(context, NEXT_RULE if held else FIRST_RULE, held or told["accepted_on"])
    if held:
        news = f"Holdt i {told['system']}"
        followup.register(
            context.session, context.case, held, [], context.actor, news=news, change="ingen"
        )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), clock.COPENHAGEN)
