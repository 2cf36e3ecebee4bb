"""Diagrams, tables and forms are checked, taken into use, and described."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from engine.cli.options import AGAINST, DATABASE, JSON, PATHS
from engine.console import Wrong, is_demo, opened, report, say


@click.command()
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


@click.command()
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


@click.command()
@click.argument("target", default="docs/processes.md", type=click.Path(path_type=Path))
def docs(target: Path) -> None:
    """Write the page that lists every process, generated from the diagrams."""
    from engine import diagrams

    target.write_text(diagrams.describe(diagrams.shipped()), encoding="utf-8")
    say(f"{target} er skrevet.")
