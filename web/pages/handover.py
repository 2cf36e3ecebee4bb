"""The handover pack: read before the handover meeting, and receipted by whoever takes over."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for

from engine import casework, documents
from engine.queries import handover, labels
from web import signing
from web.opening import opened
from web.pages.plan import as_pdf
from web.texts import gettext as _

blueprint = Blueprint("handover", __name__)


@blueprint.get("/sager/<nummer>/overdragelse")
def show(nummer: str):
    found = _opened(nummer, handover.READ)
    return render_template("handover.html", pack=found, venues=labels.MEETING_PLACES)


@blueprint.get("/sager/<nummer>/overdragelse.pdf")
def pdf(nummer: str):
    found = _opened(nummer, f"{handover.READ}:pdf")
    return as_pdf(documents.handover_pdf(signing.reading(), found), f"overdragelse-{nummer}.pdf")


@blueprint.post("/sager/<nummer>/overdragelse")
def receive(nummer: str):
    casework.receive(signing.store(), nummer, by=signing.me().username)
    flash(_("Du har kvitteret for overdragelsespakken. Det står i sagens historik."))
    return redirect(url_for("handover.show", nummer=nummer), 303)


def _opened(nummer: str, what: str) -> handover.Pack:
    found = handover.pack(signing.reading(), signing.me().username, nummer)
    opened(found.case_id, what)
    return found
