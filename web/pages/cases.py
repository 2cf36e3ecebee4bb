"""The list of cases that one may see."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.domain import brought_in
from engine.queries import search
from web import signing

blueprint = Blueprint("cases", __name__)

#: How many cases stand on a page.
PAGE = 50


@blueprint.get("/sager")
def show():
    session, me = signing.reading(), signing.me().username
    words, before = request.args.get("ord", "").strip(), request.args.get("foer")
    found = search.cases(session, me, words, PAGE + 1, before)
    return render_template(
        "cases.html",
        words=words,
        found=found[:PAGE],
        older=found[PAGE - 1].nummer if len(found) > PAGE else None,
        may_bring_in=brought_in.may(session, me),
    )
