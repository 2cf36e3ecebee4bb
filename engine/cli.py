"""The command line: overligger init | check | deploy | play | audit | bench | docs.

JSON stands alone on stdout; everything else goes to stderr. Exit 0 is well, 1 is a fault found,
2 is a bad argument. `docs/howto/cli.md` tells them one by one.
"""

from __future__ import annotations

import getpass
import hashlib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.console import (
    Commands,
    Numbers,
    Wrong,
    database_url,
    ending_tidily,
    is_demo,
    opened,
    print_json,
    report,
    say,
    show_figures,
    shown,
)
from engine.errors import Refused
from engine.settings import enter_demo

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.scenarios import Played
    from engine.store import Store

DATABASE = click.option(
    "--database", metavar="URL", help="SQLite or PostgreSQL; else OVERLIGGER_DATABASE_URL."
)
JSON = click.option("--json", "as_json_", is_flag=True, help="Machine-readable, alone on stdout.")


def _regular(_context: click.Context, _param: click.Parameter, paths: tuple[Path, ...]):
    """A pipe or a device may never end, and is no diagram."""
    for path in paths:
        if not path.is_dir() and not path.is_file():
            raise click.BadParameter(f"{path} er hverken en fil eller en mappe.")
    return paths


PATHS = click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    callback=_regular,
)
AT_LEAST_ONE = click.IntRange(min=1)
#: `check` alone asks no database unless one is named.
AGAINST = click.option(
    "--database", metavar="URL", help="Check against this; else the demo municipality as shipped."
)


