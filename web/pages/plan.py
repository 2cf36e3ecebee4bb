"""The plan: the citizen's page first, then the professional table, its versions and its PDF."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from engine import documents
from engine.domain import readability
from engine.queries import plan
from web import signing
from web.opening import opened

blueprint = Blueprint("plan", __name__)


@blueprint.get("/sager/<nummer>/plan")
def show(nummer: str):
    found = _page(nummer)
    opened(found.case_id, "plan")
    mine = documents.citizens_page(found)
    reading = readability.judge(documents.citizens_words(found))
    return render_template("plan.html", plan=found, mine=mine, reading=reading)


@blueprint.get("/sager/<nummer>/plan/sammenlign")
def compare(nummer: str):
    old, new = (request.args.get(name, 0, type=int) for name in ("fra", "til"))
    found = plan.compare(signing.reading(), signing.me().username, nummer, old, new)
    opened(found.case_id, "plan")
    return render_template("plan_compare.html", diff=found)


@blueprint.get("/sager/<nummer>/plan.pdf")
def pdf(nummer: str):
    found = _page(nummer)
    if found.version is None:
        raise plan.NoPlan
    opened(found.case_id, "plan:pdf")
    name = f"plan-{nummer}-udgave-{found.version.number}.pdf"
    return as_pdf(documents.plan_pdf(signing.reading(), found), name)


@blueprint.post("/laeselighed")
def readable():
    """How hard a text is to read, said beside the field while it is being written."""
    judged = readability.judge(request.form.get("tekst", "")[:20_000])
    return render_template("parts/readability.html", reading=judged)


def as_pdf(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _page(nummer: str) -> plan.Page:
    version = request.args.get("udgave", type=int)
    person = request.args.get("borger", 1, type=int)
    return plan.of_case(signing.reading(), signing.me().username, nummer, version, person)
