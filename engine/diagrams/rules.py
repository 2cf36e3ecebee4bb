"""What diagrams ask of decision tables, and what the tables' own rows say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from engine import decisions
from engine.bpmn.dialect import Element
from engine.bpmn.lint import Finding, Report
from engine.diagrams import expressions
from engine.files import Bundle, Process

DEADLINES = "frister"
UNCONFIRMED = "KONTROL"
_DAYS = {"maaneder": 31, "uger": 7, "dage": 1, "arbejdsdage": 2, "aar": 366}


def decision(element: Element, bundle: Bundle, report: Report) -> None:
    """The table that a business rule task asks."""
    if element.decision is None or not element.decision.id or element.decision.id in bundle.tables:
        return
    report.error(
        element.id,
        "decision-unknown",
        f"Beslutningstabellen {element.decision.id} findes ikke.",
        f"Udgiv {element.decision.id}.dmn sammen med diagrammet, eller vælg en anden.",
    )


def named(process: Process, bundle: Bundle, report: Report) -> None:
    """The deadline rules that a diagram names stand in the deadline table."""
    rows = _rows_by_rule(bundle)
    for element, rule in expressions.rules_used(process.process):
        if rows and _row_name(rule) not in rows:
            report.error(
                element,
                "rule-unknown",
                f"Reglen {rule} står ikke i fristtabellen.",
                "Ret reglens id, eller skriv en række til den med kilde og gyldighed.",
            )
        elif not rows:
            report.error(
                element,
                "rule-unknown",
                f"Reglen {rule} kan ikke slås op: der er ingen fristtabel.",
                f"Udgiv {DEADLINES}.dmn sammen med diagrammet.",
            )


def _rows_by_rule(bundle: Bundle) -> dict[str, list[decisions.Row]]:
    """Row name of a rule -> its rows; `kp_8_leder` belongs to `kp_8` and to itself."""
    if DEADLINES not in bundle.tables:
        return {}
    found: dict[str, list[decisions.Row]] = {}
    for row in bundle.tables[DEADLINES][1].decisions[DEADLINES].rows:
        parts = row.id.split("_")
        for length in range(1, len(parts) + 1):
            found.setdefault("_".join(parts[:length]), []).append(row)
    return found


def _row_name(rule: str) -> str:
    return rule.lower().replace("-", "_").replace(" ", "_")


def check(
    new: Bundle, together: Bundle, *, demo: bool, today: date, settings: Mapping[str, Any]
) -> Iterator[Finding]:
    """Gaps, overlaps and unconfirmed law in the tables that these files bring or ask.

    `settings` are the municipality's own values, which cells compare with.
    """
    given = {name.replace(".", "_"): value for name, value in settings.items()}
    for file, table in {id(t): (f, t) for f, t in new.tables.values()}.values():
        yield from _coverage(file, table, given)
    horizon = today + timedelta(days=_longest(new, together, today))
    for file, row in _asked(new, together):
        yield from _unconfirmed(file, row, demo, today, horizon)


def _coverage(
    file: str, table: decisions.Definitions, given: Mapping[str, Any]
) -> Iterator[Finding]:
    if table.problems:
        # What cannot be read is said as it is; a gap in it would be an example of nonsense.
        return
    for decision_id, found in table.decisions.items():
        if found.kind != "decisionTable":
            continue
        report = decisions.report(table, decision_id, given=given)
        for overlap in report.overlaps:
            yield Finding(
                file,
                overlap.rules[0],
                "error",
                "dmn-overlap",
                str(overlap),
                "Ret den ene række, så kun én kan passe, eller afgræns deres gyldighed.",
            )
        for gap in report.gaps:
            yield Finding(
                file,
                decision_id,
                "warning",
                "dmn-gap",
                str(gap),
                "Skriv en række til det tilfælde, ellers bliver det en opgave i hver sag.",
            )
        for warning in report.warnings:
            yield Finding(
                file, decision_id, "warning", "dmn-warning", warning, "Se tabellen igennem."
            )


def _asked(new: Bundle, together: Bundle) -> Iterator[tuple[str, decisions.Row]]:
    """The rows that these files bring, and those that their diagrams ask for."""
    for decision_id in sorted(new.tables):
        yield from _rows(together, decision_id)
    asked, deadlines = set(), _rows_by_rule(together)
    for process in new.processes.values():
        for element in process.process.elements.values():
            if element.decision is not None and element.decision.id in together.tables:
                asked.add(element.decision.id)
        for _, rule in expressions.rules_used(process.process):
            for row in deadlines.get(_row_name(rule), ()):
                yield together.tables[DEADLINES][0], row
    for decision_id in sorted(asked):
        yield from _rows(together, decision_id)


def _rows(bundle: Bundle, decision_id: str) -> Iterator[tuple[str, decisions.Row]]:
    file, table = bundle.tables[decision_id]
    for row in table.decisions[decision_id].rows:
        yield file, row


def _longest(new: Bundle, together: Bundle, today: date) -> int:
    """The longest interval that these diagrams wait for, in days: timers, and the rules they use.

    Tables that come without a diagram are judged by every diagram in force.
    """
    processes = list((new.processes or together.processes).values())
    longest = max((expressions.longest_days(p.process) for p in processes), default=0)
    used = {rule for p in processes for _, rule in expressions.rules_used(p.process)}
    for rule in used:
        longest = max(longest, _rule_days(together, rule, today))
    return longest


def _rule_days(bundle: Bundle, rule: str, today: date) -> int:
    if DEADLINES not in bundle.tables:
        return 0
    try:
        answer = bundle.tables[DEADLINES][1].decide(DEADLINES, {"regel": rule}, on=today)
    except decisions.TableError:
        return 0
    rows = answer.value if isinstance(answer.value, list) else []
    values = (
        int(row["vaerdi"]) * _DAYS.get(row.get("enhed"), 0)
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("vaerdi"), int | float)
    )
    return max(values, default=0)


def _unconfirmed(
    file: str, row: decisions.Row, demo: bool, today: date, horizon: date
) -> Iterator[Finding]:
    if row.kind != UNCONFIRMED or (row.valid_to is not None and row.valid_to < today):
        return
    soon = row.valid_from is None or row.valid_from <= horizon
    blocks = soon and not demo
    when = "gælder" if row.valid_from is None or row.valid_from <= today else "kommer til at gælde"
    since = "" if row.valid_from is None else f" fra {row.valid_from:%d.%m.%Y}"
    yield Finding(
        file,
        row.id,
        "error" if blocks else "warning",
        "kontrol",
        f"Rækken {row.id} er ikke bekræftet (KONTROL) og {when}{since}.",
        "Slå kilden efter, ret værdien, og skriv lov, loebende, sag eller lokal som art.",
    )