class NotADemo(Refused):
    """Databasen har sager og er ikke en demonstration. Brug --database med en anden, eller kør overligger init uden --demo."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="overligger")
def main() -> None:
    """Overligger: one plan above the sector plans, and a process that never drops a case."""


@main.command()
@click.option("--demo", is_flag=True, help="Load the demo municipality and mark the database.")
@DATABASE
def init(demo: bool, database: str | None) -> None:
    """Create or upgrade the database. May be run again at any time."""
    from alembic.util import CommandError

    from engine import schema

    with opened(database, make=True) as store:
        try:
            schema.upgrade(store)
        except CommandError as error:
            told = f"Databasen kan ikke bringes op til denne udgave: {error}"
            raise Wrong(told) from error
        if demo:
            _make_demo(store)
        say(f"Databasen er klar: {shown(store.url)}")


def _make_demo(store: Store) -> None:
    """The demo municipality and what is shipped, brought up to date; the database marked."""
    from sqlalchemy import func, select

    from engine import diagrams, municipality
    from engine.casework.rights import SYSTEM
    from engine.domain import passwords
    from engine.domain.cases import Case

    with store.reading() as session:
        used = session.scalar(select(func.count()).select_from(Case)) > 0
    if used and not is_demo(store):
        raise NotADemo
    enter_demo()
    store.write(municipality.load)
    store.write(passwords.give_demo)
    store.write(_mark_demo)
    files = _news(store, SYSTEM)
    if files:
        store.write(
            lambda session: diagrams.deploy(
                session, files, by=SYSTEM, demo=True, accept_warnings=True
            )
        )
    say(f"{len(files)} diagrammer, tabeller og formularer er taget i brug.")


def _mark_demo(session: Session) -> None:
    from engine import events
    from engine.domain import organisation

    if organisation.setting(session, "demo") is not True:
        organisation.change_setting(session, "demo", True)
        facts = {"name": "demo", "value": True}
        events.record_system(session, events.Entry("setting_changed", events.SYSTEM, facts=facts))


def _news(store: Store, shipper: str) -> dict[str, bytes]:
    """Shipped files that are new here. What somebody has changed since stays as it is."""
    from sqlalchemy import select

    from engine import diagrams
    from engine.files import identity

    with store.reading() as session:
        known = list(session.scalars(select(diagrams.Definition)))
    current = {(row.kind, row.key): row for row in known if row.current}
    seen = {(row.kind, row.key, row.checksum) for row in known}

    def is_news(file: str, data: bytes) -> bool:
        checksum, row = hashlib.sha256(data).hexdigest(), current.get(identity(file))
        if row is None or row.checksum == checksum:
            return row is None
        return row.deployed_by == shipper or (row.kind, row.key, checksum) not in seen

    return {file: data for file, data in diagrams.shipped().items() if is_news(file, data)}


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@DATABASE
def serve(host: str, port: int, database: str | None) -> None:
    """Serve the site, and do what is due meanwhile."""
    from web import serving

    with opened(database) as store:
        demo = is_demo(store)

        def ready() -> None:
            say(f"Åbn http://{host}:{port}/ i din browser. Stop med Ctrl C.")
            if demo:
                say(
                    "Log på som fx koordinator-1, sagsbehandler-job eller leder-kui; adgangskoden er fiktivby."
                )

        serving.serve(store, host, port, ready)


@main.command()
@PATHS
@JSON
@AGAINST
def check(paths: tuple[Path, ...], as_json_: bool, database: str | None) -> None:
    """Lint diagrams, tables and forms, taken together, as they would be deployed."""
    from engine import files

    # A hostile file is refused before the database layer and the domain are loaded.
    findings = files.given_up(files.read(files.read_files(paths)))
    if not findings:
        from engine import diagrams

        if database is None:
            findings = diagrams.check_paths(paths)
        else:
            with opened(database) as store:
                findings = diagrams.check_paths(paths, store.url)
        if not findings and not files.read_files(paths):
            say("Der er intet at kontrollere: ingen .bpmn, .dmn eller .form i det, der er nævnt.")
    report(findings, as_json_)
    sys.exit(1 if any(finding.severity == "error" for finding in findings) else 0)


@main.command()
@PATHS
@click.option("--accept-warnings", is_flag=True, help="Deploy although there are warnings.")
@click.option(
    "--by", metavar="USER", help="The process owner or administrator who deploys; else you."
)
@JSON
@DATABASE
def deploy(
    paths: tuple[Path, ...],
    accept_warnings: bool,
    by: str | None,
    as_json_: bool,
    database: str | None,
) -> None:
    """Check and deploy diagrams, tables and forms: all of them or none."""
    from engine import diagrams
    from engine.domain import organisation

    with opened(database) as store:
        demo = is_demo(store)
        if by is not None:
            with store.reading() as session:
                organisation.user(session, by)
        files = diagrams.read_files(paths)
        if not files:
            raise Wrong("Der er ingen diagrammer, tabeller eller formularer i det, der er nævnt.")
        try:
            made = store.write(
                lambda session: diagrams.deploy(
                    session,
                    files,
                    by=by or _deployer(demo),
                    demo=demo,
                    accept_warnings=accept_warnings,
                )
            )
        except diagrams.DeployRefused as refusal:
            report(refusal.findings, as_json_)
            say(str(refusal))
            sys.exit(1)
        report([diagrams.Finding(**finding) for finding in made.warnings], as_json_)
        with store.reading() as session:
            new = diagrams.brought(session, made)
        say(_taken_into_use(new, len(files)))


def _taken_into_use(new: int, given: int) -> str:
    if not new:
        return f"Intet er ændret: alle {given} filer er i brug i forvejen."
    same = "" if new == given else f" {given - new} var i brug i forvejen."
    return f"{new} nye eller ændrede filer er taget i brug.{same}"


def _deployer(demo: bool) -> str:
    """Who deploys where nobody is named: in a demo its process owner, else whoever is at work."""
    if demo:
        return "procesejer-1"
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "system"


@main.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_regular,
)
@JSON
@DATABASE
def play(files: tuple[Path, ...], as_json_: bool, database: str | None) -> None:
    """Play scenario files, each in a database of its own, under a virtual clock."""
    from engine import scenarios
    from engine.scenarios import timeline

    # The story tells of its own incidents; the log would tell them again, with every try.
    logging.getLogger("engine.casework").setLevel(logging.ERROR)
    url = database_url(database) if database else None
    results = []
    with ending_tidily(), scenarios.stage(url) as stage:
        for file in files:
            try:
                played = scenarios.play(scenarios.read(file), stage)
            except (scenarios.BadScenario, OSError) as error:
                results.append(_unreadable(file, error))
                say(f"✘ {error}")
                continue
            results.append(_played(file, played))
            if not as_json_:
                timeline.show(played)
    well = sum(result["ok"] for result in results)
    if as_json_:
        print_json(results)
    say(f"\n{well} af {len(results)} scenarier gik som fortalt.")
    sys.exit(0 if well == len(results) else 1)


def _unreadable(file: Path, error: Exception) -> dict[str, Any]:
    failure = {"step": 0, "path": "file", "expected": "et scenarie", "actual": str(error)}
    return {"scenario": None, "file": str(file), "ok": False, "steps": [], "failures": [failure]}


def _played(file: Path, played: Played) -> dict[str, Any]:
    from engine import clock

    return {
        "scenario": played.story.title,
        "file": str(file),
        "ok": played.ok,
        "steps": [
            {
                "n": line.n,
                "at": clock.local(line.at).isoformat(timespec="minutes"),
                "by": line.by,
                "kind": line.kind,
                "element": line.element,
                "text": line.text,
            }
            for line in played.told
        ],
        "failures": [vars(failure) for failure in played.failures],
    }


@main.command()
@click.argument("stories", nargs=-1, required=True, metavar="FILE[:STEPS]…")
@DATABASE
def fill(stories: tuple[str, ...], database: str | None) -> None:
    """Play stories, or their first steps, into a demonstration without cases, up to now."""
    from sqlalchemy import func, select

    from engine import casework
    from engine.domain.cases import Case
    from engine.scenarios import filling

    logging.getLogger("engine.casework").setLevel(logging.ERROR)
    with opened(database) as store:
        if not is_demo(store):
            raise NotADemo
        with store.reading() as session:
            if session.scalar(select(func.count()).select_from(Case)):
                say("Demonstrationen har allerede sager; der lægges ikke flere ind.")
                return
        for told in stories:
            name, _, steps = (
                told.rpartition(":") if told.rpartition(":")[2].isdigit() else (told, "", "")
            )
            failures = filling.fill(store, Path(name), int(steps) if steps else None)
            say(f"{'✘' if failures else '✔'} {Path(name).name}")
            for failure in failures:
                say(f"  trin {failure.step} {failure.path}: {failure.expected} ≠ {failure.actual}")
        casework.arm(store)
        casework.run_due(store)


@main.group()
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


@main.group()
def bench() -> None:
    """Measure, on a real database file (or --database URL), in one run."""


@bench.command()
@click.option("--rounds", default="1,10,100,1000", show_default=True, type=Numbers())
@JSON
@DATABASE
def steps(rounds: list[int], as_json_: bool, database: str | None) -> None:
    """The cost of completing one follow-up after so many rounds of it."""
    from engine import benchmarks

    show_figures(benchmarks.steps(_measured(database), rounds), as_json_)


@bench.command()
@click.option("--cases", default=200, show_default=True, type=AT_LEAST_ONE)
@JSON
@DATABASE
def start(cases: int, as_json_: bool, database: str | None) -> None:
    """The cost of opening a case."""
    from engine import benchmarks

    show_figures(benchmarks.start(_measured(database), cases), as_json_)


@bench.command()
@click.option("--waiting", default=100_000, show_default=True, type=AT_LEAST_ONE)
@JSON
@DATABASE
def timers(waiting: int, as_json_: bool, database: str | None) -> None:
    """The cost of finding what is due among so many waiting timers."""
    from engine import benchmarks

    show_figures(benchmarks.timers(_measured(database), waiting), as_json_)


@bench.command()
@click.option("--clients", default=8, show_default=True, type=AT_LEAST_ONE)
@JSON
@DATABASE
def contention(clients: int, as_json_: bool, database: str | None) -> None:
    """Several clients at work on one case at once."""
    from engine import benchmarks

    show_figures(benchmarks.contention(_measured(database), clients), as_json_)


@bench.command()
@click.option("--tasks", default=100_000, show_default=True, type=click.IntRange(min=1000))
@JSON
@DATABASE
def inbox(tasks: int, as_json_: bool, database: str | None) -> None:
    """What the inbox, the bell and the mails cost among so many open tasks of 200 units."""
    from engine import benchmarks
    from web.measured import opener

    found = benchmarks.inbox(_measured(database), tasks, opener)
    lines = [{"asked": name, **cost} for name, cost in found["asked"].items()]
    show_figures(found if as_json_ else lines, as_json_)


def _measured(database: str | None) -> str:
    """The address to measure beside, checked."""
    return database_url(database).render_as_string(hide_password=False)


@main.command()
@click.argument("target", default="docs/processes.md", type=click.Path(path_type=Path))
def docs(target: Path) -> None:
    """Write the page that lists every process, generated from the diagrams."""
    from engine import diagrams

    target.write_text(diagrams.describe(diagrams.shipped()), encoding="utf-8")
    say(f"{target} er skrevet.")
