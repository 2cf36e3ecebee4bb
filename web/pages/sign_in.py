"""Signing in and out."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from engine.queries import people
from web import signing
from web.identity import NotRecognised
from web.security import limiter
from web.signing import open_to_all

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/log-paa")
@open_to_all
def show():
    return _page(request.args.get("som", ""), request.args.get("videre"))


@blueprint.post("/log-paa")
@open_to_all
@limiter.limit("10 per minute")
def enter():
    identity = current_app.extensions["identity"]
    username, onward = request.form.get("brugernavn", ""), request.form.get("videre")
    try:
        recognised = identity.recognise(username, request.form.get("adgangskode", ""))
    except NotRecognised as refusal:
        return _page(username, onward, refused=refusal.message), 401
    signing.sign_in(recognised)
    return redirect(signing.safe_target(onward))


@blueprint.post("/log-af")
def leave():
    signing.sign_out()
    return redirect(url_for("sign_in.show"))


def _page(username: str, onward: str | None, refused: str | None = None) -> str:
    return render_template(
        "sign_in.html",
        username=username,
        onward=onward or "",
        refused=refused,
        people=_demo_people() if current_app.extensions["demo"] else None,
    )


def _demo_people() -> list:
    """The people of the demo municipality, grouped as they work."""
    groups = defaultdict(list)
    for person in people.everybody(signing.reading()):
        groups[person.group].append(person)
    return list(groups.items())
