"""Notes: written from the case's page at any time, corrected, and found again by a word."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import casework
from engine.queries import notes
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("notes", __name__)


@blueprint.post("/sager/<nummer>/noter")
def write(nummer: str):
    casework.note(
        signing.store(),
        nummer,
        request.form.get("tekst", ""),
        by=signing.me().username,
        kind=request.form.get("art", ""),
        with_whom=request.form.get("med", ""),
        note_id=request.form.get("id"),
    )
    flash(_("Noten er gemt og journaliseret."))
    return redirect(_at_notes(nummer), 303)


@blueprint.post("/sager/<nummer>/noter/<note_id>/ret")
def correct(nummer: str, note_id: str):
    casework.correct_note(
        signing.store(),
        nummer,
        note_id,
        request.form.get("titel", ""),
        request.form.get("tekst", ""),
        by=signing.me().username,
    )
    flash(_("Rettelsen er gemt. Den gamle tekst står som historik."))
    return redirect(_at_notes(nummer), 303)


@blueprint.get("/noter")
def search():
    words = request.args.get("ord", "").strip()
    found = notes.search_papers(signing.reading(), signing.me().username, words)
    return render_template("papers_found.html", words=words, found=found, most=notes.MOST_HITS)


def _at_notes(nummer: str) -> str:
    return url_for("case.show", nummer=nummer, _anchor="noter")
