"""What one ought to know of: the bell, and the page behind it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.domain import notices
from engine.queries import notices as query
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("notices", __name__)


@blueprint.get("/beskeder")
def show():
    me = signing.me()
    found = query.listed(signing.reading(), me.username)
    fresh = [notice for notice in found if notice.new]
    return render_template(
        "notices.html",
        fresh=fresh,
        known=[notice for notice in found if not notice.new],
        email=me.email,
        **_bell(len(fresh)),
    )


@blueprint.get("/beskeder/antal")
def count():
    """The bell with its number: fetched by each page when it stands."""
    number = query.unseen(signing.reading(), signing.me().username)
    return render_template("parts/bell.html", **_bell(number))


@blueprint.post("/beskeder/set")
def see():
    me = signing.me().username
    # Those of the page that was looked at: what has come since is still new.
    current = query.keys(signing.reading(), me)
    notices.see(signing.store(), me, request.form.getlist("besked"), current)
    flash(_("Beskederne er markeret som set."))
    return redirect(url_for("notices.show"), 303)


def _bell(number: int) -> dict:
    return {"bell_number": number, "bell_most": query.MOST, "bell_counted": True}
