"""Økonomi's cover note on an application: where its money is, year by year, and as a PDF."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine import documents
from engine.queries import budget
from web import opening, signing
from web.pages.plan import as_pdf

blueprint = Blueprint("cover_note", __name__)


@blueprint.get("/sager/<nummer>/daekningsnote/<indstilling_id>")
def show(nummer: str, indstilling_id: str):
    return render_template("cover_note.html", it=_opened(nummer, indstilling_id, "daekningsnote"))


@blueprint.get("/sager/<nummer>/daekningsnote/<indstilling_id>.pdf")
def pdf(nummer: str, indstilling_id: str):
    found = _opened(nummer, indstilling_id, "daekningsnote:pdf")
    content = documents.cover_note_pdf(signing.reading(), found)
    return as_pdf(content, f"daekningsnote-{nummer}.pdf")


def _opened(nummer: str, indstilling_id: str, what: str) -> budget.CoverNote:
    session = signing.reading()
    found = budget.cover_note(session, signing.me().username, nummer, indstilling_id)
    opening.opened(found.case_id, f"{what}:{found.id}")
    return found
