"""What the engine costs, on a real database file, in one run."""

from __future__ import annotations

import click

from engine.cli.options import DATABASE, JSON
from engine.console import Numbers, database_url, show_figures

_AT_LEAST_ONE = click.IntRange(min=1)


@click.group()
def bench() -> None:
    """Measure, on a real database file (or --database URL), in one run."""


@bench.command()
@click.option("--rounds", default="1,10,100,1000", show_default=True, type=Numbers())
@JSON
@DATABASE
def steps(rounds: list[int], as_json_: bool, database: str | None) -> None:
    """The cost of completing one follow-up after so many rounds of it."""
    from engine import benchmarks

    show_figures(benchmarks.steps(measured(database), rounds), as_json_)


@bench.command()
@click.option("--cases", default=200, show_default=True, type=_AT_LEAST_ONE)
@JSON
@DATABASE
def start(cases: int, as_json_: bool, database: str | None) -> None:
    """The cost of opening a case."""
    from engine import benchmarks

    show_figures(benchmarks.start(measured(database), cases), as_json_)


@bench.command()
@click.option("--waiting", default=100_000, show_default=True, type=_AT_LEAST_ONE)
@JSON
@DATABASE
def timers(waiting: int, as_json_: bool, database: str | None) -> None:
    """The cost of finding what is due among so many waiting timers."""
    from engine import benchmarks

    show_figures(benchmarks.timers(measured(database), waiting), as_json_)


@bench.command()
@click.option("--clients", default=8, show_default=True, type=_AT_LEAST_ONE)
@JSON
@DATABASE
def contention(clients: int, as_json_: bool, database: str | None) -> None:
    """Several clients at work on one case at once."""
    from engine import benchmarks

    show_figures(benchmarks.contention(measured(database), clients), as_json_)


def measured(database: str | None) -> str:
    """The address to measure beside, checked."""
    return database_url(database).render_as_string(hide_password=False)
