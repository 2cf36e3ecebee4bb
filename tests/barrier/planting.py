"""Which tables hold words about somebody, and the canary that stands there instead of each.

A canary is a word of its own, `kanari<case><part><number>`: whoever reads it on a page has been
shown that part of that case. What is of no case has the number 99, what lies sealed 98.

A new table turns a test red until it stands here: among those that hold words, with the part of the
case that they tell of, or among those that hold none, with why.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial

from sqlalchemy import Column, String, Table, Text

from engine import schema
from engine.store import Base, Json, _sqlite_driver

assert schema, "every table is known once the schema is"

sqlite3 = _sqlite_driver()
Connection = sqlite3.Connection
CANARY = re.compile(r"kanari\d\d[a-z]+\d+")
#: So long a text may be somebody's own words; a shorter one is a code or a name of ours.
LONG = 120

#: Table -> the part of a case that its words tell of. Every long text in it is planted.
PLANTED = {
    "agenda_items": "udvalg",
    "agreements": "aftale",
    "applications": "ansoegning",
    "appointments": "udpegning",
    "ballots": "udvalg",
    "brought_in": "overfoert",
    "capacities": "handleevne",
    "case_roles": "sagsrolle",
    "closures": "lukning",
    "complaints": "klage",
    "concerns": "underretning",
    "consents": "samtykke",
    "deadlines": "frist",
    "delegations": "delegation",
    "documents": "dokument",
    "efforts": "indsats",
    "event_contents": "svar",
    "findings": "afdaekning",
    "followups": "opfoelgning",
    "goal_progress": "opfoelgning",
    "goals": "maal",
    "grants": "bevilling",
    "hearings": "hoering",
    "information_requests": "oplysning",
    "information_without_consent": "oplysning",
    "invitees": "afbud",
    "letter_copies": "brevtekst",
    "letters": "brev",
    "meetings": "moede",
    "notes": "note",
    "obligations": "forpligtelse",
    "obstacles": "indsatsord",
    "offer_answers": "tilbud",
    "offers": "tilbud",
    "opinions": "udtalelse",
    "participations": "deltager",
    "parties": "part",
    "placements": "placering",
    "plan_comments": "planord",
    "plans": "plantekst",
    "referrals": "henvisning",
    "rulings": "afgoerelse",
    "screenings": "screening",
    "sector_plans": "sektorplan",
    "variables": "variabel",
    "votes": "udvalg",
    "work_items": "opgave",
}
#: Words that are planted by their own hand, below or in `tests/barrier/world.py`.
BY_HAND = {
    "committee_minutes": "what they say of an item is of its case",
    "drafts": "what is typed is sealed",
    "frames": "a unit's own, of no case",
    "import_results": "made with the import that they belong to",
    "imports": "a file is sealed, and of no case",
    "persons": "a person may be in many cases",
    "saved_views": "somebody's own, of no case",
}
#: Columns that tell of another part than the rest of their table.
OTHER_PART = {
    ("meetings", "minutes"): "referat",
    ("meetings", "citizens_summary"): "referat",
    ("meetings", "agreed_goals"): "referat",
    ("meetings", "roles"): "referat",
    ("meetings", "initiative"): "referat",
    ("meetings", "next_on"): "referat",
    ("work_items", "hold_reason"): "bero",
    ("efforts", "stop_reason"): "indsatsord",
    ("efforts", "supplier"): "indsatsord",
    ("efforts", "funding"): "indsatsord",
    ("goals", "professional"): "maalord",
    ("goals", "scale"): "maalord",
    ("letters", "facts"): "brevtekst",
}
#: Short columns that hold somebody's own words all the same.
SHORT = {
    ("brought_in", "system"),
    ("brought_in", "old_number"),
    ("documents", "title"),
    ("information_requests", "source"),
    ("letters", "title"),
    ("meetings", "next_on"),
    ("work_items", "name"),
    ("work_items", "hold_reason"),
    ("sector_plans", "external_id"),
}
#: Long columns that hold a code, a key or a name of ours.
CODES = {
    ("case_roles", "who"): "may be a user name, which the case's pages look up",
    ("consents", "counterpart"): "a unit's code decides who sees the case",
    ("consents", "data_types"): "codes, which decide what of a plan a partner sees",
    ("deadlines", "source"): "a paragraph",
    ("deadlines", "subject"): "a key",
    ("efforts", "paragraph"): "a paragraph",
    ("invitees", "who"): "a unit's code decides who is invited",
    ("participations", "person"): "a name that decides whose meeting it is",
    ("sector_plans", "law"): "a law's name",
    ("plans", "content"): "planted by hand: one word for each goal, wherever it is told",
    ("goals", "own_words"): "planted by hand with the plan",
    ("efforts", "title"): "planted by hand with the plan",
}
NOBODYS = {
    "absences": "who is away and who stands in, on which days",
    "anchors": "where a chain stood",
    "bills": "sums of a month",
    "budget_contributions": "sums, and who decided on them",
    "budget_entries": "sums",
    "budget_lines": "the names of the municipality's own lines",
    "calendar_feeds": "the digest of a secret",
    "case_numbers": "a counter",
    "cases": "codes; the number itself is looked for on every page",
    "chain_heads": "where a chain stands",
    "closing_days": "the calendar",
    "committee_meetings": "when the committee meets, and who is on it",
    "committee_minutes_answers": "remarks of the committee's own, on its own minutes",
    "definitions": "diagrams, forms and tables",
    "deployments": "what was deployed",
    "editions": "what was published of the municipality's own",
    "events": "codes, keys and names of diagrams; what was answered lies in event_contents",
    "incidents": "types of errors and lines of code; tests/casework looks that nothing else is told",
    "instances": "the state of a diagram, sealed from everybody but the engine",
    "involvements": "who takes part, and by which of our own reasons",
    "jobs": "what the engine does by itself",
    "local_rules": "what the municipality has decided",
    "notice_mails": "that a mail was sent",
    "notices_seen": "that a notice was seen",
    "outbox": "keys of what is sent",
    "read_heads": "where a chain stands",
    "reads": "who read what",
    "registrations": "codes for the statistics",
    "release_members": "what was deployed",
    "releases": "what was deployed",
    "roles": "who works where",
    "settings": "what the municipality has decided",
    "sign_ins": "the digest of a secret",
    "subscriptions": "names of messages",
    "tour_marks": "how far somebody has come in the tour",
    "units": "the municipality's own units and partners",
    "users": "colleagues, known to everybody who works here",
}
#: What a row hangs on that names no case itself.
PARENTS = {
    "application_id": "applications",
    "ballot_id": "ballots",
    "effort_id": "efforts",
    "followup_id": "followups",
    "item_id": "agenda_items",
    "letter_id": "letters",
    "meeting_id": "meetings",
    "offer_id": "offers",
    "plan_id": "plans",
    "instance_id": "instances",
}


def unsaid() -> set[str]:
    """The tables of which nobody has said whether they hold words about somebody."""
    return Base.metadata.tables.keys() - PLANTED.keys() - BY_HAND.keys() - NOBODYS.keys()


def columns(table: Table) -> list[Column]:
    """Those of a table's columns that are planted."""
    return [column for column in table.columns if _is_text(table.name, column)]


