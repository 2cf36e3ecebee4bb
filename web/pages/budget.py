"""The shared budget as it is read: the lines of a year, one line, its numbers' lists and its ledger."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from engine import clock
from engine.queries import budget
from web import budget_drawing, budget_files, signing
from web.texts import gettext as _

blueprint = Blueprint("budget", __name__)
#: The years that a budget may be of.
YEARS = range(2000, 2100)
#: How many movements stand on the line's own page.
FEW = 8


@blueprint.get("/budget")
def show():
    return overview_page()


@blueprint.get("/budget.csv")
def export():
    found = _lines()
    return _csv(budget_files.lines_csv(found), f"budget-{found.year}")


@blueprint.get("/budget/forslag")
def proposal():
    found = budget.waiting(signing.reading(), signing.me().username)
    return render_template("budget_proposal.html", it=found)


@blueprint.get("/budget/<linje>")
def line(linje: str):
    return line_page(linje)


@blueprint.get("/budget/<linje>/tal/<tal>")
def open_number(linje: str, tal: str):
    found = budget.account(
        signing.reading(), signing.me().username, linje, tal, request.args.get("enhed", "")
    )
    return render_template("budget_number.html", it=found, number=numbers()[tal])


@blueprint.get("/budget/<linje>/bevaegelser")
def ledger(linje: str):
    session, me = signing.reading(), signing.me().username
    found = budget.movements(session, me, linje, request.args.get("foer", ""), size=budget.PAGE + 1)
    return render_template(
        "budget_ledger.html",
        it=budget.line(session, me, linje),
        movements=found[: budget.PAGE],
        more=len(found) > budget.PAGE,
        begun=bool(request.args.get("foer")),
    )


@blueprint.get("/budget/<linje>/bevaegelser.csv")
def ledger_export(linje: str):
    found = budget.movements(signing.reading(), signing.me().username, linje, size=None)
    return _csv(budget_files.ledger_csv(found), f"bevaegelser-{linje}")


def numbers() -> dict[str, str]:
    """What the numbers of a line are called."""
    return {
        "ramme": _("Ramme"),
        "ansoegt": _("Ansøgt"),
        "reserveret": _("Reserveret"),
        "bevilget": _("Bevilget"),
        "forbrugt": _("Forbrugt"),
        "fri": _("Fri"),
    }


def overview_page(told=None, faults: dict[str, str] | None = None) -> str:
    """The lines of a year; with what somebody wrote and what was wrong in it."""
    session, me = signing.reading(), signing.me().username
    return render_template(
        "budget.html",
        it=_lines(),
        owed=budget.without_cover(session, me),
        rights=budget.rights(session, me),
        numbers=numbers(),
        bar=budget_drawing.bar,
        kinds=budget_drawing.names(),
        told=told or {},
        faults=faults or {},
    )


def line_page(linje: str, told=None, faults: dict[str, str] | None = None) -> str:
    """One line; with what somebody wrote in one of its forms and what was wrong in it."""
    session, me = signing.reading(), signing.me().username
    outlook = budget.outlook(session, me, linje)
    return render_template(
        "budget_line.html",
        it=budget.line(session, me, linje),
        outlook=outlook,
        drawing=budget_drawing.drawn(outlook),
        asking=budget.asking(session, me, linje),
        granted=budget.granted(session, me, linje),
        movements=budget.movements(session, me, linje, size=FEW),
        rights=budget.rights(session, me),
        units=budget.unit_names(session),
        numbers=numbers(),
        bar=budget_drawing.bar,
        kinds=budget_drawing.names(),
        today=clock.today(),
        told=told or {},
        faults=faults or {},
    )


def _lines() -> budget.BudgetLines:
    year = request.args.get("aar", type=int)
    return budget.lines(signing.reading(), signing.me().username, year if year in YEARS else None)


def _csv(content: bytes, name: str) -> Response:
    return Response(
        content,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
