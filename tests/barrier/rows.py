"""All rows that the barrier is about, as they lie in the database."""

from __future__ import annotations

from types import SimpleNamespace

from tests.barrier.world import Connection

TABLES = {
    "roles": "*",
    "units": "code, partner",
    "absences": "*",
    "cases": "id, nummer, type, owner_unit, referred_by, koordinator, stedfortraeder, locked",
    "involvements": "*",
    "consents": "*",
    "appointments": "*",
    "work_items": "id, case_id, process, queue, state, assignee, completed_at, name, form_id, item",
    "notes": "id, case_id, author, unit",
    "documents": "id, case_id, author, unit, part",
    "letters": "id, case_id, journal_no",
    "applications": "id, case_id",
    "budget_entries": "id",
    "budget_lines": "line",
    "meetings": "id, case_id, called_by",
    "invitees": "meeting_id, who, light",
    "parties": "case_id, person_id, role, valid_to",
    "plans": "id, case_id, state, content, version",
    "persons": "id, name, birth_date",
    "imports": "id, by",
    "saved_views": "id, username",
    "calendar_feeds": "id, username",
    "deadlines": "case_id, due, state",
    "committee_meetings": "id",
    "delegations": "id, case_id, username, unit",
    "canaries": "*",
}


class Rows:
    """One list for each table of `TABLES`."""

    def __init__(self, db: Connection):
        for table, columns in TABLES.items():
            cursor = db.execute(f"select {columns} from {table} order by rowid")
            names = [column[0] for column in cursor.description]
            rows = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor]
            setattr(self, table, rows)
