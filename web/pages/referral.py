"""Referring somebody: the form that a case begins with."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from engine import casework, forms
from engine.domain import access, cases, cpr, referral
from engine.queries import referral as query
from web import sheets, signing
from web.texts import gettext as _

blueprint = Blueprint("referral", __name__)


@blueprint.get("/henvis")
def show():
    found = _sheet()
    return _page(found, {"kilde": found.own_unit})


@blueprint.post("/henvis/formular")
def redraw():
    """The form with these answers: other fields may show, and children come and go."""
    found = _sheet()
    answers = sheets.posted(found.form, untouched_rows=True)
    sheets.change_rows(answers)
    if not request.headers.get("HX-Request"):
        return _page(found, answers)
    fields = forms.fields(found.form, answers, {})
    return render_template("parts/form/plain.html", fields=fields, at=_at())


@blueprint.post("/henvis")
def send():
    """Open the case, or let the referral join the citizen's open one. Sent twice it is one."""
    me, found = signing.me().username, _sheet()
    answers = sheets.posted(found.form)
    try:
        nummer = casework.open_case(signing.store(), referral.ENTRY, by=me, answers=answers)
    except forms.FormErrors as refused:
        return _page(found, answers, refused.errors)
    except (cpr.InvalidCpr, referral.BorgerMangler) as refused:
        return _page(found, answers, [("borger_cpr", refused.message)])
    except referral.SspFormaalMangler as refused:
        return _page(found, answers, [("formaal_kriminalitetsforebyggende", refused.message)])
    flash(_("Henvisningen er modtaget. Henviseren har fået en kvittering."))
    with signing.store().reading() as session:
        if access.may_see(session, me, cases.by_number(session, nummer)):
            return redirect(url_for("case.show", nummer=nummer), 303)
    return redirect(url_for("referral.received"), 303)


@blueprint.get("/henvis/modtaget")
def received():
    """What those read who may not see the case that their referral became."""
    return render_template("referral_received.html")


def _sheet() -> query.Sheet:
    return query.sheet(signing.reading(), signing.me().username)


def _at() -> dict[str, str]:
    return {"redraw": url_for("referral.redraw"), "send": url_for("referral.send")}


def _page(found: query.Sheet, answers: dict, errors: list[tuple[str, str]] = ()):
    fields = forms.fields(found.form, answers, {}, errors)
    page = render_template(
        "referral.html", fields=fields, faults=sheets.faults(fields, errors), at=_at()
    )
    return make_response(page, 422 if errors else 200)
