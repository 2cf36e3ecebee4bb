"""The command line: overligger init | check | deploy | play | audit | bench | docs.

JSON stands alone on stdout; everything else goes to stderr. Exit 0 is well, 1 is a fault found,
2 is a bad argument.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from engine.errors import Broken, Refused
from engine.settings import enter_demo, settings
from engine.store import Store, as_json

DATABASE = click.option(
    "--database", metavar="URL", help="SQLite or PostgreSQL; else OVERLIGGER_DATABASE_URL."
)
JSON = click.option("--json", "as_json_", is_flag=True, help="Machine-readable, alone on stdout.")
PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="overligger")
def main() -> None:
    """Overligger: one plan above the sector plans, and a process that never drops a case."""


@main.command()
@click.option("--demo", is_flag=True, help="Load the demo municipality and mark the database.")
@DATABASE
def init(demo: bool, database: str | None) -> None:
    """Create or upgrade the database. May be run again at any time."""
    from engine import municipality, schema
    from engine.diagrams import deploy
    from engine.domain import organisation
    from engine.scenarios.world import shipped

    with opened(database) as store:
        schema.upgrade(store)
        if demo:
            enter_demo()
            store.write(municipality.load)
            store.write(lambda session: organisation.change_setting(session, "demo", True))
            store.write(
                lambda session: deploy(
                    session, shipped(), by="procesejer-1", demo=True, accept_warnings=True
                )
            )
        say(f"Databasen er klar: {store.url.render_as_string(hide_password=True)}")


@main.command()
@PATHS
@JSON
@DATABASE
def check(paths: tuple[Path, ...], as_json_: bool, database: str | None) -> None:
    """Lint diagrams, tables and forms, taken together, as they would be deployed."""
    from engine import diagrams

    findings = diagrams.check_paths(paths, database)
    report(findings, as_json_)
    sys.exit(1 if any(finding.severity == "error" for finding in findings) else 0)


@main.command()
@PATHS
@click.option("--accept-warnings", is_flag=True, help="Deploy although there are warnings.")
@click.option("--by", default="procesejer-1", help="The user who deploys.")
@JSON
@DATABASE
def deploy(
    paths: tuple[Path, ...], accept_warnings: bool, by: str, as_json_: bool, database: str | None
) -> None:
    """Check and deploy diagrams, tables and forms: all of them or none."""
    from engine import diagrams

    with opened(database) as store:
        demo = is_demo(store)
        files = diagrams.read_files(paths)
        try:
            store.write(
                lambda session: diagrams.deploy(
                    session, files, by=by, demo=demo, accept_warnings=accept_warnings
                )
            )
        except diagrams.DeployRefused as refusal:
            report(refusal.findings, as_json_)
            say(str(refusal))
            sys.exit(1)
        report([], as_json_)
        say(f"{len(files)} filer er taget i brug.")


@main.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@JSON
@DATABASE
def play(files: tuple[Path, ...], as_json_: bool, database: str | None) -> None:
    """Play scenario files, each in a database of its own, under a virtual clock."""
    from engine import scenarios
    from engine.scenarios import timeline

    results, ok = [], True
    with scenarios.stage(database) as stage:
        for file in files:
            try:
                played = scenarios.play(scenarios.read(file), stage)
            except scenarios.BadScenario as error:
                ok = False
                results.append(_unreadable(file, error))
                say(f"✘ {error}")
                continue
            ok = ok and played.ok
            results.append(_played(file, played))
            if not as_json_:
                timeline.show(played)
    if as_json_:
        print_json(results)
    else:
        well = sum(result["ok"] for result in results)
        say(f"\n{well} af {len(results)} scenarier gik som fortalt.")
    sys.exit(0 if ok else 1)


def _unreadable(file: Path, error: Exception) -> dict[str, Any]:
    failure = {"step": 0, "path": "file", "expected": "a scenario", "actual": str(error)}
    return {"scenario": None, "file": str(file), "ok": False, "steps": [], "failures": [failure]}


def _played(file: Path, played: Any) -> dict[str, Any]:
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


@main.group()
def audit() -> None:
    """The trail."""


@audit.command()
@click.option("--case", "nummer", metavar="NUMMER", help="One case; else all of them.")
@JSON
@DATABASE
def verify(nummer: str | None, as_json_: bool, database: str | None) -> None:
    """Recompute the hash chains."""
    from engine import events
    from engine.domain import cases

    with opened(database) as store, store.reading() as session:
        case_id = cases.by_number(session, nummer).id if nummer else None
        result = events.verify(session, case_id)
    if as_json_:
        print_json(result)
    elif result["ok"]:
        say(f"{result['events']} hændelser i {result['cases']} sager: kæderne holder.")
    else:
        say(f"Kæden er brudt: {result['first_bad']}")
    sys.exit(0 if result["ok"] else 1)


@main.group()
def bench() -> None:
    """Measure, on a real database file (or --database URL), in one run."""


@bench.command()
@click.option("--rounds", default="1,10,100,1000", show_default=True, metavar="N,N,…")
@JSON
@DATABASE
def steps(rounds: str, as_json_: bool, database: str | None) -> None:
    """The cost of completing one follow-up after so many rounds of it."""
    from engine import benchmarks

    show_figures(benchmarks.steps(database, numbers(rounds)), as_json_)


@bench.command()
@click.option("--cases", default=200, show_default=True)
@JSON
@DATABASE
def start(cases: int, as_json_: bool, database: str | None) -> None:
    """The cost of opening a case."""
    from engine import benchmarks

    show_figures(benchmarks.start(database, cases), as_json_)


@bench.command()
@click.option("--waiting", default=100_000, show_default=True)
@JSON
@DATABASE
def timers(waiting: int, as_json_: bool, database: str | None) -> None:
    """The cost of finding what is due among so many waiting timers."""
    from engine import benchmarks

    show_figures(benchmarks.timers(database, waiting), as_json_)


@bench.command()
@click.option("--clients", default=8, show_default=True)
@JSON
@DATABASE
def contention(clients: int, as_json_: bool, database: str | None) -> None:
    """Several clients at work on one case at once."""
    from engine import benchmarks

    show_figures(benchmarks.contention(database, clients), as_json_)


@main.command()
@click.argument("target", default="docs/processes.md", type=click.Path(path_type=Path))
def docs(target: Path) -> None:
    """Write the page that lists every process, generated from the diagrams."""
    from engine import diagrams
    from engine.scenarios.world import shipped

    target.write_text(diagrams.describe(shipped()), encoding="utf-8")
    say(f"{target} er skrevet.")


# --- what the commands share ---------------------------------------------------------------------


@contextmanager
def opened(database: str | None) -> Iterator[Store]:
    """The store of that URL, or of the settings; its folder is made where it is missing."""
    try:
        url = make_url(database or settings().database_url)
    except ArgumentError as error:
        raise click.BadParameter(
            "is no database URL", param_hint="--database / OVERLIGGER_DATABASE_URL"
        ) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise click.BadParameter("must be SQLite or PostgreSQL", param_hint="--database")
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    store = Store(url)
    try:
        yield store
    except (Refused, Broken) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(
            f"Databasen svarer ikke, eller den er ikke sat op (kør overligger init): {error.orig}"
        ) from error
    finally:
        store.close()


def is_demo(store: Store) -> bool:
    """Whether `init --demo` marked the database."""
    from engine.domain import organisation

    with store.reading() as session:
        demo = organisation.setting(session, "demo", False)
    if demo:
        enter_demo()
    return demo


def numbers(text: str) -> list[int]:
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(
            "whole numbers with commas between", param_hint="--rounds"
        ) from error
    if any(number < 1 for number in found):
        raise click.BadParameter("numbers from 1 up", param_hint="--rounds")
    return found


def report(findings: list, as_json_: bool) -> None:
    """Findings as JSON alone on stdout, or as lines for people."""
    if as_json_:
        print_json([_finding(finding) for finding in findings])
        return
    for finding in findings:
        mark = "✘" if finding.severity == "error" else "!"
        click.echo(f"{mark} {finding.file} · {finding.element or '—'} · {finding.rule}")
        click.echo(f"    {finding.message}")
        if finding.action:
            click.echo(f"    → {finding.action}")
    errors = sum(finding.severity == "error" for finding in findings)
    say(f"{errors} fejl, {len(findings) - errors} advarsler.")


def _finding(finding: Any) -> dict[str, Any]:
    keys = ("file", "element", "severity", "rule", "message", "action")
    return {key: getattr(finding, key) for key in keys}


def show_figures(figures: Any, as_json_: bool) -> None:
    if as_json_:
        print_json(figures)
        return
    for row in figures if isinstance(figures, list) else [figures]:
        click.echo("  ".join(f"{name} {value}" for name, value in row.items()))


def print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, default=as_json, option=orjson.OPT_INDENT_2).decode())


def say(text: str) -> None:
    click.echo(text, err=True)
