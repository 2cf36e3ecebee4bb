"""The committee's calendar and one meeting of it: planned, moved, cancelled, and who came."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import casework, clock
from engine.domain.committee import MoedeErHoldt
from engine.queries import committee
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("committee", __name__)


@blueprint.get("/udvalg")
def show():
    found = committee.calendar(signing.reading(), signing.me().username)
    return render_template("committee.html", it=found)


@blueprint.post("/udvalg")
def plan():
    form = request.form
    meeting_id = casework.plan_meeting(
        signing.store(),
        moment("moede"),
        moment("papirfrist"),
        _seated("medlem"),
        _seated("stedfortraeder"),
        place=form.get("sted", ""),
        by=signing.me().username,
    )
    flash(_("Mødet er planlagt."))
    return redirect(_at(meeting_id), 303)


@blueprint.get("/udvalg/<committee_meeting_id>")
def meeting(committee_meeting_id: str):
    found = committee.meeting(signing.reading(), signing.me().username, committee_meeting_id)
    return render_template("committee_meeting.html", it=found)


@blueprint.post("/udvalg/<committee_meeting_id>/flyt")
def move(committee_meeting_id: str):
    casework.move_meeting(
        signing.store(),
        committee_meeting_id,
        moment("moede"),
        moment("papirfrist"),
        place=request.form.get("sted", ""),
        because=request.form.get("grund", ""),
        by=signing.me().username,
    )
    flash(_("Mødet er flyttet. Punkterne følger med, og deltagerne får besked."))
    return redirect(_at(committee_meeting_id), 303)


@blueprint.post("/udvalg/<committee_meeting_id>/aflys")
def cancel(committee_meeting_id: str):
    grund = request.form.get("grund", "")
    casework.cancel_meeting(signing.store(), committee_meeting_id, grund, by=signing.me().username)
    flash(_("Mødet er aflyst. Punkterne kommer på det næste, og deltagerne får besked."))
    return redirect(_at(committee_meeting_id), 303)


@blueprint.post("/udvalg/<committee_meeting_id>/fremmoede")
def attend(committee_meeting_id: str):
    form = request.form
    stand_ins = {
        name.removeprefix("for-"): member
        for name, member in form.items()
        if name.startswith("for-") and member
    }
    casework.note_present(
        signing.store(),
        committee_meeting_id,
        form.getlist("til_stede"),
        stand_ins,
        by=signing.me().username,
    )
    flash(_("Det er noteret, hvem der er til stede."))
    return redirect(_at(committee_meeting_id), 303)


def moment(name: str) -> datetime:
    """A field of day and hour, in Copenhagen. Raises MoedeErHoldt for what is no moment."""
    try:
        found = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise MoedeErHoldt from None
    return found if found.tzinfo else found.replace(tzinfo=clock.COPENHAGEN)


def _seated(seat: str) -> list[str]:
    prefix = "plads-"
    fields = request.form.items()
    return [
        name.removeprefix(prefix)
        for name, value in fields
        if value == seat and name.startswith(prefix)
    ]


def _at(meeting_id: str) -> str:
    return url_for("committee.meeting", committee_meeting_id=meeting_id)
