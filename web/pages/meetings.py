"""A meeting: what it is for, who comes, what was agreed; and a file for one's own calendar."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from engine.queries import meetings
from web import signing
from web.opening import opened

blueprint = Blueprint("meetings", __name__)


@blueprint.get("/sager/<nummer>/moeder/<meeting_id>")
def show(nummer: str, meeting_id: str):
    me = signing.me().username
    found = meetings.meeting(signing.reading(), me, nummer, meeting_id)
    opened(found.case_id, f"moede:{found.id}")
    return render_template("meeting.html", meeting=found)


@blueprint.get("/sager/<nummer>/moeder/<meeting_id>.ics")
def invitation(nummer: str, meeting_id: str):
    me = signing.me().username
    found = meetings.meeting(signing.reading(), me, nummer, meeting_id)
    opened(found.case_id, f"moede:{found.id}")
    file = meetings.invitation(signing.reading(), me, nummer, meeting_id)
    headers = {"Content-Disposition": 'attachment; filename="moede.ics"'}
    return Response(file, mimetype="text/calendar", headers=headers)
