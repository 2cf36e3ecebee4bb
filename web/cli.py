"""The command line with what serves the site, and what it costs."""

from __future__ import annotations

import click

from engine.cli import main
from engine.cli.measuring import bench, measured
from engine.cli.options import DATABASE, JSON
from engine.console import is_demo, opened, say, show_figures

__all__ = ["main"]


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


@bench.command()
@click.option("--tasks", default=100_000, show_default=True, type=click.IntRange(min=1000))
@JSON
@DATABASE
def inbox(tasks: int, as_json_: bool, database: str | None) -> None:
    """What the inbox, the bell and the mails cost among so many open tasks of 200 units."""
    from engine import benchmarks
    from web.measured import opener

    say("Først bliver en database for sig selv fyldt med opgaver; 100.000 tager omkring et minut.")
    found = benchmarks.inbox(measured(database), tasks, opener)
    lines = [{"asked": name, **cost} for name, cost in found["asked"].items()]
    show_figures(found if as_json_ else lines, as_json_)
