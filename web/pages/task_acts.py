"""What is done with a task but answering it: it is taken, laid back, handed on, set aside."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import Blueprint, flash, redirect, request, url_for

from engine import casework, clock
from engine.queries import holders
from web import signing
from web.pages.task import back, came_from, found_task
from web.texts import gettext as _

blueprint = Blueprint("task_acts", __name__)


@blueprint.post("/opgaver/<task_id>/bero")
def hold(task_id: str):
    found = found_task(task_id)
    until, reason = request.form.get("til", ""), request.form.get("grund", "")
    try:
        day = date.fromisoformat(until)
    except ValueError:
        flash(_("Vælg den dag, opgaven skal komme tilbage."), "late")
        return redirect(url_for("task.show", task_id=task_id, _anchor="bero"))
    moment = datetime.combine(day, time(8), clock.COPENHAGEN)
    casework.hold(signing.store(), task_id, moment, reason, by=signing.me().username)
    flash(_("»%(opgave)s« er sat i bero til %(dag)s.", opgave=found.name, dag=f"{day:%d.%m.%Y}"))
    return redirect(back())


@blueprint.post("/opgaver/<task_id>/genoptag")
def resume(task_id: str):
    casework.resume(signing.store(), task_id, by=signing.me().username)
    return redirect(url_for("task.show", task_id=task_id))


@blueprint.post("/opgaver/<task_id>/giv-videre")
def assign(task_id: str):
    found, to = found_task(task_id), request.form.get("til", "")
    if not to:
        flash(_("Vælg den kollega, der skal have opgaven."), "late")
        return redirect(url_for("task.show", task_id=task_id, _anchor="videre"))
    casework.assign(signing.store(), task_id, to, by=signing.me().username)
    name = holders.person(signing.reading(), to)
    flash(_("»%(opgave)s« er givet til %(navn)s.", opgave=found.name, navn=name))
    return redirect(back())


@blueprint.post("/opgaver/<task_id>/laeg-tilbage")
def release(task_id: str):
    found = found_task(task_id)
    casework.release(signing.store(), task_id, by=signing.me().username)
    flash(_("»%(opgave)s« er lagt tilbage, så en kollega kan tage den.", opgave=found.name))
    return redirect(back())


@blueprint.post("/opgaver/<task_id>/inhabil")
def recuse(task_id: str):
    found = found_task(task_id)
    casework.recuse(
        signing.store(), task_id, request.form.get("grund", ""), by=signing.me().username
    )
    flash(
        _("Du er meldt inhabil i sagen. »%(opgave)s« ligger hos enheden igen.", opgave=found.name)
    )
    return redirect(back())


@blueprint.post("/opgaver/<task_id>/reserver")
def claim(task_id: str):
    casework.claim(signing.store(), task_id, by=signing.me().username)
    return redirect(url_for("task.show", task_id=task_id, liste=came_from() or None))
