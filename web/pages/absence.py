"""My absence: when I am away, and who works in my place."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import clock
from engine.domain import absences
from engine.errors import Refused
from engine.queries import absence
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("absence", __name__)


@blueprint.get("/fravaer")
def show():
    return _page(request.args)


@blueprint.post("/fravaer")
def register():
    form, me = request.form, signing.me().username
    first, last = (_day(form.get(name)) for name in ("fra", "til"))
    if first is None or last is None or not form.get("stedfortraeder"):
        return _page(form, _("Vælg første og sidste dag og en stedfortræder.")), 422
    who = form.get("hvem") or me
    try:
        absences.register(signing.store(), who, first, last, form["stedfortraeder"], by=me)
    except Refused as refused:
        return _page(form, refused.message), 409
    flash(_("Fraværet er registreret. Stedfortræderen ser opgaverne i hele perioden."))
    return redirect(url_for("absence.show"), 303)


@blueprint.post("/fravaer/<absence_id>/afslut")
def end(absence_id: str):
    absences.end(signing.store(), absence_id, by=signing.me().username)
    flash(_("Fraværet er afsluttet. Opgaverne er tilbage, hvor de var."))
    return redirect(url_for("absence.show"), 303)


def _page(told, refused: str | None = None) -> str:
    session, me = signing.reading(), signing.me()
    who = told.get("hvem") or me.username
    return render_template(
        "absence.html",
        absences=absence.absences_of(session, me, who),
        who=who,
        told=told,
        refused=refused,
        today=clock.today(),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
