"""Stories are played, or lived up to now in a demonstration."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import DATABASE, JSON, NotADemo, a_file
from engine.console import database_url, ending_tidily, is_demo, opened, print_json, say

if TYPE_CHECKING:
    from engine.scenarios import Played


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=a_file,
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


@click.command()
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
