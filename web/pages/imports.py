"""Running cases brought in: one by a form, many by a spreadsheet that is tried first."""

from __future__ import annotations

from io import BytesIO

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)

from engine import casework, imports
from engine.domain import access, cases
from engine.errors import Refused
from engine.imports.columns import OF_CASE
from engine.queries import imports as query
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("imports", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OWED = ("owed_unit", "owed_does", "owed_contact")
_CONSENT = (
    "consent_kind",
    "consent_who",
    "consent_types",
    "consent_purpose",
    "consent_on",
    "consent_form",
)


@blueprint.get("/overfoer")
def show():
    query.choices(signing.reading(), signing.me().username)
    return render_template("imports.html")


@blueprint.get("/overfoer/skabelon.xlsx")
def template():
    query.choices(signing.reading(), signing.me().username)
    name = "sager-til-overfoersel.xlsx"
    return send_file(BytesIO(imports.template()), XLSX, as_attachment=True, download_name=name)


@blueprint.post("/overfoer")
def send():
    sent, me = request.files.get("fil"), signing.me().username
    try:
        if sent is None or not sent.filename:
            raise imports.IkkeEtRegneark
        kept = imports.keep(signing.store(), sent.read(), sent.filename, by=me)
    except (imports.IkkeEtRegneark, imports.ManglerKolonner) as refused:
        return render_template("imports.html", fault=refused.message), 422
    return redirect(url_for("imports.trial", import_id=kept), 303)


@blueprint.get("/overfoer/fil/<import_id>")
def trial(import_id: str):
    found = query.of_import(signing.reading(), signing.me().username, import_id)
    page = "imports_trial.html" if isinstance(found, query.Trial) else "imports_progress.html"
    return render_template(page, it=found)


@blueprint.post("/overfoer/fil/<import_id>")
def choose(import_id: str):
    """Choose the cases; nothing is brought in before the page goes on."""
    rows = None
    if request.form.get("hvilke") != "alle":
        rows = [int(row) for row in request.form.getlist("raekke") if row.isdecimal()]
        if not rows:
            flash(_("Vælg mindst én sag."), "soon")
            return redirect(url_for("imports.trial", import_id=import_id), 303)
    imports.choose(signing.store(), import_id, rows, by=signing.me().username)
    return redirect(url_for("imports.trial", import_id=import_id), 303)


@blueprint.post("/overfoer/fil/<import_id>/videre")
def go_on(import_id: str):
    """The next cases; the page asks again until none is left."""
    imports.take(signing.store(), import_id, by=signing.me().username)
    return redirect(url_for("imports.trial", import_id=import_id), 303)


@blueprint.get("/overfoer/sag")
def one():
    return _form({}, _rows({}))


@blueprint.post("/overfoer/sag")
def bring_in():
    form, me = request.form, signing.me().username
    told = {key: " ".join(form.get(key, "").split()) for key, _, _ in OF_CASE}
    rows = _rows(form)
    if "flere" in form:
        return _form(told, rows, more=True)
    found = query.one(signing.reading(), me, told, [row for row in rows if any(row.values())])
    if found.faults:
        return _form(told, rows, faults=found.faults)
    if found.known:
        flash(_("Sagen er her allerede. Der er ikke oprettet en ny."), "soon")
        return redirect(url_for("imports.one"), 303)
    try:
        nummer = casework.bring_in(signing.store(), found.case, by=me)
    except Refused as refused:
        return _form(told, rows, refused=refused.message)
    flash(_("Sagen er overført med nummer %(nummer)s.", nummer=nummer))
    with signing.store().reading() as session:
        if access.may_see(session, me, cases.by_number(session, nummer)):
            return redirect(url_for("case.show", nummer=nummer), 303)
    return redirect(url_for("imports.show"), 303)


def _rows(form) -> list[dict[str, str]]:
    """Goals one a line, units and consents as they were typed: side by side like in the spreadsheet."""
    goals = [line.strip() for line in form.get("goals", "").splitlines() if line.strip()]
    parts = [[{"goal": goal} for goal in goals]]
    for keys in (_OWED, _CONSENT):
        columns = [form.getlist(key) if form else [] for key in keys]
        told = [dict(zip(keys, row, strict=False)) for row in zip(*columns, strict=False)]
        parts.append(told)
    length = max(map(len, parts), default=0)
    return [
        {
            key: value.strip()
            for part in parts
            for key, value in (part[at : at + 1] or [{}])[0].items()
        }
        for at in range(length)
    ]


def _form(told, rows, faults=(), refused=None, more=False):
    choices = query.choices(signing.reading(), signing.me().username)
    owed = [row for row in rows if any(row.get(key) for key in _OWED)]
    consents = [row for row in rows if any(row.get(key) for key in _CONSENT)]
    extra = 2 if more else 0
    page = render_template(
        "imports_one.html",
        told=told,
        goals="\n".join(row["goal"] for row in rows if row.get("goal")),
        owed=owed + [{}] * (max(2 - len(owed), 0) + extra),
        consents=consents + [{}] * (max(2 - len(consents), 0) + extra),
        choices=choices,
        faults=[(query.key_of(fault), fault) for fault in faults],
        refused=refused,
    )
    return make_response(page, 422 if faults else 409 if refused else 200)