def _is_text(table: str, column: Column) -> bool:
    if (table, column.name) in CODES:
        return False
    kind = column.type
    if isinstance(kind, Json | Text) or (table, column.name) in SHORT:
        return True
    return isinstance(kind, String) and (kind.length or 0) >= LONG


class Words:
    """Makes the canaries, and writes down what each tells of."""

    def __init__(self, db: Connection):
        self.db = db
        rows = db.execute("select id from cases order by nummer")
        self._case = {id_: number for number, (id_,) in enumerate(rows)}
        self._last: Counter[str] = Counter()
        db.execute(
            "create table if not exists canaries"
            " (word text primary key, case_id text, part text, row text)"
        )

    def new(self, case_id: str | None, part: str, row: str) -> str:
        """A word that tells of the row; of no case where there is none."""
        stem = f"kanari{self._case.get(case_id, 99):02}{part}"
        self._last[stem] += 1
        word = f"{stem}{self._last[stem]}"
        self.db.execute("insert into canaries values (?, ?, ?, ?)", (word, case_id, part, row))
        return word


def plant(db: Connection, typed: list[tuple[str, str | None, str, str]]) -> None:
    """Put a canary into every text of every table of PLANTED, and into the plans and the people.

    `typed`: the canaries that stand in sealed texts already, as rows of `canaries`.
    """
    words = Words(db)
    db.executemany("insert into canaries values (?, ?, ?, ?)", typed)
    # What is written once may be planted all the same: here nobody is cheated.
    guards = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"drop trigger {name}")
    for table in PLANTED:
        _plant_table(db, Base.metadata.tables[table], words)
    _plant_people(db, words)
    _plant_plans(db, words)
    _plant_minutes(db, words)
    _plant_own(db, words)
    for _, guard in guards:
        db.execute(guard)


def _plant_table(db: Connection, table: Table, words: Words) -> None:
    wanted = [column.name for column in columns(table)]
    key = _key(table)
    case = _case_of(table)
    names = ", ".join(f"{table.name}.{name}" for name in wanted)
    query = f"select {table.name}.rowid, {key}, {case}, {names} from {table.name} order by rowid"
    for rowid, id_, case_id, *values in db.execute(query).fetchall():
        row = _Row(words, case_id, id_)
        for name, value in zip(wanted, values, strict=True):
            if value is None or case_id is None:
                continue
            word = partial(row.word, OTHER_PART.get((table.name, name), PLANTED[table.name]))
            is_json = isinstance(table.columns[name].type, Json)
            told = json.dumps(_told(json.loads(value), word)) if is_json else word()
            db.execute(f"update {table.name} set {name} = ? where rowid = ?", (told, rowid))


class _Row:
    """The canaries of one row: one for each part that it tells of."""

    def __init__(self, words: Words, case_id: str | None, id_: str):
        self._new = lambda part: words.new(case_id, part, id_)
        self._known: dict[str, str] = {}

    def word(self, part: str) -> str:
        if part not in self._known:
            self._known[part] = self._new(part)
        return self._known[part]


