"""Delegated competence: what one may decide for another unit, and what one's unit has given."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import casework
from engine.domain.cases import NoSuchCase
from engine.queries import delegations, labels
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("delegations", __name__)
#: The process in which the unit that owns the law gives it or refuses (F10).
GIVING = "delegation"


@blueprint.get("/delegationer")
def show():
    return render_template("delegations.html", it=_read(), laws=labels.LAWS)


@blueprint.post("/delegationer")
def ask():
    nummer, law = request.form.get("sag", ""), request.form.get("lovomraade", "")
    if nummer not in {number for number, _citizens in _read().mine}:
        raise NoSuchCase
    casework.open_case(
        signing.store(),
        GIVING,
        by=signing.me().username,
        case=nummer,
        answers={"lovomraade": law},
    )
    flash(_("Lovens enhed har fået opgaven. Delegationen står her, når den er givet."))
    return redirect(url_for("delegations.show"), 303)


@blueprint.post("/delegationer/<delegation_id>/traek-tilbage")
def withdraw(delegation_id: str):
    reason = request.form.get("grund", "")
    casework.withdraw_delegation(signing.store(), delegation_id, reason, by=signing.me().username)
    flash(_("Delegationen er trukket tilbage. Det, der er afgjort, gælder stadig."))
    return redirect(url_for("delegations.show"), 303)


def _read() -> delegations.Delegations:
    return delegations.delegations(signing.reading(), signing.me().username)
