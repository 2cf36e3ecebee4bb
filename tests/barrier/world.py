"""The world that the barrier is tried in: real cases, and a canary in every word that may leak.

A canary is a word of its own, `kanari<case><part><number>`: whoever reads it on a page has been
shown that part of that case.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

from engine.domain.meetings import Invitee, Meeting
from engine.domain.notes import Note
from engine.scenarios.world import _quick as quick
from engine.store import Store, _sqlite_driver, new_id
from tests.web.fiktivby import furnished, played_into

sqlite3 = _sqlite_driver()
Connection = sqlite3.Connection
#: The stories that the cases come from, and how far each is played.
STORIES = (
    ("s01_mads", datetime(2027, 1, 20, 12)),
    ("s03_jonas", datetime(2026, 12, 14)),
    ("familie_to_voksne", None),
    ("s10_lukkes_til_sektorplan", datetime(2027, 1, 15)),
    ("s06_kasper", datetime(2026, 12, 10)),
    ("s02_selma_erstatter", datetime(2026, 12, 20)),
    ("to_sager_roerer_ikke_hinanden", None),
    ("ikke_i_maalgruppen", None),
    ("s02_kontakt_samme_dag", datetime(2026, 12, 20)),
)
NOW = datetime(2027, 1, 20, 12)
CANARY = re.compile(r"kanari\d\d[a-z]+\d+")
PARTNERS = ("X-SKO", "X-GP", "X-RPS", "X-POL")
KINDS_OF_INFORMATION = ("helbred", "misbrug", "familie", "uddannelse", "bolig", "oekonomi")
DOCUMENT_PARTS = ("notater", "moeder", "bevillinger")


def build(file: Path, furnished_file: Path | None = None) -> Path:
    """Play the stories into a new database and plant the canaries; the file."""
    if furnished_file is not None:
        shutil.copyfile(furnished_file, file)
    store = quick(file)
    if furnished_file is None:
        furnished(store)
    for story, until in STORIES:
        played_into(store, story, until)
    store.write(_papers)
    store.close()
    plain = connected(file)
    plain.execute("pragma wal_checkpoint(truncate)")
    _plant(plain)
    plain.commit()
    plain.close()
    return file


def _papers(session) -> None:
    """Notes, documents and a meeting on every case, by those near it and by a unit's own people."""
    from sqlalchemy import select

    from engine import clock
    from engine.domain import documents
    from engine.domain.cases import Case

    writers = ("sagsbehandler-mis", "koordinator-1", "sagsbehandler-fam")
    for number, case in enumerate(session.scalars(select(Case).order_by(Case.nummer))):
        for kind, unit, writer in (("notat", None, writers[1]), ("notat", "MIS", writers[0])):
            session.add(
                Note(
                    id=new_id(),
                    case_id=case.id,
                    title="Note",
                    text="Tekst",
                    kind=kind,
                    author=writer,
                    unit=unit,
                    written_at=clock.now(),
                )
            )
        for part in DOCUMENT_PARTS:
            unit = "MIS" if part == "notater" else None
            content = b"indhold"
            documents.add(session, case, new_id(), "Dokument", content, writers[0], part, unit=unit)
        meeting = Meeting(
            id=new_id(),
            case_id=case.id,
            purpose="Formaal",
            agenda="Dagsorden",
            minutes="Referat",
            citizens_summary="Resume",
            at=clock.now(),
            called_by=writers[number % 3],
        )
        session.add(meeting)
        lights = (("X-SKO", "groen"), ("FAM", "groen"), ("X-GP", "roed"), ("MIS", "roed"))
        for place, (who, light) in enumerate(lights):
            session.add(
                Invitee(
                    id=new_id(),
                    meeting_id=meeting.id,
                    number=place,
                    who=who,
                    kind="enhed",
                    light=light,
                    answer="ja",
                )
            )


class _Words:
    """The next canary of a case and part."""

    def __init__(self, db: Connection):
        rows = db.execute("select id from cases order by nummer")
        self._case = {id_: number for number, (id_,) in enumerate(rows)}
        self._last: dict[str, int] = {}

    def new(self, case_id: str, part: str) -> str:
        stem = f"kanari{self._case[case_id]:02}{part}"
        self._last[stem] = self._last.get(stem, 0) + 1
        return f"{stem}{self._last[stem]}"


#: table, column -> the part that its canary tells of.
PLANTED = (
    ("work_items", "name", "opgave"),
    ("work_items", "hold_reason", "bero"),
    ("notes", "title", "note"),
    ("notes", "text", "note"),
    ("documents", "title", "dokument"),
    ("letters", "title", "brev"),
    ("meetings", "purpose", "moede"),
    ("meetings", "agenda", "moede"),
    ("meetings", "minutes", "referat"),
    ("meetings", "citizens_summary", "referat"),
)


def _plant(db: Connection) -> None:
    words = _Words(db)
    db.execute("create table canaries (word text primary key, case_id text, part text, row text)")

    def planted(case_id: str, part: str, row: str) -> str:
        word = words.new(case_id, part)
        db.execute("insert into canaries values (?, ?, ?, ?)", (word, case_id, part, row))
        return word

    for table, column, part in PLANTED:
        rows = db.execute(f"select id, case_id from {table} order by id").fetchall()
        for id_, case_id in rows:
            word = planted(case_id, part, id_)
            db.execute(f"update {table} set {column} = ? where id = ?", (word, id_))
    for person, case_id, role in db.execute(
        "select person_id, case_id, role from parties order by case_id, person_id"
    ).fetchall():
        word = planted(case_id, "borger" if role == "borger" else "paaroerende", person)
        note = planted(case_id, "sikkerhed", person)
        db.execute(
            "update persons set name = ?, safety_note = ? where id = ?", (word, note, person)
        )
    _plant_plans(db, planted)


def _plant_plans(db: Connection, planted) -> None:
    """Each goal and effort has one word, wherever it is told."""
    from engine.domain import plan

    told: dict[tuple[str, str], str] = {}
    for id_, case_id, text in db.execute("select id, case_id, content from plans").fetchall():
        content = json.loads(text)
        for kind, part in (("maal", "maal"), ("indsatser", "indsats")):
            for row in content[kind]:
                key = (case_id, row["noegle"])
                if key not in told:
                    told[key] = planted(case_id, part, row["noegle"])
                row["titel"] = told[key]
        for name in ("samlet_situation", "halv_side", "borgerens_holdning"):
            content[name] = planted(case_id, "plantekst", id_)
        db.execute(
            "update plans set content = ?, content_hash = ? where id = ?",
            (json.dumps(content), plan._hash(content), id_),
        )
    for table, column in (("goals", "own_words"), ("efforts", "title")):
        for id_, case_id, key in db.execute(f"select id, case_id, key from {table}").fetchall():
            if (case_id, key) in told:
                word = told[case_id, key]
                db.execute(f"update {table} set {column} = ? where id = ?", (word, id_))


def opened(file: Path) -> Store:
    """The world's copy as the site uses it, without waiting for the disk."""
    return quick(file)


def connected(file: Path) -> Connection:
    """The rows without the site. One library alone may hold a file: two would lose its locks."""
    return sqlite3.connect(file)


def copied(file: Path, onto: Path) -> None:
    """Put everything back as it was, under a site that is running."""
    source, target = connected(file), connected(onto)
    source.backup(target)
    source.close()
    target.close()
