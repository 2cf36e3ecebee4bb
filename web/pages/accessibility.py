"""The accessibility statement that the law demands of every public site."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.signing import open_to_all

blueprint = Blueprint("accessibility", __name__)


@blueprint.get("/was")
@open_to_all
def show():
    return render_template("accessibility.html")
