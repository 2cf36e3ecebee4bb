"""Referring somebody: the form that a case begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from engine import casework, forms
from engine.domain import access, cases, cpr, people, referral
from engine.queries import referral as query
from engine.queries import registered
from web import sheets, signing
from web.texts import gettext as _

blueprint = Blueprint("referral", __name__)

#: The fields that say who the referral is about.
WHO = ("borger_navn", "borger_cpr", "borger_foedselsdato")


@blueprint.get("/henvis")
def show():
    """`person`: the id of somebody registered before, whom the referral is about."""
    found = _sheet()
    return _page(found, {"kilde": found.own_unit}, about=_about(request.args.get("person")))


@blueprint.post("/henvis/formular")
def redraw():
    """The form with these answers: other fields may show, and children come and go."""
    found, about = _sheet(), _about(request.form.get("_person"))
    answers = sheets.posted(found.form, untouched_rows=True)
    sheets.change_rows(answers)
    if not request.headers.get("HX-Request"):
        return _page(found, answers, about=about)
    fields = _asked(forms.fields(found.form, answers, {}), about)
    return render_template("parts/form/plain.html", fields=fields, at=_at())


@blueprint.post("/henvis")
def send():
    """Open the case, or let the referral join the citizen's open one. Sent twice it is one."""
    me, found = signing.me().username, _sheet()
    about, answers = _about(request.form.get("_person")), sheets.posted(found.form)
    if about is None and not request.form.get("_en_anden"):
        namesakes = _namesakes(answers)
        if namesakes:
            return _page(found, answers, namesakes=namesakes)
    persons = [about.id] if about else []
    try:
        nummer = casework.open_case(
            signing.store(), referral.ENTRY, by=me, persons=persons, answers=answers
        )
    except forms.FormErrors as refused:
        return _page(found, answers, refused.errors, about)
    except (cpr.InvalidCpr, referral.BorgerMangler, people.NobodyBornThen) as refused:
        field = WHO[2] if isinstance(refused, people.NobodyBornThen) else WHO[1]
        # Whom it is about is asked first; what else is missing is told at the same time.
        others = forms.check(found.form, answers, {}).errors
        return _page(found, answers, [(field, refused.message), *others], about)
    except referral.SspFormaalMangler as refused:
        told = [("formaal_kriminalitetsforebyggende", refused.message)]
        return _page(found, answers, told, about)
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


def _about(person_id: str | None) -> registered.Somebody | None:
    """The person chosen, where they exist for the user. Raises NoSuchPerson."""
    if not person_id:
        return None
    return registered.one(signing.reading(), signing.me().username, person_id)


def _namesakes(answers: dict) -> list[registered.Somebody]:
    """Those of the same name and day of birth whom the user may know of: one of them may be meant.

    What somebody else knows is not told, so nobody learns by referring who is known here.
    """
    name, born = answers.get("borger_navn"), answers.get("borger_foedselsdato")
    if answers.get("borger_cpr") or not (name and born):
        return []
    try:
        day = date.fromisoformat(born)
    except ValueError:
        return []
    return registered.find(signing.reading(), signing.me().username, name, day)


def _asked(fields: tuple[forms.Shown, ...], about: registered.Somebody | None):
    """The form without the fields that say who it is about, once that is known."""
    if about is None:
        return fields
    return tuple(
        replace(field, children=_asked(field.children, about))
        for field in fields
        if field.name not in WHO
    )


def _page(
    found: query.Sheet,
    answers: dict,
    errors: list[tuple[str, str]] = (),
    about: registered.Somebody | None = None,
    namesakes: list[registered.Somebody] = (),
):
    fields = _asked(forms.fields(found.form, answers, {}, errors), about)
    page = render_template(
        "referral.html",
        fields=fields,
        faults=sheets.faults(fields, errors),
        at=_at(),
        about=about,
        namesakes=namesakes,
    )
    return make_response(page, 422 if errors or namesakes else 200)
