"""The room: one item at a time, who takes part in it, and everybody's own vote."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import casework
from engine.domain.committee import IntetUdvalgsmoede
from engine.queries import committee
from web import signing
from web.opening import opened, still_open
from web.texts import gettext as _

blueprint = Blueprint("committee_room", __name__)
#: What of the room follows what the others do: a part of the page, and its template.
FOLLOWS = {
    "status": ("mark", "parts/committee_status.html"),
    "afstemning": ("vote_mark", "parts/committee_vote.html"),
}


@blueprint.get("/udvalg/<committee_meeting_id>/punkt/<number>")
def show(committee_meeting_id: str, number: str):
    me, session = signing.me().username, signing.reading()
    found = committee.room(session, me, committee_meeting_id, _number(number))
    if not found.line.sees:
        return render_template("committee_room.html", it=found, now=None)
    opened(found.case_id, f"udvalgspunkt:{found.line.id}")
    now = committee.live(session, me, committee_meeting_id, _number(number))
    return render_template("committee_room.html", it=found, now=now)


@blueprint.get("/udvalg/<committee_meeting_id>/punkt/<number>/nu")
def follow(committee_meeting_id: str, number: str):
    """What has changed since the page was drawn; nothing where nothing has."""
    mark, template = FOLLOWS.get(request.args.get("del", ""), FOLLOWS["status"])
    me, session = signing.me().username, signing.reading()
    now = committee.live(session, me, committee_meeting_id, _number(number))
    if getattr(now, mark) == request.args.get("set"):
        return Response(status=204)
    found = committee.room(session, me, committee_meeting_id, _number(number))
    still_open(found.case_id, f"udvalgspunkt:{found.line.id}")
    return render_template(template, it=found, now=now)


@blueprint.post("/udvalg/<committee_meeting_id>/punkt/<number>/inhabil")
def disqualify(committee_meeting_id: str, number: str):
    form, me = request.form, signing.me().username
    casework.disqualify(
        signing.store(), form.get("punkt", ""), form.get("hvem") or me, form.get("grund", ""), by=me
    )
    flash(_("Inhabiliteten er noteret."))
    return _back(committee_meeting_id, number)


@blueprint.post("/udvalg/<committee_meeting_id>/punkt/<number>/afstemning")
def open_vote(committee_meeting_id: str, number: str):
    form = request.form
    casework.open_vote(
        signing.store(),
        form.get("punkt", ""),
        form.get("resultat", ""),
        form.get("begrundelse", ""),
        amount=form.get("beloeb", ""),
        conditions=form.get("vilkaar", ""),
        by=signing.me().username,
    )
    return _back(committee_meeting_id, number)


@blueprint.post("/udvalg/<committee_meeting_id>/punkt/<number>/stem")
def vote(committee_meeting_id: str, number: str):
    form = request.form
    casework.cast_vote(
        signing.store(),
        form.get("afstemning", ""),
        form.get("stemme", ""),
        dissent=form.get("mindretal", ""),
        by=signing.me().username,
    )
    return _back(committee_meeting_id, number)


@blueprint.post("/udvalg/<committee_meeting_id>/punkt/<number>/luk")
def close(committee_meeting_id: str, number: str):
    casework.close_vote(
        signing.store(), request.form.get("afstemning", ""), by=signing.me().username
    )
    return _back(committee_meeting_id, number)


@blueprint.post("/udvalg/<committee_meeting_id>/punkt/<number>/udskyd")
def postpone(committee_meeting_id: str, number: str):
    form = request.form
    casework.postpone_item(
        signing.store(), form.get("punkt", ""), form.get("grund", ""), by=signing.me().username
    )
    flash(_("Punktet er udskudt. Registrér det i opgaven, så kommer det på næste dagsorden."))
    return _back(committee_meeting_id, number)


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 6:
        raise IntetUdvalgsmoede
    return int(text)


def _back(meeting_id: str, number: str):
    there = url_for("committee_room.show", committee_meeting_id=meeting_id, number=number)
    return redirect(f"{there}#afstemning", 303)
