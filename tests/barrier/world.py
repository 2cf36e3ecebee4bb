"""The world that the barrier is tried in: real cases, and a canary in every word that may leak."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine import clock, diagrams, drafts, imports
from engine.domain.frame import Frame
from engine.domain.people import Person
from engine.imports.columns import HEADINGS
from engine.instances import UNFINISHED, WorkItem
from engine.saved_views import SavedView
from engine.scenarios.world import _quick as quick
from engine.store import Store
from tests.barrier import adding, planting
from tests.barrier.planting import CANARY, Connection, sqlite3
from tests.web.fiktivby import furnished, played_into

__all__ = ["CANARY", "Connection"]

#: The stories that the cases come from, and how far each is played: up to a moment, or a task.
STORIES = (
    ("s01_mads", datetime(2027, 1, 20, 12)),
    ("s03_hastebevilling", datetime(2026, 12, 10)),
    ("s03_jonas", datetime(2026, 12, 14)),
    ("s03_udskudt", "saet_paa_dagsorden"),
    ("s03_noedvendigt_behov", "anvis_daekning"),
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
GUARDS = (
    "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'budget_entries'"
)
#: What puts the movements of one story on a line of their own.
OLDER = (
    "insert into budget_lines (line, name, year, unit, total, reserved, committed, spent)"
    " select :moved, name, :year, unit, total, reserved, committed, spent"
    " from budget_lines where line = :line",
    "update budget_entries set line = :moved where line = :line and case_id is not null",
    "update budget_lines set reserved = 0, committed = 0, spent = 0 where line = :line",
)


def build(file: Path, furnished_file: Path | None = None) -> Path:
    """Play the stories into a new database and plant the canaries; the file."""
    if furnished_file is not None:
        shutil.copyfile(furnished_file, file)
    store = quick(file)
    if furnished_file is None:
        furnished(store)
    for number, (story, end) in enumerate(STORIES):
        played_into(store, story, **{"before" if isinstance(end, str) else "until": end})
        store.write(_strangers)
        store.write(partial(_spent, year=2000 + number))
    with clock.travelling(NOW):
        store.write(adding.everything)
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


def _spent(session: Session, year: int) -> None:
    """The next story finds the shared budget untouched: what this one moved lies on an older line."""
    named = {"line": "faelles-2026", "moved": f"faelles-{year}", "year": year}
    moves = "from budget_entries where line = :line and case_id is not null"
    if session.scalar(text(f"select count(*) {moves}"), named) == 0:
        return
    guards = list(session.execute(text(GUARDS)))
    for name, _ in guards:
        session.execute(text(f"drop trigger {name}"))
    for act in OLDER:
        session.execute(text(act), named)
    for _, guard in guards:
        session.execute(text(guard))


def _brought_in(store: Store) -> None:
    """One case brought in by a spreadsheet, and a further file that is only tried."""
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
