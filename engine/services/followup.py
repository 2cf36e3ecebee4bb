"""One round of follow-up (P06): armed, prepared, held, and the next one begun."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from engine import clock
from engine.domain import consent, deadlines, followup, invariants, meetings, notes, rules
from engine.domain.calendar import WorkingDays, add_months
from engine.domain.deadlines import Deadline
from engine.domain.followup import RytmeMangler
from engine.errors import Refused
from engine.services import Context, service
from engine.services.deadlines import ask_for_day, begin
from engine.services.telling import tell_waiting


class SamtykkeTrukketFoerOpfoelgning(Refused):
    """Borgeren har trukket samtykket til planen tilbage, så der kan ikke længere følges op på den. Afvent, at sagen er afviklet."""


@service("begynd_opfoelgning")
def begin_round(context: Context, **_: object) -> dict | None:
    """Find sagens åbne opfølgningsfrister. Er der ingen, begynder den lokale (KP-2)."""
    session, case = context.session, context.case
    if not followup.duties(session, case) and not _being_decided(context):
        begin(context, followup.PLAN_RULE, followup.last_held(session, case))


@service("forbered_opfoelgning")
def prepare(
    context: Context,
    nyt_siden_sidst: str | None = None,
    moede_dato: str | None = None,
    moedested: str | None = None,
    **_: object,
) -> dict | None:
    """Gem forberedelsen, og sæt mødet i sagens kalender."""
    session, case = context.session, context.case
    if nyt_siden_sidst:
        title = "Nyt siden sidste opfølgning"
        notes.write(session, case, title, nyt_siden_sidst, by=context.actor)
    if moede_dato:
        at = _noon(date.fromisoformat(moede_dato))
        row = _meeting(context) or _call(context, at=at)
        row.at, row.place = at, moedested


@service("registrer_opfoelgning")
def hold(
    context: Context,
    afholdt: str,
    aendring: str,
    moedeform: str | None = None,
    maal_status: list | None = None,
    naeste_dato: str | None = None,
    opfyldte_frister: list | None = None,
    **answers: Any,
) -> dict | None:
    """Gem opfølgningen, opfyld fristerne, og start de næste, talt fra den dag, den blev holdt."""
    session, case = context.session, context.case
    if not (invariants.has_plan(case) or consent.in_force(session, case, consent.PLAN)):
        raise SamtykkeTrukketFoerOpfoelgning
    met = followup.covered(session, case, opfyldte_frister)
    _check_rhythm(context, met, answers)
    held_on = followup.day_held(afholdt)
    _hold_meeting(context, held_on, moedeform, answers)
    _begin_next(context, held_on, met, answers)
    if naeste_dato:
        followup.agree_earlier(session, case, date.fromisoformat(naeste_dato), held_on)
    row = followup.register(
        session,
        case,
        held_on,
        met,
        context.actor,
        form=moedeform,
        news=answers.get("nyt_siden_sidst"),
        citizens_words=answers.get("borgerens_ord"),
        collision=answers.get("kollision"),
        change=aendring,
        change_reason=answers.get("aendring_begrundelse"),
        outside_help=answers.get("hjaelp_udefra"),
        initiative=_initiative(context, answers),
        rhythm_months=answers.get("naeste_rytme"),
        rhythm_reason=answers.get("rytme_begrundelse"),
    )
    followup.note_progress(session, case, row, maal_status or [])
    context.record("followed_up", rules=row.rules, held=held_on, on_time=row.on_time)
    return {"opfoelgning_udfald": followup.OUTCOMES[aendring]}


@service("gem_ny_oplysning")
def keep_news(
    context: Context,
    hvad_er_nyt: str,
    skal_planen_aendres: str,
    opfoelgning_frem: str,
    akut: str,
    **_: object,
) -> dict | None:
    """Gem den nye oplysning som en note, og hvad den betyder for planen og opfølgningen."""
    notes.write(context.session, context.case, "Ny oplysning", hvad_er_nyt, by=context.actor)
    context.record(
        "news_assessed",
        plan_changes=skal_planen_aendres == "ja",
        follow_up_now=opfoelgning_frem == "ja",
        acute=akut == "ja",
    )


@service("bed_om_opfoelgning")
def ask_for_round(context: Context, **_: object) -> dict | None:
    """Lad opfølgningen begynde nu, hvis den venter på sin dag; ellers sker det i det, der er i gang."""
    tell_waiting(context, followup.NEWS, at=followup.WAITING)


def tell_round(context: Context, regel: str) -> None:
    """A follow-up duty has begun or got another date: the round that waits plans anew."""
    tell_waiting(context, followup.CHANGED, regel=regel)


def _being_decided(context: Context) -> bool:
    """Whether somebody is asked already for the date that no rule gives."""
    return any(
        invariants.is_sought(context.session, context.case, element)
        for element in invariants.DECIDING
    )


def _begin_next(
    context: Context, held_on: date, met: list[Deadline], answers: dict[str, Any]
) -> None:
    """Meet each duty, and begin what follows it in its own area of law."""
    session, case = context.session, context.case
    following: dict[str, rules.Rule | None] = {}
    for duty in met:
        rule = followup.next_rule(session, duty)
        # Without a next rule somebody has to decide: the duty's own name says what about.
        own = followup.PLAN_RULE if duty.regel in followup.OWN else duty.regel
        following[rule.id if rule else own] = rule
        proof = f"opfølgning {held_on:%d.%m.%Y}"
        deadlines.meet(session, case, duty.regel, proof, duty.subject)
    for regel, rule in following.items():
        if rule is None:
            ask_for_day(context, regel)
        elif rule.art == rules.IN_THE_CASE:
            _begin_rhythm(context, rule, held_on, answers)
        else:
            begin(context, regel, held_on)


def _begin_rhythm(
    context: Context, rule: rules.Rule, held_on: date, answers: dict[str, Any]
) -> None:
    session, case = context.session, context.case
    due = add_months(held_on, answers["naeste_rytme"])
    deadline = deadlines.fix(session, case, rule.id, due, answers["rytme_begrundelse"])
    deadline.source = rule.source
    deadline.start = deadlines.midnight(held_on)
    deadline.planned = WorkingDays.of(session).on_or_before(due)


def _check_rhythm(context: Context, met: list[Deadline], answers: dict[str, Any]) -> None:
    """Where the law leaves the number to the case, it wants reasons, told to those concerned."""
    for rule in followup.decided_in_the_case(context.session, met):
        wanted = ("naeste_rytme", "rytme_begrundelse", "rytme_meddelt")
        if not all(answers.get(name) for name in wanted):
            raise RytmeMangler(hjemmel=rule.source)


def _hold_meeting(
    context: Context, held_on: date, form: str | None, answers: dict[str, Any]
) -> None:
    minutes = {
        "at": _noon(held_on),
        "form": form,
        "initiative": _initiative(context, answers),
        "minutes": answers.get("nyt_siden_sidst"),
        "citizens_summary": answers.get("borgerens_ord"),
    }
    meeting = _meeting(context)
    if meeting is None:
        _call(context, state=meetings.HELD, **minutes)
    else:
        meetings.hold(meeting, **minutes)


def _call(context: Context, **facts: Any) -> meetings.Meeting:
    return meetings.call(
        context.session,
        context.case,
        context.actor,
        purpose="Opfølgning",
        kind=meetings.FOLLOW_UP,
        **facts,
    )


def _initiative(context: Context, answers: dict[str, Any]) -> str | None:
    return answers.get("initiativ") or context.case.koordinator


def _meeting(context: Context) -> meetings.Meeting | None:
    planned = meetings.planned(context.session, context.case, meetings.FOLLOW_UP)
    return planned[0] if planned else None


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), clock.COPENHAGEN)
