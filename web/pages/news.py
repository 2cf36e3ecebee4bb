"""Something has happened: reporting it on a case, outside any task."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from engine import casework, forms
from engine.queries import news as query
from web import sheets, signing
from web.opening import opened, still_open
from web.texts import gettext as _

blueprint = Blueprint("news", __name__)


@blueprint.get("/sager/<nummer>/meld/<message>")
def show(nummer: str, message: str):
    me = signing.me().username
    found = query.report(signing.reading(), me, nummer, message)
    opened(found.case_id, f"meld:{message}")
    return _page(found, {})


@blueprint.post("/sager/<nummer>/meld/<message>/formular")
def redraw(nummer: str, message: str):
    """The form with these answers: other fields may show."""
    found = query.report(signing.reading(), signing.me().username, nummer, message)
    answers = sheets.posted(found.form, untouched_rows=True)
    sheets.change_rows(answers)
    if not request.headers.get("HX-Request"):
        return _page(found, answers)
    fields = forms.fields(found.form, answers, found.context)
    return _shown("parts/form/plain.html", found, fields=fields)


@blueprint.post("/sager/<nummer>/meld/<message>")
def tell(nummer: str, message: str):
    me = signing.me().username
    found = query.report(signing.reading(), me, nummer, message)
    answers = sheets.posted(found.form)
    checked = forms.check(found.form, answers, found.context)
    if checked.errors:
        return _page(found, answers, checked.errors)
    data = {**checked.answers, **checked.variables}
    casework.tell(signing.store(), message, data, by=me, case=nummer)
    flash(_("Meldt på sagen: %(hvad)s.", hvad=found.title))
    return redirect(url_for("case.show", nummer=nummer), 303)


def _at(found: query.Report) -> dict[str, str]:
    where = {"nummer": found.nummer, "message": found.message}
    return {"redraw": url_for("news.redraw", **where), "send": url_for("news.tell", **where)}


def _page(found: query.Report, answers: dict, errors: list[tuple[str, str]] = ()):
    fields = forms.fields(found.form, answers, found.context, errors)
    faults = sheets.faults(fields, errors)
    page = _shown("news.html", found, news=found, fields=fields, faults=faults)
    return make_response(page, 422 if errors else 200)


def _shown(template: str, found: query.Report, **told) -> str:
    still_open(found.case_id, f"meld:{found.message}")
    return render_template(template, at=_at(found), **told)
