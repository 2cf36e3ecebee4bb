"""The palette: a few letters, and one is at the case or the page."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from engine.queries import search
from web import signing
from web.places import Place, places

blueprint = Blueprint("goto", __name__)


@blueprint.get("/gaa-til")
def find():
    words = request.args.get("ord", "").strip()
    hits = [place for place in places() if words.lower() in place.name.lower()]
    if len(words) >= 2:
        found = search.cases(signing.reading(), signing.me().username, words)
        hits = [_case(hit) for hit in found] + hits
    return render_template("parts/goto_found.html", found=hits)


def _case(hit: search.Hit) -> Place:
    return Place(
        name=hit.citizens or hit.nummer,
        address=url_for("case.show", nummer=hit.nummer),
        key="",
        hint=hit.nummer,
    )
