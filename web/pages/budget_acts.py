"""What is done to the shared budget: a bill is noted, the units pay, a frame is given, a year opened.

A refusal stands beside the field that it is about, and what was written is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import Blueprint, flash, redirect, request, url_for

from engine import casework
from engine.casework.budgeting import BudgetFindes, LinjeAfvist
from engine.domain import budget
from engine.domain.spending import BilagNoteret, MereEndBevilget, Payment, TomtBeloeb
from engine.errors import Refused
from web import signing
from web.pages.budget import YEARS, line_page, overview_page
from web.texts import gettext as _
from web.told import amount_of, day_of

blueprint = Blueprint("budget_acts", __name__)
#: Which field a refusal is about, where it is about one.
FIELDS: dict[type[Refused], str] = {
    MereEndBevilget: "beloeb",
    TomtBeloeb: "beloeb",
    BilagNoteret: "bilag",
    budget.BelowCommitted: "beloeb",
    BudgetFindes: "aar",
}


class Unread(Exception):
    """Something in the form could not be read: field -> what to write."""

    def __init__(self, faults: dict[str, str]):
        self.faults = faults


@blueprint.post("/budget")
def open_year():
    try:
        told = _read(aar=_year, navn=_words, besluttet_af=_words, besluttet_den=day_of)
        line = f"faelles-{told['aar']}"
        casework.open_budget(
            signing.store(),
            line,
            told["navn"],
            told["aar"],
            {},
            decided_by=told["besluttet_af"],
            decided_on=told["besluttet_den"],
            by=signing.me().username,
        )
    except (Unread, BudgetFindes) as refused:
        return overview_page(request.form, _faults(refused, "aar")), 422
    flash(_("Budgettet er åbnet. Skriv nu rammen, eller hvad enhederne betaler."))
    return redirect(url_for("budget.line", linje=line), 303)


@blueprint.post("/budget/<linje>/forbrug")
def note_bill(linje: str):
    try:
        told = _read(sag=_words, nummer=_count, bilag=_words, betalt=day_of, beloeb=amount_of)
        payment = Payment(
            told["sag"], told["bilag"], told["betalt"], told["beloeb"], told["nummer"]
        )
        casework.note_spending(signing.store(), [payment], by=signing.me().username)
    except (Unread, LinjeAfvist) as refused:
        return line_page(linje, request.form, _faults(refused, "sag")), 422
    flash(_("Regningen er noteret på bevillingen."))
    return _back(linje)


@blueprint.post("/budget/<linje>/bidrag")
def contribute(linje: str):
    try:
        told = _read(enhed=_words, beloeb=_not_negative, besluttet_af=_words, besluttet_den=day_of)
        casework.contribute(
            signing.store(),
            linje,
            {told["enhed"]: told["beloeb"]},
            decided_by=told["besluttet_af"],
            decided_on=told["besluttet_den"],
            by=signing.me().username,
        )
    except (Unread, budget.BelowCommitted) as refused:
        return line_page(linje, request.form, _faults(refused, "beloeb")), 422
    flash(_("Bidraget er noteret, og rammen følger med."))
    return _back(linje)


@blueprint.post("/budget/<linje>/ramme")
def set_frame(linje: str):
    try:
        told = _read(beloeb=_not_negative, besluttet_af=_words, besluttet_den=day_of)
        casework.set_frame(
            signing.store(),
            linje,
            told["beloeb"],
            decided_by=told["besluttet_af"],
            decided_on=told["besluttet_den"],
            by=signing.me().username,
        )
    except (Unread, budget.BelowCommitted) as refused:
        return line_page(linje, request.form, _faults(refused, "beloeb")), 422
    flash(_("Rammen er ændret."))
    return _back(linje)


def _read(**fields: Callable[[str], object]) -> dict:
    """The named fields, each read by its function, which gives None for what it cannot read."""
    told = {name: read(request.form.get(name, "")) for name, read in fields.items()}
    missing = {name: _wanted()[name] for name, value in told.items() if value is None}
    if missing:
        raise Unread(missing)
    return told


def _wanted() -> dict[str, str]:
    return {
        "aar": _("Skriv et år, for eksempel 2028."),
        "navn": _("Skriv, hvad budgettet skal hedde."),
        "sag": _("Skriv sagens nummer, for eksempel 2026-0412."),
        "nummer": _("Skriv 1 for sagens første bogførte bevilling, 2 for den næste."),
        "bilag": _("Skriv bilagets nummer."),
        "betalt": _("Vælg den dag, regningen blev betalt."),
        "beloeb": _("Skriv et beløb i kroner, for eksempel 12.500,50."),
        "enhed": _("Vælg den enhed, der betaler."),
        "besluttet_af": _("Skriv, hvem der har besluttet det."),
        "besluttet_den": _("Vælg den dag, det blev besluttet."),
    }


def _faults(refused: Exception, otherwise: str) -> dict[str, str]:
    """Field -> what is said beside it."""
    if isinstance(refused, Unread):
        return refused.faults
    # One bill is no file: what it was refused for is enough.
    cause = refused.__cause__ if isinstance(refused, LinjeAfvist) else refused
    return {FIELDS.get(type(cause), otherwise): cause.message}


def _words(text: str) -> str | None:
    return text.strip()[:160] or None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) else None


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) in YEARS else None


def _not_negative(text: str) -> Decimal | None:
    amount = amount_of(text)
    return None if amount is None or amount < 0 else amount


def _back(linje: str):
    return redirect(url_for("budget.line", linje=linje), 303)