def _told(value, word):
    """The same JSON with a canary for each text that is somebody's own words: more than one word."""
    if isinstance(value, dict):
        return {name: _told(each, word) for name, each in value.items()}
    if isinstance(value, list):
        return [_told(each, word) for each in value]
    return word() if isinstance(value, str) and " " in value.strip() else value


def _key(table: Table) -> str:
    """What the oracle knows a row by: its task where it is an answer's, else its own id."""
    if table.name == "event_contents":
        return (
            "(select coalesce(json_extract(facts, '$.task'), '') from events where"
            " events.case_id = event_contents.case_id and events.seq = event_contents.seq)"
        )
    if table.name == "variables":
        return "variables.instance_id"
    if table.name in ("goals", "efforts"):
        return f"{table.name}.key"
    if "id" in table.columns:
        return f"{table.name}.id"
    return next(f"{table.name}.{name}" for name in ("case_id", *PARENTS) if name in table.columns)


def _case_of(table: Table) -> str:
    """The SQL for the case that a row of the table belongs to."""
    if "case_id" in table.columns:
        return f"{table.name}.case_id"
    for name, parent in PARENTS.items():
        if name in table.columns:
            above = _case_of(Base.metadata.tables[parent])
            return f"(select {above} from {parent} where {parent}.id = {table.name}.{name})"
    raise AssertionError(f"say in PARENTS what a row of {table.name} hangs on")


def _plant_own(db: Connection, words: Words) -> None:
    """What is somebody's own, or a unit's, and of no case."""
    for table, column, part, whose in (
        ("imports", "name", "import", "by"),
        ("saved_views", "name", "visning", "username"),
        ("frames", "text", "ramme", "unit"),
    ):
        for rowid, row in db.execute(
            f"select rowid, {whose} from {table} order by rowid"
        ).fetchall():
            word = words.new(None, part, row)
            db.execute(f"update {table} set {column} = ? where rowid = ?", (word, rowid))
    query = "select r.rowid, i.by from import_results r join imports i on i.id = r.import_id"
    for rowid, by in db.execute(query).fetchall():
        word = words.new(None, "import", by)
        db.execute("update import_results set message = ? where rowid = ?", (word, rowid))


def _plant_people(db: Connection, words: Words) -> None:
    """A person bears one name, whatever they are in how many cases."""
    people = db.execute("select id from persons order by rowid").fetchall()
    for (person,) in people:
        parts = db.execute(
            "select case_id, role from parties where person_id = ?"
            " order by role = 'borger' desc, rowid",
            (person,),
        ).fetchall()
        if not parts:
            continue
        case_id, role = parts[0]
        name = words.new(case_id, "borger" if role == "borger" else "paaroerende", person)
        note, address = (words.new(case_id, "sikkerhed", person) for _ in range(2))
        db.execute(
            "update persons set name = ?, safety_note = ?, address = ? where id = ?",
            (name, note, address, person),
        )


def _plant_plans(db: Connection, words: Words) -> None:
    """Each goal and effort has one word, wherever it is told."""
    from engine.domain import plan

    told: dict[tuple[str, str], str] = {}
    plans = db.execute("select id, case_id, content from plans order by rowid").fetchall()
    for id_, case_id, text in plans:
        content = json.loads(text)
        for kind, part in (("maal", "maal"), ("indsatser", "indsats")):
            for row in content[kind]:
                key = (case_id, row["noegle"])
                if key not in told:
                    told[key] = words.new(case_id, part, row["noegle"])
                row["titel"] = told[key]
                if row.get("faglig_tekst"):
                    row["faglig_tekst"] = told[key]
        for name in ("samlet_situation", "halv_side", "borgerens_holdning"):
            content[name] = words.new(case_id, "plantekst", id_)
        db.execute(
            "update plans set content = ?, content_hash = ? where id = ?",
            (json.dumps(content), plan._hash(content), id_),
        )
    for table, column in (("goals", "own_words"), ("efforts", "title")):
        for id_, case_id, key in db.execute(f"select id, case_id, key from {table}").fetchall():
            if (case_id, key) in told:
                word = told[case_id, key]
                db.execute(f"update {table} set {column} = ? where id = ?", (word, id_))


def _plant_minutes(db: Connection, words: Words) -> None:
    """One word for all that the minutes say of an item."""
    cases = dict(
        db.execute(
            "select i.id, a.case_id from agenda_items i join applications a on a.id = i.application_id"
        ).fetchall()
    )
    for rowid, text in db.execute("select rowid, content from committee_minutes").fetchall():
        content = json.loads(text)
        for item in content["items"]:
            word = words.new(cases[item["item"]], "udvalg", item["item"])
            item["title"] = word
            for ballot in item["ballots"]:
                ballot |= {"conditions": word, "reason": word}
                ballot["votes"] = {
                    name: (vote, word) for name, (vote, _) in ballot["votes"].items()
                }
        db.execute(
            "update committee_minutes set content = ? where rowid = ?", (json.dumps(content), rowid)
        )
