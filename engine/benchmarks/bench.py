"""What the measurements share: a furnished database, a stopwatch, a count of statements."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sqlalchemy import event, make_url

from engine import diagrams, municipality, schema
from engine.settings import enter_demo, settings
from engine.store import Store, beside

HERE = Path(__file__).parent
FOLLOW_UP, COURSE, BUSY = "opfoelgning_maaling", "forloeb_maaling", "travl_maaling"
#: Somebody who works the queue of the bench diagrams.
WORKER = "sagsbehandler-kui"


@contextmanager
def furnished(database_url: str | None) -> Iterator[Store]:
    """A database of its own beside the one named: the demo municipality, what is shipped, and ours."""
    enter_demo()
    files = diagrams.shipped() | {
        file.name: file.read_bytes()
        for file in sorted(HERE.iterdir())
        if file.suffix in (".bpmn", ".form")
    }
    with _own_database(database_url) as store:
        schema.create(store)
        store.write(municipality.load)
        store.write(
            lambda session: diagrams.deploy(
                session, files, by="procesejer-1", demo=True, accept_warnings=True
            )
        )
        yield store


@contextmanager
def _own_database(database_url: str | None) -> Iterator[Store]:
    url = make_url(database_url or settings().database_url)
    if url.get_backend_name() == "postgresql":
        with beside(url) as store:
            yield store
        return
    # Beside the real one, so that it is written to the same disk.
    folder = Path(url.database or ".").resolve().parent
    with tempfile.TemporaryDirectory(
        prefix="overligger-bench-", dir=folder if folder.is_dir() else None
    ) as place:
        store = Store(f"sqlite:///{place}/bench.db")
        try:
            yield store
        finally:
            store.close()


@dataclass
class Count:
    """What reached the database."""

    statements: int = 0
    commits: int = 0


@contextmanager
def counting(store: Store) -> Iterator[Count]:
    """Count statements (BEGIN included, COMMIT apart) and commits inside the block."""
    count = Count()

    def statement(*_: object) -> None:
        count.statements += 1

    def commit(_: object) -> None:
        count.commits += 1

    event.listen(store.engine, "before_cursor_execute", statement)
    event.listen(store.engine, "commit", commit)
    try:
        yield count
    finally:
        event.remove(store.engine, "before_cursor_execute", statement)
        event.remove(store.engine, "commit", commit)


@dataclass
class Stopwatch:
    """Milliseconds of each run of something."""

    runs: list[float] = field(default_factory=list)

    def time(self, act: Callable[[], object]) -> None:
        began = time.perf_counter()
        act()
        self.runs.append((time.perf_counter() - began) * 1000)

    @property
    def median_ms(self) -> float:
        return round(median(self.runs), 3)

    @property
    def max_ms(self) -> float:
        return round(max(self.runs), 3)
