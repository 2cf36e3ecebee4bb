"""The world that the barrier is tried in: real cases, and a canary in every word that may leak."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, diagrams, drafts, imports
from engine.domain import documents
from engine.domain.cases import Case
from engine.domain.efforts import Effort, Obstacle
from engine.domain.escalation import Application
from engine.domain.frame import Frame
from engine.domain.meetings import Invitee, Meeting
from engine.domain.notes import Note
from engine.domain.obligations import Participation
from engine.domain.people import Person
from engine.imports.columns import HEADINGS
from engine.instances import UNFINISHED, WorkItem
from engine.saved_views import SavedView
from engine.scenarios.world import _quick as quick
from engine.store import Store, new_id
from tests.barrier import planting
from tests.barrier.planting import CANARY, Connection, sqlite3
from tests.web.fiktivby import furnished, played_into

__all__ = ["CANARY", "Connection"]

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
    ("s10_aaben_klage_spaerrer", None),
    ("uden_samtykke_med_hjemmel", None),
    ("model_b_over_graensen", None),
)
NOW = datetime(2027, 1, 20, 12, tzinfo=clock.COPENHAGEN)
#: Who brings in running cases, and the citizen of a file that is only tried.
IMPORTER, FILED = "administrator", "kanari98import1"
BROUGHT_IN = {
    "system": "Gammelsag",
    "birth_date": "01-02-1990",
    "unit": "JOB",
    "coordinator": "koordinator-1",
    "accepted_on": "03-11-2025",
    "goal": "Jeg vil have et sted at bo",
    "owed_unit": "BOL",
    "owed_does": "Finder en bolig",
}
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
        store.write(_strangers)
    store.write(_papers)
    _brought_in(store)
    typed = store.write(_typed)
    store.close()
    plain = connected(file)
    plain.execute("pragma wal_checkpoint(truncate)")
    planting.plant(plain, [*typed, (FILED, None, "import", IMPORTER)])
    plain.commit()
    plain.close()
    return file


def _strangers(session: Session) -> None:
    """The next story is of other people, whatever it calls them: it joins none of the cases so far."""
    for person in session.scalars(select(Person).where(Person.cpr_index.is_not(None))):
        person.cpr_index = person.id


def _papers(session: Session) -> None:
    """Notes, documents, an application and a meeting on every case, by several people near it."""
    for effort in session.scalars(select(Effort)):
        told = {"reported_by": "koordinator-1", "reported_on": date(2027, 1, 4)}
        session.add(Obstacle(effort_id=effort.id, cause="En hindring", **told))
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
        refused = {"unit": "MIS", "declined_because": "Ingen tid", "answered_by": writers[0]}
        session.add(Participation(case_id=case.id, answered_at=clock.now(), **refused))
        for part in DOCUMENT_PARTS:
            unit = "MIS" if part == "notater" else None
            content = b"indhold"
            documents.add(session, case, new_id(), "Dokument", content, writers[0], part, unit=unit)
        told = ("what", "why_beyond", "goals", "alternatives", "consequence", "citizens_view")
        session.add(
            Application(
                case_id=case.id,
                services=[],
                amount=10_000,
                months=2,
                written_by=writers[1],
                written_at=clock.now(),
                **dict.fromkeys(told, "Tekst"),
            )
        )
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
                    why="Efter aftale",
                )
            )


def _brought_in(store: Store) -> None:
    """One case brought in by a spreadsheet, and a further file that is only tried."""
    with clock.travelling(NOW):
        for number, name in (("G-1", "Frida Fiktiv"), ("G-2", FILED)):
            row = {**BROUGHT_IN, "old_number": number, "name": name}
            lines = (HEADINGS.values(), (row.get(key, "") for key in HEADINGS))
            content = "\n".join(";".join(line) for line in lines).encode("cp1252")
            kept = imports.keep(store, content, "sager.csv", by=IMPORTER)
            if name != FILED:
                imports.choose(store, kept, None, by=IMPORTER)
                assert imports.take(store, kept, by=IMPORTER) == 0


def _typed(session: Session) -> list[tuple[str, str, str, str]]:
    """A draft in every open task that asks for a text, a view put by, and a unit's frame.

    The canaries in the drafts: (word, case, part, task).
    """
    found = []
    session.add(SavedView(username="koordinator-1", name="Min", query="fane=mine", made_at=NOW))
    frame = {"unit": "KUI", "part": "kvalitet", "text": "Ramme", "valid_from": date(2026, 12, 1)}
    session.add(Frame(**frame, decided_by="Chefen", written_by="leder-kui", written_at=NOW))
    for task in session.scalars(select(WorkItem).where(WorkItem.state.in_(UNFINISHED))):
        form = task.form_id and diagrams.form(session, task.release_id, task.form_id)
        texts = (
            [c.key for c in form.components if c.type in ("textfield", "textarea")] if form else []
        )
        if texts:
            word = f"kanari98kladde{len(found) + 1}"
            drafts.put(session, task.id, "fane", {texts[0]: word}, by="koordinator-1")
            found.append((word, task.case_id, "kladde", task.id))
    return found


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
