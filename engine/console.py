"""What the commands share: the database they are given, what they print, and errors in one sentence.

Heavy libraries are imported where they are used: `--help` and a hostile file wait for none.
"""

from __future__ import annotations

import errno
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from engine.errors import Broken, Refused
from engine.settings import enter_demo, settings

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DBAPIError

    from engine.store import Store

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
    """A group whose errors on purpose end as a Danish sentence, and never as a traceback."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with said_in_danish():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with said_in_danish():
                return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read our output has seen enough
            raise Wrong(_of_file(error)) from error
        except (Refused, Broken) as error:
            for finding in getattr(error, "findings", [])[:10]:
                say(f"✘ {finding.file} · {finding.element or '—'} · {finding.message}")
            raise Fault(str(error)) from error
        except Exception as error:
            from sqlalchemy.exc import DBAPIError

            if not isinstance(error, DBAPIError):
                raise
            raise Wrong(_of_database(error, ctx.meta.get(_DATABASE))) from error


#: What click says of arguments, and how we say it. What is not here stays as click says it.
_USAGE = (
    (r"\w+ '(.*)' does not exist\.", r"\1 findes ikke."),
    (r"\w+ '(.*)' is a directory\.", r"\1 er en mappe."),
    (r"\w+ '(.*)' is a file\.", r"\1 er en fil."),
    (r"\w+ '(.*)' is not readable\.", r"\1 kan ikke læses."),
    (r"'(.*)' is not a valid integer(?: range)?\.", r"\1 er ikke et helt tal."),
    (r"(.*) is not in the range x>=(.*)\.", r"\1 er under \2."),
    (r"(.*) is not in the range (.*)<=x<=(.*)\.", r"\1 ligger ikke mellem \2 og \3."),
    (r"Got unexpected extra arguments? \((.*)\)", r"Der er for mange argumenter: \1."),
    (r"Option '(.*)' requires an argument\.", r"\1 skal følges af en værdi."),
    (r"Option '(.*)' does not take a value\.", r"\1 tager ingen værdi."),
    (r"Missing command\.", r"Der mangler en kommando."),
)


@contextmanager
def said_in_danish() -> Iterator[None]:
    """What click finds wrong with the arguments, in one sentence and a hint."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "overligger"
        raise Wrong(f"{_of_usage(error)} Se {path} --help.") from error


def _of_usage(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return f"Der mangler {_hint(error)}."
    if isinstance(error, click.NoSuchOption):
        return f"{error.option_name} findes ikke."
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"Kommandoen {error.command_name} findes ikke."
    said = error.message
    for english, danish in _USAGE:
        match = re.fullmatch(english, said, re.DOTALL)
        if match:
            said = match.expand(danish)
            break
    said = said if said.endswith(".") else f"{said}."
    return f"{_hint(error)}: {said}" if isinstance(error, click.BadParameter) else said


def _hint(error: click.BadParameter) -> str:
    hint = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else "")
    return (
        (hint if isinstance(hint, str) else " / ".join(hint)).replace("'", "").removesuffix("...")
    )


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
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

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
    from engine.store import Store

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
    warnings = len(findings) - errors
    say(f"{errors} fejl, {warnings} {'advarsel' if warnings == 1 else 'advarsler'}.")


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
    from engine.store import as_json

    click.echo(orjson.dumps(value, default=as_json, option=orjson.OPT_INDENT_2).decode())


def say(text: str) -> None:
    """To people, on stderr: stdout is for what was asked for."""
    click.echo(text, err=True)
