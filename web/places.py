"""Where one can go from every page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, url_for

from engine.queries import budget, committee, delegations, figures, referral
from engine.store import once
from web import signing
from web.texts import gettext as _


@dataclass(frozen=True)
class Place:
    name: str
    address: str
    key: str  # after g on the keyboard
    hint: str = ""


def places() -> list[Place]:
    """The pages of the main menu that are there for the reader."""
    session, me = signing.reading(), signing.me().username
    return once(session, ("places", me), lambda: _of(session, me))


def _of(session, me: str) -> list[Place]:
    found = [
        Place(_("Opgaver"), url_for("inbox.show"), "o"),
        Place(_("Sager"), url_for("cases.show"), "s"),
        Place(_("Kalender"), url_for("calendar.show"), "k"),
    ]
    if referral.may_refer(session, me):
        found.append(Place(_("Henvis"), url_for("referral.show"), "h"))
    if committee.is_there(session, me):
        found.insert(2, Place(_("Udvalg"), url_for("committee.show"), "u"))
    if figures.are_there(session, me):
        found.append(Place(_("Nøgletal"), url_for("figures.show"), "n"))
    if budget.is_there(session, me):
        found.append(Place(_("Budget"), url_for("budget.show"), "b"))
    if delegations.are_there(session, me):
        found.append(Place(_("Delegation"), url_for("delegations.show"), "d"))
    return found


def init_app(app: Flask) -> None:
    app.context_processor(_for_every_page)


def _for_every_page() -> dict:
    signed_in = g.get("user")
    return {"me": signed_in, "places": places if signed_in else list}
