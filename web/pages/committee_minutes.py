"""The minutes of a meeting, as a page and on paper, and those who approve them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import casework, documents
from engine.queries import committee
from web import signing
from web.opening import opened
from web.pages.plan import as_pdf
from web.texts import gettext as _

blueprint = Blueprint("committee_minutes", __name__)


@blueprint.get("/udvalg/<committee_meeting_id>/referat")
def show(committee_meeting_id: str):
    return render_template("committee_minutes.html", it=_protocol(committee_meeting_id))


@blueprint.get("/udvalg/<committee_meeting_id>/referat.pdf")
def pdf(committee_meeting_id: str):
    found = _protocol(committee_meeting_id)
    name = f"referat-{found.held_at:%Y-%m-%d}.pdf"
    return as_pdf(documents.minutes_pdf(signing.reading(), found), name)


@blueprint.post("/udvalg/<committee_meeting_id>/referat")
def write(committee_meeting_id: str):
    remarks = request.form.get("bemaerkninger", "")
    casework.write_minutes(signing.store(), committee_meeting_id, remarks, by=signing.me().username)
    flash(_("Referatet er skrevet og forseglet. Medlemmerne kan nu godkende det."))
    return _back(committee_meeting_id)


@blueprint.post("/udvalg/<committee_meeting_id>/referat/svar")
def answer(committee_meeting_id: str):
    form = request.form
    casework.answer_minutes(
        signing.store(),
        committee_meeting_id,
        form.get("svar", ""),
        form.get("tekst", ""),
        by=signing.me().username,
    )
    flash(_("Dit svar på referatet er gemt."))
    return _back(committee_meeting_id)


def _protocol(meeting_id: str) -> committee.Protocol:
    me = signing.me().username
    found = committee.protocol(signing.reading(), me, meeting_id)
    for case_id in sorted({item.case_id for item in found.items if item.case_id}):
        opened(case_id, f"udvalgsreferat:{meeting_id}")
    return found


def _back(meeting_id: str):
    return redirect(url_for("committee_minutes.show", committee_meeting_id=meeting_id), 303)
