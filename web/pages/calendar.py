"""What one has ahead, by day, and the secret addresses by which one's own calendar follows it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for

from engine import calendar_feeds
from engine.queries import calendar
from web import signing
from web.refusals import page
from web.signing import open_to_all
from web.texts import gettext as _

blueprint = Blueprint("calendar", __name__)
NEW = "new_feed"


@blueprint.get("/kalender")
def show():
    me = signing.me().username
    holds = request.args.get("vis", calendar_feeds.MINE)
    weeks = request.args.get("uger", calendar.WEEKS, type=int)
    found = calendar.ahead(signing.reading(), me, holds, weeks)
    token = session.pop(NEW, None)
    address = token and url_for("calendar.feed", token=token, _external=True)
    return render_template("calendar.html", calendar=found, address=address)


@blueprint.post("/kalender/adresser")
def make():
    holds = request.form.get("vis", calendar_feeds.MINE)
    # Told once, on the page that follows; afterwards only its digest is left.
    session[NEW] = calendar_feeds.make(signing.store(), signing.me().username, holds)
    return redirect(url_for("calendar.show", _anchor="adresser"), 303)


@blueprint.post("/kalender/adresser/<feed_id>/luk")
def revoke(feed_id: str):
    calendar_feeds.revoke(signing.store(), signing.me().username, feed_id)
    flash(_("Adressen er lukket. Kalendere, der følger den, får ikke mere at vide."))
    return redirect(url_for("calendar.show"), 303)


@blueprint.get("/kalender/<token>.ics")
@open_to_all
def feed(token: str):
    found = calendar.feed(signing.reading(), token)
    if found is None:
        text = _("Adressen findes ikke, eller den er lukket. Lav en ny under Kalender.")
        return page(404, _("Siden findes ikke"), text)
    return Response(found, mimetype="text/calendar")
