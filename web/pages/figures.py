"""Figures for leaders and for oneself: few numbers, each with its trend, each opening its list."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, send_file

from engine import clock
from engine.queries import budget, figures
from web import figure_files, inbox_address, signing, trend

blueprint = Blueprint("figures", __name__)


@blueprint.get("/noegletal")
def show():
    session = signing.reading()
    found = _overview(session)
    return render_template(
        "figures.html",
        it=found,
        sections=[
            (name, [one for one in found.figures.values() if one.figure.section == name])
            for name in figures.SECTIONS
        ],
        work=figures.WORK,
        money=figures.GRANTS,
        budgets=_budgets(session, found.scope),
        carried=figures.carried(session, found.scope),
        queues=figures.worked(session, signing.me().username, found.scope),
        inbox=inbox_address.address,
        told=trend.told,
        valued=trend.valued,
        drawn=trend.drawn,
        choices=figures.MONTHS,
    )


def _budgets(session, chosen: figures.Scope) -> list[tuple[budget.Line, budget.Outlook]]:
    """The shared budget, for those who read it: among one's own cases it tells nothing."""
    mine = chosen.key == figures.MINE
    return [] if mine else budget.this_year(session, signing.me().username)


@blueprint.get("/noegletal.<filtype>")
def export(filtype: str):
    found = _overview(signing.reading())
    name = f"noegletal-{found.scope.key}-{clock.today():%Y-%m-%d}"
    if filtype == "csv":
        return Response(
            figure_files.csv(found),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )
    if filtype == "xlsx":
        return send_file(figure_files.xlsx(found), download_name=f"{name}.xlsx", as_attachment=True)
    abort(404)


@blueprint.get("/noegletal/<noegletal>")
def open_list(noegletal: str):
    found = figures.opened(
        signing.reading(),
        signing.me().username,
        noegletal,
        request.args.get("for"),
        _months(),
        request.args.get("gruppe", ""),
    )
    return render_template("figure.html", it=found, told=trend.told, valued=trend.valued)


def _overview(session) -> figures.Overview:
    return figures.overview(session, signing.me().username, request.args.get("for"), _months())


def _months() -> int:
    asked = request.args.get("maaneder", 12, type=int)
    return asked if asked in figures.MONTHS else 12
