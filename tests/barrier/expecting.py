"""What must be answered to whom: of a page, whether it is there; of a list, what stands on it."""

from __future__ import annotations

from tests.barrier.oracle import Oracle
from tests.barrier.person import UNFINISHED, Person


def expected(person: Person, rule: str, real: dict[str, str]) -> frozenset[int] | None:
    """The answers that a GET of the address may have; None where the rows alone do not tell."""
    oracle = person.oracle
    yes, no = frozenset({200}), frozenset({404})
    if rule == "/opgaver/<task_id>":
        return yes if person.lies_with_me(oracle.task[real["task_id"]]) else no
    if "nummer" not in real:
        return None
    case = oracle.numbered[real["nummer"]]
    seen = person.parts(case)
    if not seen:
        return no
    row = row_of(oracle, real)
    if row is not None and row.case_id != case.id:
        return frozenset({404, 409}) if "indstilling_id" in real else no
    tail = rule.removeprefix("/sager/<nummer>")
    match tail:
        case "":
            return yes
        case "/historik":
            return yes if "historik" in seen else no
        case "/overdragelse" | "/overdragelse.pdf":
            return yes if person.whole(case) else no
        case "/forloeb":
            return yes if "opgaver" in seen else no
        case _ if tail.startswith("/daekningsnote/"):
            return yes if "bevillinger" in seen else no
        case "/plan" | "/plan.pdf":
            return frozenset({200, 409}) if "plan" in seen else no
        case "/plan/sammenlign":
            return frozenset({200, 409}) if "indsatser" in seen else no
        case "/breve" | "/breve/<journal_no>":
            return yes if "breve" in seen else no
        case "/dokumenter/<document_id>":
            return yes if person.paper(row) else no
        case "/moeder/<meeting_id>" | "/moeder/<meeting_id>.ics":
            return yes if person.meeting(row) else no
    return None


def row_of(oracle: Oracle, real: dict[str, str]):
    """The row that an address names beside its case."""
    for name, rows, column in (
        ("document_id", oracle.rows.documents, "id"),
        ("note_id", oracle.rows.notes, "id"),
        ("meeting_id", oracle.rows.meetings, "id"),
        ("indstilling_id", oracle.rows.applications, "id"),
        ("journal_no", oracle.rows.letters, "journal_no"),
    ):
        if name in real:
            return next((row for row in rows if getattr(row, column) == real[name]), None)
    return None


def listed(person: Person, tab: str) -> set[str]:
    """The tasks that stand in a tab of the person's inbox."""
    found = set()
    for task in person.oracle.rows.work_items:
        if task.state != "cancelled" and person.lies_with_me(task):
            if _in_tab(person, task, tab):
                found.add(task.id)
    return found


def _in_tab(person: Person, task, tab: str) -> bool:
    if tab == "bero":
        return task.state == "held"
    if tab == "loest":
        return task.state == "done"
    if task.state not in UNFINISHED or task.state == "held":
        return False
    given = task.assignee
    mine = given in person.me if given else person.answers(task)
    return {"mine": mine, "ikke_fordelt": not given and not mine}.get(tab, bool(given) and not mine)
