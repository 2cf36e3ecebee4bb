"""The local frame of a unit: read by everybody here, written by its leader."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from engine import clock
from engine.domain import frame
from engine.queries import frame as query
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("frame", __name__)


@blueprint.get("/enheder/<kode>/ramme")
def show(kode: str):
    return _page(kode)


@blueprint.post("/enheder/<kode>/ramme")
def decide(kode: str):
    form = request.form
    query.of_unit(signing.reading(), signing.me().username, kode)
    try:
        valid_from = date.fromisoformat(form.get("fra", ""))
    except ValueError:
        return _page(kode, form, frame.RammeMangler().message)
    try:
        frame.decide(
            signing.store(),
            kode,
            form.get("del", ""),
            form.get("tekst", ""),
            valid_from,
            form.get("besluttet", ""),
            by=signing.me().username,
        )
    except (frame.RammeMangler, frame.RammeTilbage) as refused:
        return _page(kode, form, refused.message)
    flash(_("Rammen er gemt. Den tidligere tekst kan stadig læses."))
    return redirect(url_for("frame.show", kode=kode), 303)


def _page(kode: str, told=None, refused: str | None = None):
    found = query.of_unit(signing.reading(), signing.me().username, kode)
    page = render_template(
        "frame.html", it=found, told=told or {}, refused=refused, today=clock.today()
    )
    return make_response(page, 422 if refused else 200)
