"""One case: where are we, who helps, what is next?"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from engine.domain import cases
from engine.queries import case, course, news, trail
from web import signing
from web.opening import opened

blueprint = Blueprint("case", __name__)


@blueprint.get("/sager/<nummer>")
def show(nummer: str):
    me = signing.me().username
    words, every_note = request.args.get("note", "").strip(), "noter" in request.args
    found = case.overview(signing.reading(), me, nummer, words, every_note)
    opened(found.id, "sag")
    return render_template("case.html", case=found, news=_reportable(nummer))


def _reportable(nummer: str) -> list[news.News]:
    session = signing.reading()
    return news.reportable(session, signing.me().username, cases.by_number(session, nummer))


@blueprint.get("/sager/<nummer>/historik")
def history(nummer: str):
    me, before = signing.me().username, request.args.get("foer", type=int)
    found = trail.of_case(signing.reading(), me, nummer, before)
    opened(found.case_id, "historik")
    return render_template("history.html", trail=found)


@blueprint.get("/sager/<nummer>/forloeb")
def drawing(nummer: str):
    me = signing.me().username
    found = course.of_case(signing.reading(), me, nummer, request.args.get("del"))
    opened(found.case_id, "forloeb")
    return render_template("course.html", course=found, islands=["course"])


@blueprint.get("/sager/<nummer>/forloeb/<process>.bpmn")
def diagram(nummer: str, process: str):
    me = signing.me().username
    found = course.drawing(signing.reading(), me, nummer, process)
    opened(found.case_id, f"forloeb:{process}")
    return Response(found.xml, mimetype="application/xml")
