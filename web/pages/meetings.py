"""A meeting: what it is for, who comes, what was agreed; and a file for one's own calendar."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import casework, clock
from engine.queries import labels, meetings
from web import signing
from web.opening import opened
from web.texts import gettext as _

blueprint = Blueprint("meetings", __name__)


@blueprint.get("/sager/<nummer>/moeder/<meeting_id>")
def show(nummer: str, meeting_id: str):
    me = signing.me().username
    found = meetings.meeting(signing.reading(), me, nummer, meeting_id)
    opened(found.case_id, f"moede:{found.id}")
    return render_template("meeting.html", meeting=found, venues=labels.MEETING_PLACES)


@blueprint.post("/sager/<nummer>/moeder/<meeting_id>/flyt")
def reschedule(nummer: str, meeting_id: str):
    """A new day for a meeting, also for one that was called off."""
    at, form = moment(), request.form
    if at is None:
        flash(_("Vælg både dag og klokkeslæt."), "late")
        return _at(nummer, meeting_id)
    place, reason = form.get("sted", ""), form.get("grund", "")
    me = signing.me().username
    casework.reschedule(signing.store(), nummer, meeting_id, at, place, reason, by=me)
    flash(_("Mødet er flyttet. De inviterede får besked, og deres kalendere følger med."))
    return _at(nummer, meeting_id)


@blueprint.post("/sager/<nummer>/moeder/<meeting_id>/aflys")
def call_off(nummer: str, meeting_id: str):
    reason, me = request.form.get("grund", ""), signing.me().username
    casework.call_off(signing.store(), nummer, meeting_id, reason, by=me)
    flash(_("Mødet er aflyst. De inviterede får besked."))
    return _at(nummer, meeting_id)


@blueprint.post("/sager/<nummer>/overdragelse/moede")
def call_handover(nummer: str):
    """Call the handover meeting; it is moved and called off like any other."""
    at, form = moment(), request.form
    if at is None:
        flash(_("Vælg både dag og klokkeslæt."), "late")
        return redirect(url_for("handover.show", nummer=nummer), 303)
    citizen, me = form.get("borger") == "ja", signing.me().username
    called = casework.call_handover(
        signing.store(), nummer, at, form.get("sted", ""), by=me, citizen=citizen
    )
    flash(_("Der er indkaldt til overdragelsesmøde."))
    return _at(nummer, called)


@blueprint.get("/sager/<nummer>/moeder/<meeting_id>.ics")
def invitation(nummer: str, meeting_id: str):
    me = signing.me().username
    found = meetings.meeting(signing.reading(), me, nummer, meeting_id)
    opened(found.case_id, f"moede:{found.id}")
    file = meetings.invitation(signing.reading(), me, nummer, meeting_id)
    headers = {"Content-Disposition": 'attachment; filename="moede.ics"'}
    return Response(file, mimetype="text/calendar", headers=headers)


def moment() -> datetime | None:
    """The day and hour that were posted, in Copenhagen."""
    try:
        day, hour = request.form.get("dag", ""), request.form.get("klokken", "")
        return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=clock.COPENHAGEN)
    except ValueError:
        return None


def _at(nummer: str, meeting_id: str):
    return redirect(url_for("meetings.show", nummer=nummer, meeting_id=meeting_id), 303)
