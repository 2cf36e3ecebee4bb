"""What the commands share: the database they are given, what they print, and errors in one sentence."""

from __future__ import annotations

import errno
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson
from alembic.util import CommandError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from engine.errors import Broken, Refused
from engine.settings import enter_demo, settings
from engine.store import Store, as_json

#: What the two databases say of a table that is not there.
_NO_TABLE = re.compile(
    r"no such (table|column)|relation .* does not exist|column .* does not exist"
)


class Wrong(click.ClickException):
    """A bad argument: one plain sentence, exit 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        say(f"overligger: {self.message}")


class Fault(Wrong):
    """Something was found to be wrong: one plain sentence, exit 1."""

    exit_code = 1


class Commands(click.Group):
    """A group whose errors on purpose end as a sentence, and never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            raise Wrong(_of_database(error, ctx.meta.get(_DATABASE))) from error
        except CommandError as error:
            told = f"Databasen kan ikke bringes op til denne udgave: {error}"
            raise Wrong(told) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read our output has seen enough
            raise Wrong(_of_file(error)) from error
        except (Refused, Broken) as error:
            for finding in getattr(error, "findings", [])[:10]:
                say(f"✘ {finding.file} · {finding.element or '—'} · {finding.message}")
            raise Fault(str(error)) from error


_DATABASE = "overligger.database"


def _of_database(error: DBAPIError, url: URL | None) -> str:
    name = shown(url) if url else ""
    said = str(error.orig).strip().splitlines()
    if _NO_TABLE.search(str(error.orig)):
        return f"Databasen {name} er ikke sat op til denne udgave. Kør overligger init."
    return f"Databasen {name} kan ikke bruges: {said[0] if said else type(error.orig).__name__}"


def _of_file(error: OSError) -> str:
    return f"{error.filename or 'Filen'}: {error.strerror or error}"


def shown(url: URL) -> str:
    """A database's address without its password."""
    return url.render_as_string(hide_password=True)


def database_url(database: str | None) -> URL:
    """The address given, or that of the settings. Raises Wrong for what is none of ours."""
    text = database or settings().database_url
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise Wrong(
            "Det er ingen adresse på en database; skriv sqlite:///fil.db eller postgresql://…"
        ) from error
    if kind not in ("sqlite", "postgresql"):
        raise Wrong(f"Databasen skal være SQLite eller PostgreSQL, ikke {kind}.")
    if kind == "postgresql":
        _need_driver()
    click.get_current_context().find_root().meta[_DATABASE] = url
    return url


def _need_driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise Wrong("PostgreSQL kræver en pakke mere: pip install overligger[postgres].") from error


@contextmanager
def opened(database: str | None, make: bool = False) -> Iterator[Store]:
    """The store of that address; with `make` a SQLite file and its folder may be new."""
    url = database_url(database)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise Wrong("En SQLite-database skal ligge i en fil: sqlite:///fil.db.")
        file = Path(url.database)
        if make:
            file.parent.mkdir(parents=True, exist_ok=True)
        elif not file.is_file():
            raise Wrong(f"Databasen {file} findes ikke. Kør overligger init.")
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def is_demo(store: Store) -> bool:
    """Whether `init --demo` marked the database; then this process serves a demonstration."""
    from engine.domain import organisation

    with store.reading() as session:
        demo = bool(organisation.setting(session, "demo", False))
    if demo:
        enter_demo()
    return demo


class Numbers(click.ParamType):
    """Whole numbers from 1 up, with commas between."""

    name = "N,N,…"

    def convert(self, value: Any, param: Any, ctx: Any) -> list[int]:
        if isinstance(value, list):
            return value
        try:
            found = [int(part) for part in value.split(",")]
        except ValueError:
            found = []
        if not found or min(found) < 1:
            self.fail(f"{value!r} er ikke hele tal fra 1 og op med komma imellem", param, ctx)
        return found


@contextmanager
def ending_tidily() -> Iterator[None]:
    """Clean up on a polite kill too: what was made for a while goes away."""

    def end(*_: object) -> None:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
    """Measurements as JSON, or a line each."""
    if as_json_:
        print_json(figures)
        return
    for row in figures if isinstance(figures, list) else [figures]:
        click.echo("  ".join(f"{name} {value}" for name, value in row.items()))


def print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, default=as_json, option=orjson.OPT_INDENT_2).decode())


def say(text: str) -> None:
    """To people, on stderr: stdout is for what was asked for."""
    click.echo(text, err=True)
