"""The trail and the ledger are held against themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import DATABASE, JSON
from engine.console import Wrong, opened, print_json, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.group()
def audit() -> None:
    """The trail."""


@audit.command()
@click.option("--case", "nummer", metavar="NUMMER", help="One case; else all of them.")
@click.option("--head", metavar="SEQ:HASH", help="A head printed earlier and kept elsewhere.")
@JSON
@DATABASE
def verify(nummer: str | None, head: str | None, as_json_: bool, database: str | None) -> None:
    """Recompute the hash chains, and hold cases and deployed files against what was recorded."""
    with opened(database) as store, store.reading() as session:
        result = _verified(session, nummer, head)
    if as_json_:
        print_json(result)
    elif result["ok"]:
        say(f"{result['events']} hændelser i {result['cases']} sager: kæderne holder.")
    else:
        bad = result["first_bad"]
        say(f"Kæden er brudt i {bad['case']} ved nr. {bad['seq']}: {bad['reason']}.")
    sys.exit(0 if result["ok"] else 1)


def _verified(session: Session, nummer: str | None, head: str | None) -> dict[str, Any]:
    """`{cases, events, ok, first_bad}` of everything, or of the case of that number."""
    from sqlalchemy import select

    from engine import anchors
    from engine import audit as trail
    from engine.domain.cases import Case

    kept, case_id = None, None
    if head is not None:
        try:
            kept = anchors.parsed(head)
        except ValueError as error:
            told = "--head skal være SEQ:HASH, som overligger audit head skriver det."
            raise Wrong(told) from error
    if nummer is not None:
        case_id = session.scalar(select(Case.id).where(Case.nummer == nummer))
        case_id = case_id or trail.registered(session, nummer)
        if case_id is None:
            raise Wrong(f"Sagen {nummer} findes ikke.")
    return trail.verify(session, case_id, kept)


@audit.command("head")
@JSON
@DATABASE
def print_head(as_json_: bool, database: str | None) -> None:
    """Record how far every chain has come, and print the head that proves it. Keep it elsewhere."""
    from engine import anchors

    with opened(database) as store:
        store.write(anchors.checkpoint)
        with store.reading() as session:
            head = anchors.head(session)
    if as_json_:
        print_json(dict(zip(("seq", "hash"), anchors.parsed(head), strict=True)))
    else:
        click.echo(head)


@audit.command("budget")
@JSON
@DATABASE
def reconcile_budget(as_json_: bool, database: str | None) -> None:
    """Hold the sums of every budget line against what its ledger adds up to."""
    from sqlalchemy import func, select

    from engine.domain import budget

    with opened(database) as store, store.reading() as session:
        found = budget.reconcile(session)
        lines = session.scalar(select(func.count()).select_from(budget.BudgetLine))
    if as_json_:
        told = [
            {"line": d.line, "account": d.account, "noted": d.noted, "entered": d.entered}
            for d in found
        ]
        print_json({"lines": lines, "ok": not found, "differences": told})
    elif not found:
        say(f"{lines} budgetlinjer: beløbene stemmer med bogføringen.")
    for each in [] if as_json_ else found:
        noted, entered = budget.kr(each.noted), budget.kr(each.entered)
        say(f"{each.line}, {each.account}: linjen siger {noted} kr., bogføringen {entered} kr.")
    sys.exit(1 if found else 0)
