"""The options that several commands take."""

from __future__ import annotations

from pathlib import Path

import click

from engine.errors import Refused

DATABASE = click.option(
    "--database", metavar="URL", help="SQLite or PostgreSQL; else OVERLIGGER_DATABASE_URL."
)
JSON = click.option("--json", "as_json_", is_flag=True, help="Machine-readable, alone on stdout.")


def a_file(_context: click.Context, _param: click.Parameter, paths: tuple[Path, ...]):
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
    callback=a_file,
)
#: `check` alone asks no database unless one is named.
AGAINST = click.option(
    "--database", metavar="URL", help="Check against this; else the demo municipality as shipped."
)


class NotADemo(Refused):
    """Databasen har sager og er ikke en demonstration. Brug --database med en anden, eller kør overligger init uden --demo."""
