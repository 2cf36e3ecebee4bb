"""A small unit with three people, and the test diagrams beside this file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, select

from engine import audit, casework, clock, diagrams, events
from engine.domain.cases import Case
from engine.domain.organisation import Role, Unit, User
from engine.instances import UNFINISHED, Instance, WorkItem
from engine.services import service
from engine.store import Store
from tests import postgres, warm
from tests.conftest import DATABASES, copied_on

HERE = Path(__file__).parent
STARTED = datetime(2026, 1, 5, 9)
#: What the test services have done and shall do; emptied before each test.
heard: list[tuple] = []
plan: dict[str, object] = {}


def _act(name: str, context, values: dict):
    heard.append((name, context.job_id is not None, values))
    todo = plan.get(name)
    return todo(context, values) if callable(todo) else todo


@service("proeve_lytter")
def listener(context, **values):
    """Prøvens lytter."""
    return _act("lytter", context, values)


@service("proeve_straks")
def at_once(context, **values):
    """Prøvens tjeneste i skridtet."""
    return _act("straks", context, values)


@service("proeve_senere")
def later(context, **values):
    """Prøvens tjeneste som job."""
    return _act("senere", context, values)


def deploy(session, folder: Path = HERE) -> None:
    """Put the folder's diagrams and forms into use."""
    files = {
        file.name: file.read_bytes()
        for file in sorted(folder.iterdir())
        if file.suffix in (".bpmn", ".form")
    }
    files["frister.dmn"] = diagrams.shipped()["frister.dmn"]
    diagrams.deploy(session, files, by="leder", demo=True, accept_warnings=True)


def furnish(session) -> None:
    """KUI with two caseworkers and a leader; JOB with one; everything deployed."""
    session.add_all(
        [Unit(code="KUI", name="Kommunal ungeindsats"), Unit(code="JOB", name="Jobcenter")]
    )
    session.flush()
    for username, unit, role in (
        ("anna", "KUI", "sagsbehandler"),
        ("bo", "KUI", "sagsbehandler"),
        ("leder", "KUI", "leder"),
        ("job", "JOB", "sagsbehandler"),
    ):
        session.add(User(username=username, name=username.title()))
        session.flush()
        session.add(Role(username=username, unit=unit, role=role))
    deploy(session)


@pytest.fixture(scope="session")
def furnished_file(sqlite_template, tmp_path_factory) -> Path:
    """A SQLite file of the unit, made once."""
    file = tmp_path_factory.mktemp("casework") / "furnished.db"
    shutil.copyfile(sqlite_template, file)
    _furnish_at(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def furnished_database(postgres_server, postgres_template) -> Iterator[str]:
    """The name of a PostgreSQL database of the unit, made once."""
    with postgres.database(postgres_server, postgres_template) as url:
        _furnish_at(url)
        yield url.database


def _furnish_at(url: str | URL) -> None:
    store = Store(url)
    with clock.travelling(STARTED):
        store.write(furnish)
    store.close()


@pytest.fixture(params=DATABASES)
def world(request):
    """The furnished store with verbs for tests: `open`, `task`, `tasks`, `kinds`, `later`."""
    heard.clear()
    plan.clear()
    templates = "furnished_file", "furnished_database"
    with copied_on(request.param, request, *templates) as url, clock.travelling(STARTED) as virtual:
        store = warm.store(url)
        yield World(store, virtual)
        store.close()


class World:
    def __init__(self, store, virtual_clock):
        self.store, self.clock = store, virtual_clock
        self.heard, self.plan = heard, plan

    def open(self, process: str, by: str = "anna", **how) -> str:
        return casework.open_case(self.store, process, by=by, **how)

    def tasks(self, nummer: str | None = None) -> list[WorkItem]:
        query = select(WorkItem).join(Case, Case.id == WorkItem.case_id)
        query = query.where(WorkItem.state.in_(UNFINISHED)).order_by(WorkItem.created_at)
        if nummer is not None:
            query = query.where(Case.nummer == nummer)
        return self.rows(query)

    def task(self, nummer: str | None = None) -> WorkItem:
        (task,) = self.tasks(nummer)
        return task

    def due(self) -> None:
        """Move to when something next happens by itself, and let it happen."""
        from engine import jobs

        with self.store.reading() as session:
            at = jobs.next_due(session)
        self.clock.move_to(max(at, clock.now()))
        casework.run_due(self.store)

    def rows(self, query) -> list:
        with self.store.reading() as session:
            found = list(session.scalars(query))
            session.expunge_all()
        return found

    def row(self, query):
        (found,) = self.rows(query)
        return found

    def case(self, nummer: str) -> Case:
        return self.row(select(Case).where(Case.nummer == nummer))

    def instance(self, nummer: str) -> Instance:
        return self.row(select(Instance).where(Instance.case_id == self.case(nummer).id))

    def events(self, nummer: str) -> list[events.Event]:
        query = select(events.Event).where(events.Event.case_id == self.case(nummer).id)
        return self.rows(query.order_by(events.Event.seq))

    def kinds(self, nummer: str) -> list[str]:
        return [event.kind for event in self.events(nummer)]

    def verify(self) -> dict:
        with self.store.reading() as session:
            return audit.verify(session)
