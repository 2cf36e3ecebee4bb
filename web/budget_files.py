"""The budget as files: the lines of a year, and the ledger of one of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO

from engine.queries.budget import BudgetLines, Movement
from web.texts import moment

LINES = (
    "Linje", "Navn", "År", "Enhed", "Ramme", "Ansøgt", "Reserveret", "Bevilget", "Forbrugt", "Fri",
)  # fmt: skip
LEDGER = ("Dag", "Noteret", "Hvad", "Til konto", "Fra konto", "Beløb", "Enhed", "Sag", "Noteret af")


def lines_csv(it: BudgetLines) -> bytes:
    """Each line of the year, and under it what each unit pays, bears and has borne."""
    rows: list[list] = []
    for line in (*it.shared, *it.own):
        start = [line.line, line.name, line.year]
        sums = [line.total, line.requested, line.reserved, line.granted, line.spent, line.free]
        rows.append([*start, line.unit, *sums])
        rows += [
            [*start, share.unit, share.paid, "", "", share.granted, share.spent, ""]
            for share in line.shares
        ]
    return _written(LINES, rows)


def ledger_csv(rows: Iterable[Movement]) -> bytes:
    """The case's number only where it exists for the reader; never a name."""
    return _written(
        LEDGER,
        (
            [
                row.day.isoformat(),
                moment(row.at),
                row.what,
                row.debit,
                row.credit,
                row.amount,
                row.unit,
                row.nummer,
                row.by,
            ]
            for row in rows
        ),
    )


def _written(headings: Iterable[str], rows: Iterable[list]) -> bytes:
    """With semicolons and a byte-order mark, as a Danish spreadsheet expects it."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(headings)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(cell):
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    # A spreadsheet reckons a cell that begins so.
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
