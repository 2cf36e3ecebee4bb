"""The letters of a case: what each says, as a page and as a PDF, and whether it got away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for

from engine import dispatch, documents
from engine.domain import readability
from engine.queries import letters
from web import signing
from web.opening import opened
from web.pages.plan import as_pdf
from web.texts import gettext as _

blueprint = Blueprint("letters", __name__)


@blueprint.get("/sager/<nummer>/breve")
def index(nummer: str):
    found = letters.of_case(signing.reading(), signing.me().username, nummer)
    opened(found.case_id, "breve")
    return render_template("letters.html", letters=found)


@blueprint.get("/sager/<nummer>/breve/<journal_no>")
def show(nummer: str, journal_no: str):
    found = _one(nummer, journal_no)
    opened(found.case_id, f"brev:{journal_no}")
    sheet = documents.sheet_of(signing.reading(), found.letter)
    reading = sheet and readability.judge(sheet.text)
    return render_template("letter.html", page=found, line=found.line, sheet=sheet, reading=reading)


@blueprint.get("/sager/<nummer>/breve/<journal_no>.pdf")
def pdf(nummer: str, journal_no: str):
    found = _one(nummer, journal_no)
    opened(found.case_id, f"brev:{journal_no}:pdf")
    sheet = documents.sheet_of(signing.reading(), found.letter)
    if sheet is None:
        raise letters.NoSuchLetter
    return as_pdf(documents.letter_pdf(sheet), f"brev-{journal_no}.pdf")


@blueprint.post("/sager/<nummer>/breve/<journal_no>/igen")
def again(nummer: str, journal_no: str):
    found = _one(nummer, journal_no)
    dispatch.send_again(signing.store(), found.case_id, journal_no, by=signing.me().username)
    flash(_("Brevet bliver prøvet sendt igen nu."))
    return redirect(url_for("letters.show", nummer=nummer, journal_no=journal_no), 303)


def _one(nummer: str, journal_no: str) -> letters.Page:
    return letters.one(signing.reading(), signing.me().username, nummer, journal_no)
