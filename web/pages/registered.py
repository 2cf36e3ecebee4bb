"""People without a CPR number: found by name and day of birth, and registered."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from engine.domain import cpr, people
from engine.queries import registered
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("registered", __name__)


@blueprint.get("/personer")
def show():
    return _page({})


@blueprint.post("/personer/find")
def find():
    """By POST: a name does not belong in an address."""
    form = request.form
    name, born = form.get("navn", "").strip(), _day(form.get("foedt"))
    if not name or born is None:
        return _page({}, sought=form, fault=_("Skriv både navn og fødselsdato."))
    found = registered.find(signing.reading(), signing.me().username, name, born)
    return _page({"navn": name, "foedt": form["foedt"]}, sought=form, found=found)


@blueprint.post("/personer")
def register():
    form, me = request.form, signing.me().username
    name, born = form.get("navn", ""), _day(form.get("foedt"))
    try:
        people.enrol(
            signing.store(),
            name,
            born,
            by=me,
            replacement=form.get("nummer", "").strip() or None,
            address=form.get("adresse"),
            address_protected=form.get("beskyttet") == "ja",
            another=form.get("en_anden") == "ja",
        )
    except people.PersonMayExist as refused:
        found = registered.find(signing.reading(), me, name, born)
        return _page(form, refused=refused.message, found=found, another=True)
    except (people.NameAndBirthDateMissing, people.NobodyBornThen) as refused:
        return _page(form, refused=refused.message)
    except (cpr.InvalidReplacement, people.AnotherPersonsNumber) as refused:
        return _page(form, refused=refused.message)
    flash(_("Personen er registreret."))
    return redirect(url_for("registered.show"), 303)


def _page(told, sought=(), found=None, fault=None, refused=None, another=False):
    mine = registered.mine(signing.reading(), signing.me().username)
    page = render_template(
        "registered.html",
        told=told,
        sought=dict(sought),
        namesakes=found,
        fault=fault,
        refused=refused,
        another=another,
        mine=mine,
    )
    return make_response(page, 422 if fault or refused else 200)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
